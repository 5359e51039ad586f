"""nsupdate and knsupdate, as docs/clients/nsupdate.md says."""
import lab
import servers
from pages import TARGET, ZONE, ClientLab, PageTest


class Nsupdate(PageTest):
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
