"""Clients that publish by HTTPS, as docs/clients says: lego's httpreq in both modes, and hooks with curl."""
import lab
from pages import ClientLab, PageTest


class HttpClients(PageTest):
    def test_lego_httpreq(self):
        with ClientLab("knot") as net:
            net.start_resolver()
            net.open("lego")
            net.run("httpreq")
            certificate = net.folder / ".lego/certificates/api.corp.test.crt"
            self.check(net, certificate, certificate.with_suffix(".key"), self.NAMES)
            self.check_clean(net)

    def test_lego_httpreq_raw(self):
        with ClientLab("bind") as net:
            net.start_resolver("bind")
            net.open("lego")
            net.run("raw")
            certificate = net.folder / ".lego/certificates/www.corp.test.crt"
            self.check(net, certificate, certificate.with_suffix(".key"), self.NAMES[2:])
            self.check_clean(net)

    def test_uacme(self):
        with ClientLab("nsd") as net:
            page = net.open("uacme")
            net.trust_root_everywhere()
            net.run("run")
            folder = net.folder / "etc/ssl/uacme"
            self.check(net, folder / "api.corp.test/cert.pem", folder / "private/api.corp.test/key.pem", self.NAMES)
            self.check_clean(net)
            self.assertEqual(page.left(), [])


if __name__ == "__main__":
    lab.run()
