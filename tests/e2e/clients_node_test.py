"""A Node.js program on npm's acme-client, as docs/clients/node.md shows it.

The package comes from npm, by the versions and digests of node/package-lock.json. Where npm cannot be reached the test is
skipped, and only then: a package that is another fails.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import lab
from client_facts import Facts
from pages import ClientLab, PageTest

PINNED = pathlib.Path(__file__).resolve().parent / "node"
VERSION = json.loads((PINNED / "package.json").read_text())["dependencies"]["acme-client"]
FACTS = Facts("Node.js acme-client", "node", VERSION)
UNREACHABLE = re.compile(r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)\b")


def install(folder):
    """Puts the packages into `folder`; returns why not, where npm is out of reach."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PINNED / name, folder)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False)
    if done.returncode == 0:
        return ""
    if UNREACHABLE.search(done.stdout):
        return "npm cannot be reached"
    raise RuntimeError(f"npm ci: exit {done.returncode}\n{done.stdout}")


class Node(PageTest):
    def setUp(self):
        if os.environ["ASSAY_NODE_MISSING"]:
            FACTS.skip(os.environ["ASSAY_NODE_MISSING"])
            self.skipTest(os.environ["ASSAY_NODE_MISSING"])
        self.modules = pathlib.Path(os.environ["ASSAY_NODE_FOLDER"]) / "node_modules"

    def test_by_its_page(self):
        with ClientLab("bind") as net:
            page = net.open("node")
            (net.folder / "etc/team/node_modules").symlink_to(self.modules)
            names = self.NAMES[:2]
            chain, key, account = (net.folder / name for name in ("chain.pem", "key.pem", "account.pem"))
            with FACTS.does("certificate", "wildcard", "EAB"):
                net.run("run")
                self.check(net, chain, key, names)
                self.assertEqual(net.bound_accounts(), 1)
                FACTS.publishes_by("acme-dns")
            self.renews(net, FACTS, "run", chain, key, names)
            self.changes_key(net, FACTS, "new_key", account)
            self.revokes(net, FACTS, "revoke", chain)  # by the new key what the account was given under the old one
            self.assertEqual(net.bound_accounts(), 1)
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        source = "".join(path.read_text() for path in (self.modules / "acme-client/src").rglob("*.js"))
        FACTS.lacks("ARI", "unknown to this version", source, "(?i)renewal_?info")
        FACTS.lacks("profiles", "unknown to this version", source, "profile")


def main():
    """The lab has no way out, so what it needs is installed by a process in front of it."""
    with tempfile.TemporaryDirectory(prefix="assay-node-") as folder:
        found = {"ASSAY_NODE_FOLDER": folder, "ASSAY_NODE_MISSING": install(pathlib.Path(folder))}
        sys.exit(subprocess.run([sys.executable, *sys.argv], env={**os.environ, **found}, check=False).returncode)


if __name__ == "__main__":
    lab.run() if "ASSAY_NODE_FOLDER" in os.environ else main()
