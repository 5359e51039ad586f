"""docs/clients.md and docs/clients: runs what these pages show, so that a page cannot say what does not work.

A fenced block whose info string has a title after the language belongs to a test, by that title. A title that begins
with a slash is the path of a file. Where a page has a value of its example corporation, the lab has its own.
"""
import base64
import datetime
import json
import os
import pathlib
import re
import ssl
import subprocess
import urllib.request

from cryptography import x509

import lab
import servers

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs/clients"
OVERVIEW = FOLDER.with_suffix(".md")
FENCE = re.compile(r"^```\w+ (?P<title>\S+)\n(?P<text>.*?)^```$", re.M | re.S)
PUBLISH_PORT, UPDATE_PORT = 8445, 5301
TARGET, ZONE = "7f3k9.acme.test", "_acme-challenge.www.corp.test"
SETTINGS = f"""[update]
listen = ["{servers.ASSAY_ADDRESS}:{UPDATE_PORT}"]
alias_zones = ["corp.test"]
[publish]
listen = ["127.0.0.1:{PUBLISH_PORT}"]
[publish.registration]
access = "guarded"
zone = "acme.test"
networks = ["127.0.0.0/8"]
"""


class Page:
    """One page, given by its path. `examples` are the lab's values, by those of the page, in the order in which they are replaced."""

    def __init__(self, path, examples):
        self._blocks = {match["title"]: match["text"] for match in FENCE.finditer(path.read_text())}
        self._examples = examples
        self._left = set(self._blocks)

    def block(self, title):
        text = self._blocks[title]
        self._left.discard(title)
        for example, real in self._examples.items():
            text = re.sub(rf"(?<!\w){re.escape(example)}(?!\w)", lambda _, real=real: real, text)
        return text

    def titles(self):
        return list(self._blocks)

    def files(self):
        """The titles that are paths."""
        return [title for title in self._blocks if title.startswith("/")]

    def left(self):
        """The titles of the blocks that nobody has read."""
        return sorted(self._left)


class ClientLab(lab.Lab):
    """A lab with every door open, and the credential and the external account key that docs/clients.md makes. `acme` are
    more keys of [acme], `settings` more tables."""

    def __init__(self, corporate, acme="", settings=""):
        super().__init__(corporate, SETTINGS + settings, acme='external_account = "optional"\n' + acme)
        self.page = None
        self._examples = {}

    def __enter__(self):
        super().__enter__()
        try:
            self._make_credential()
        except BaseException as error:
            self.__exit__(type(error))
            raise
        return self

    def _make_credential(self):
        binaries = self.folder / "bin"
        binaries.mkdir()
        # What the page calls `assay`; that a client which has ended leaks is not what is tested here.
        program = servers.write(binaries / "assay", f'#!/bin/sh\nASAN_OPTIONS=detect_leaks=0 exec {lab.ASSAY} "$@"\n')
        program.chmod(0o755)
        self._examples = {
            "https://acme.corp.example/directory": self.directory,
            "https://publish.corp.example": f"https://localhost:{PUBLISH_PORT}",
            "/etc": f"{self.folder}/etc",
            "/var/lib": f"{self.folder}/var/lib",
            "192.0.2.53": servers.ASSAY_ADDRESS,
            "192.0.2.1": servers.RESOLVER_ADDRESS,
            "acme.corp.example": "acme.test",
            "corp.example": "corp.test",
        }
        # Where anybody may read it, as an operator would put it.
        servers.write(self.folder / "etc/assay/root.pem", pathlib.Path(self.ready["root_file"]).read_text())
        self.page = Page(OVERVIEW, self._examples)
        shown = self.run("credential") + self.run("external_account")
        for example, pattern in (("USER", r"^  user (\S+)$"), ("PASSWORD", r"^  password (\S+)$"),
                                 ("SECRET", r"^  TSIG hmac-sha256:team-key\.? (\S+)$"),
                                 ("KEY-IDENTIFIER", r"^ *key identifier (\S+)$"), ("HMAC-KEY", r"^ *HMAC key (\S+)$")):
            self._examples[example] = re.search(pattern, shown, re.M)[1]

    def account(self):
        """USER, PASSWORD and SECRET of the credential; KEY-IDENTIFIER and HMAC-KEY of the external account key."""
        return {name: self._examples[name] for name in ("USER", "PASSWORD", "SECRET", "KEY-IDENTIFIER", "HMAC-KEY")}

    def bound_accounts(self):
        """How many accounts the external account key has made."""
        shown = self.cli("eab", "show", self._examples["KEY-IDENTIFIER"], "--output", "json").stdout
        return int(json.loads(shown)["key"]["uses"])

    def trust_root_everywhere(self):
        """What update-ca-certificates does, inside the mount namespace of this test only."""
        subprocess.run(["mount", "--bind", self.ready["root_file"], "/etc/ssl/certs/ca-certificates.crt"], check=True)

    def open(self, name):
        """Turns to docs/clients/NAME.md, and lays out the files that it shows, below the lab's folder."""
        page = Page(FOLDER / f"{name}.md", self._examples)
        for title in page.files():
            text = page.block(title)
            servers.write(self.folder / title[1:], text).chmod(0o700 if text.startswith("#!") else 0o600)
        self.page = page
        return page

    def run(self, title, instead=None, **environment):
        """Runs a block of the page in the lab's folder as the shell of somebody without any settings would. `instead` are
        texts of the block and what is to stand there for this run."""
        script = self.page.block(title)
        for shown, real in (instead or {}).items():
            assert shown in script, shown
            script = script.replace(shown, real)
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        base = {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", "ASSAY_STATE": str(self.state),
                "ASSAY_TOKEN_FILE": str(self.folder / "token"), "XDG_CONFIG_HOME": str(self.folder / "config")}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder,
                              timeout=lab.COMMAND_SECONDS_MAX, env={**base, **environment}, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{title}: exit {done.returncode}\n{done.stdout}")
        return done.stdout


