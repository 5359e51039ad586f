"""docs/clients: runs what its pages show, so that a page cannot say what does not work.

A fenced block whose info string has a title after the language belongs to a test, by that title. A title that begins
with a slash is the path of a file. Where a page has a value of its example corporation, the lab has its own.
"""
import os
import pathlib
import re
import subprocess

import lab
import servers

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "docs/clients"
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
    """One page. `examples` are the lab's values, by those of the page, in the order in which they are replaced."""

    def __init__(self, name, examples):
        text = (FOLDER / f"{name}.md").read_text()
        self._blocks = {match["title"]: match["text"] for match in FENCE.finditer(text)}
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
    """A lab with every door open, and the credential that docs/clients/README.md makes."""

    def __init__(self, corporate):
        super().__init__(corporate, SETTINGS)
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
        self.open("README")
        shown = self.run("credential")
        for example, pattern in (("USER", r"^  user (\S+)$"), ("PASSWORD", r"^  password (\S+)$"),
                                 ("SECRET", r"^  TSIG hmac-sha256:team-key\.? (\S+)$")):
            self._examples[example] = re.search(pattern, shown, re.M)[1]

    def account(self):
        """USER, PASSWORD and SECRET of the credential."""
        return {name: self._examples[name] for name in ("USER", "PASSWORD", "SECRET")}

    def trust_root_everywhere(self):
        """What update-ca-certificates does, inside the mount namespace of this test only."""
        subprocess.run(["mount", "--bind", self.ready["root_file"], "/etc/ssl/certs/ca-certificates.crt"], check=True)

    def open(self, name):
        """Turns to docs/clients/NAME.md, and lays out the files that it shows, below the lab's folder."""
        page = Page(name, self._examples)
        for title in page.files():
            text = page.block(title)
            servers.write(self.folder / title[1:], text).chmod(0o700 if text.startswith("#!") else 0o600)
        self.page = page
        return page

    def run(self, title, **environment):
        """Runs a block of the page in the lab's folder as the shell of somebody without any settings would."""
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        base = {"PATH": path, "HOME": str(self.folder), "LANG": "C.UTF-8", "ASSAY_STATE": str(self.state),
                "ASSAY_TOKEN_FILE": str(self.folder / "token"), "XDG_CONFIG_HOME": str(self.folder / "config")}
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", self.page.block(title)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder,
                              timeout=lab.COMMAND_SECONDS_MAX, env={**base, **environment}, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{title}: exit {done.returncode}\n{done.stdout}")
        return done.stdout


class PageTest(lab.CertificateChecks):
    """A test of one client by its page."""

    NAMES = ["api.corp.test", "*.api.corp.test", "www.corp.test", "*.www.corp.test"]

    def check_clean(self, net):
        """No value is left behind."""
        for name in (TARGET, ZONE):
            self.assertEqual(net.dig(servers.ASSAY_ADDRESS, name, "TXT"), [])
