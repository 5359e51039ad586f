"""Clients that publish by RFC 2136, as docs/clients says, each with base and wildcard of two delegations.

api.corp.test is delegated by CNAME, which certbot and nsupdate do not follow: they use the update listener, where Assay
plays the primary of corp.test. lego follows it and uses the ordinary one.
"""
import lab
import servers
from pages import TARGET, ZONE, ClientLab, PageTest


class UpdateClients(PageTest):
    def test_certbot(self):
        with ClientLab("knot") as net:
            folder = net.folder / "etc/letsencrypt"
            servers.write(net.folder / "config/letsencrypt/cli.ini", f"""config-dir = {folder}
work-dir = {net.folder}/work
logs-dir = {net.folder}/logs
non-interactive = true
""")
            page = net.open("certbot")
            live = folder / "live/api.corp.test"
            net.run("run")
            first = self.check(net, live / "fullchain.pem", live / "privkey.pem", self.NAMES)
            self.check_clean(net)
            net.run("renew")
            self.assertNotEqual(first, self.check(net, live / "fullchain.pem", live / "privkey.pem", self.NAMES))
            self.check_clean(net)
            self.assertEqual(page.left(), [])

    def test_lego(self):
        with ClientLab("nsd") as net:
            net.start_resolver()
            net.open("lego")
            net.run("rfc2136")
            certificate = net.folder / ".lego/certificates/api.corp.test.crt"
            self.check(net, certificate, certificate.with_suffix(".key"), self.NAMES)
            self.check_clean(net)

    def test_dehydrated(self):
        with ClientLab("bind") as net:
            page = net.open("dehydrated")
            (net.folder / "var/lib/dehydrated").mkdir(parents=True)
            net.run("run")
            folder = net.folder / "var/lib/dehydrated/certs/corp"
            self.check(net, folder / "fullchain.pem", folder / "privkey.pem", self.NAMES)
            self.check_clean(net)
            self.assertEqual(page.left(), [])

    def test_nsupdate_and_knsupdate(self):
        with ClientLab("knot") as net:
            page = net.open("nsupdate")
            net.run("nsupdate")
            net.run("knsupdate")
            self.assertEqual(sorted(net.dig(servers.ASSAY_ADDRESS, ZONE, "TXT")), ['"ANOTHER-VALUE"', '"VALUE"'])
            net.run("delete")
            self.assertEqual(net.dig(servers.ASSAY_ADDRESS, ZONE, "TXT"), [])
            net.run("alias")
            self.assertEqual(net.dig(servers.ASSAY_ADDRESS, TARGET, "TXT"), ['"VALUE"'])
            self.assertEqual(page.left(), [])


if __name__ == "__main__":
    lab.run()