class PageTest(lab.CertificateChecks):
    """A test of one client by its page, and the steps that many have: each runs the block of a title, and is one of the
    client's `facts`."""

    NAMES = ["api.corp.test", "*.api.corp.test", "www.corp.test", "*.www.corp.test"]

    def renews(self, net, facts, title, chain, key, names):
        """Another certificate comes in the place of the one that is there."""
        with facts.does("renew"):
            first = self.check(net, chain, key, names)
            net.run(title)
            self.assertNotEqual(first, self.check(net, chain, key, names))

    def changes_key(self, net, facts, title, account):
        """The account gets another key, which is in the file `account`."""
        with facts.does("key rollover"):
            before = account.read_text()
            net.run(title)
            self.assertNotEqual(before, account.read_text())

    def revokes(self, net, facts, title, chain):
        with facts.does("revoke"):
            self.check_revoked(net, chain, False)
            net.run(title)
            self.check_revoked(net, chain)

    def renewal_window(self, net, chain):
        """What our renewal information says of the leaf (RFC 9773 §4.2): first and last moment, in UTC."""
        leaf = x509.load_pem_x509_certificate(pathlib.Path(chain).read_bytes())
        issuer = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        serial = leaf.serial_number.to_bytes(leaf.serial_number.bit_length() // 8 + 1, "big")
        name = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (issuer, serial))
        context = ssl.create_default_context(cafile=net.ca_file)

        def get(url):
            with urllib.request.urlopen(url, context=context, timeout=20) as answer:
                return json.load(answer)

        window = get(get(net.directory)["renewalInfo"] + "/" + name)["suggestedWindow"]
        return [datetime.datetime.strptime(window[end][:19], "%Y-%m-%dT%H:%M:%S") for end in ("start", "end")]

    def check_revoked(self, net, chain, revoked=True):
        """A revoked certificate is to be renewed at once, any other later."""
        _, end = self.renewal_window(net, chain)
        self.assertEqual(end <= datetime.datetime.utcnow(), revoked)

    def check_clean(self, net):
        """No value is left behind."""
        for name in (TARGET, ZONE):
            self.assertEqual(net.dig(servers.ASSAY_ADDRESS, name, "TXT"), [])
