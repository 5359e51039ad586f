"""certmagic, which is Caddy's ACME client, from Debian's Go packages: publishes as Caddy's plugins acmedns and rfc2136 do.

It finds the zone by SOA and looks for the value by itself before it lets the CA look.
"""
import json
import os
import pathlib
import subprocess
import tempfile

import lab
import servers
from client_facts import Facts, debian_files, debian_version
from pages import PUBLISH_PORT, UPDATE_PORT, ZONE, ClientLab, PageTest

PACKAGE = "golang-github-caddyserver-certmagic-dev"
FACTS = Facts("certmagic", "caddy", debian_version(PACKAGE))
SOURCE = pathlib.Path(__file__).resolve().parent / "certmagic"


class Certmagic(PageTest):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="assay-certmagic-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.program = cls.folder.name + "/certmagic"
        # Debian's packages are a GOPATH; nothing is fetched.
        subprocess.run(["go", "build", "-o", cls.program, "."], cwd=SOURCE, check=True,
                       env={**os.environ, "GO111MODULE": "off", "GOFLAGS": "", "GOPATH": "/usr/share/gocode"})

    def configure(self, net):
        net.start_resolver()
        account = net.account()
        self.settings = servers.write(net.folder / "certmagic.json", json.dumps({
            "directory": net.directory, "root": net.ready["root_file"], "storage": str(net.folder / "caddy"),
            "server_url": f"https://localhost:{PUBLISH_PORT}", "username": account["USER"],
            "password": account["PASSWORD"], "subdomain": "7f3k9",
            "server": f"{servers.ASSAY_ADDRESS}:{UPDATE_PORT}", "keyname": "team-key", "key": account["SECRET"],
            "keyid": account["KEY-IDENTIFIER"], "mackey": account["HMAC-KEY"]}))

    def certmagic(self, net, plugin, action, names):
        """The chain of each name, and the serials."""
        net.command([self.program, plugin, self.settings, action, *names])
        chains = [self.stored(net, name) for name in names]
        return chains, [self.check(net, chain, chain.with_suffix(".key"), [name]) for chain, name in zip(chains, names)]

    def stored(self, net, name):
        directory = name.replace("*", "wildcard_")
        chain, = (net.folder / "caddy/certificates").glob(f"*/{directory}/{directory}.crt")
        return chain

    def test_as_acmedns(self):
        names = self.NAMES[:2]
        with ClientLab("knot") as net:
            self.configure(net)
            with FACTS.does("certificate", "wildcard", "EAB"):
                chains, first = self.certmagic(net, "acmedns", "obtain", names)
                self.assertEqual(net.bound_accounts(), 1)
                FACTS.publishes_by("acme-dns")
            with FACTS.does("renew"):
                _, second = self.certmagic(net, "acmedns", "renew", names)
                self.assertFalse(set(first) & set(second))
            with FACTS.does("revoke"):
                kept = [servers.write(net.folder / f"{i}.pem", chain.read_text()) for i, chain in enumerate(chains)]
                for chain in kept:
                    self.check_revoked(net, chain, False)
                net.command([self.program, "acmedns", self.settings, "revoke", *names])
                for chain in kept:
                    self.check_revoked(net, chain)

    def test_as_rfc2136(self):
        with ClientLab("bind") as net:
            self.configure(net)
            self.certmagic(net, "rfc2136", "obtain", self.NAMES[:2])
            self.check_clean(net)
            FACTS.publishes_by("RFC 2136")

    def test_as_rfc2136_where_the_name_is_a_zone(self):
        with ClientLab("nsd") as net:
            self.configure(net)
            self.certmagic(net, "rfc2136", "obtain", self.NAMES[2:])
            # Debian's version takes nothing away where the record is the zone's apex, as docs/clients/caddy.md says.
            self.assertEqual(len(net.dig(servers.ASSAY_ADDRESS, ZONE, "TXT")), 2)

    def test_what_it_lacks(self):
        source = debian_files(PACKAGE, ".go")
        FACTS.lacks("key rollover", "acmez below it can, certmagic does not", source, "AccountKeyRollover")
        FACTS.lacks("ARI", "unknown to this version", source, "(?i)renewal_?info")
        FACTS.lacks("profiles", "unknown to this version", source, r"\bProfile\b")


if __name__ == "__main__":
    lab.run()
