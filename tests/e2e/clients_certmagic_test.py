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
from pages import PUBLISH_PORT, UPDATE_PORT, ZONE, ClientLab, PageTest

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

    def issue(self, net, plugin, names):
        net.start_resolver()
        account = net.account()
        settings = servers.write(net.folder / "certmagic.json", json.dumps({
            "directory": net.directory, "root": net.ready["root_file"], "storage": str(net.folder / "caddy"),
            "server_url": f"https://localhost:{PUBLISH_PORT}", "username": account["USER"],
            "password": account["PASSWORD"], "subdomain": "7f3k9",
            "server": f"{servers.ASSAY_ADDRESS}:{UPDATE_PORT}", "keyname": "team-key", "key": account["SECRET"]}))
        net.command([self.program, plugin, settings, *names])
        for name in names:
            stored = name.replace("*", "wildcard_")
            certificate, = (net.folder / "caddy/certificates").glob(f"*/{stored}/{stored}.crt")
            self.check(net, certificate, certificate.with_suffix(".key"), [name])

    def test_as_acmedns(self):
        with ClientLab("knot") as net:
            self.issue(net, "acmedns", self.NAMES[:2])

    def test_as_rfc2136(self):
        with ClientLab("bind") as net:
            self.issue(net, "rfc2136", self.NAMES[:2])
            self.check_clean(net)

    def test_as_rfc2136_where_the_name_is_a_zone(self):
        with ClientLab("nsd") as net:
            self.issue(net, "rfc2136", self.NAMES[2:])
            # Debian's version takes nothing away where the record is the zone's apex, as docs/clients/caddy.md says.
            self.assertEqual(len(net.dig(servers.ASSAY_ADDRESS, ZONE, "TXT")), 2)


if __name__ == "__main__":
    lab.run()
