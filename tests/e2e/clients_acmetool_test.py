"""acmetool with a hook of nsupdate, as docs/clients/acmetool.md says."""
import pathlib

import lab
import servers
from client_facts import Facts, debian_version, said_by
from pages import ClientLab, PageTest

FACTS = Facts("acmetool", "acmetool", debian_version("acmetool"))


class Acmetool(PageTest):
    def test_by_its_page(self):
        with ClientLab("knot") as net:
            page = net.open("acmetool")
            folder = net.folder / "var/lib/acme/live/api.corp.test"
            with FACTS.does("certificate", "wildcard"):
                net.run("run")
                first = self.check(net, folder / "fullchain", folder / "privkey", self.NAMES)
                self.check_clean(net)
                FACTS.publishes_by("RFC 2136")
            net.run("renew")
            self.assertEqual(self.check(net, folder / "fullchain", folder / "privkey", self.NAMES), first)
            with FACTS.does("renew"):
                net.run("again")
                self.assertNotEqual(self.check(net, folder / "fullchain", folder / "privkey", self.NAMES), first)
                self.check_clean(net)
            with FACTS.fails("revoke", "its command writes down what is to be revoked and never tells the CA"):
                environment = {"SSL_CERT_FILE": net.ready["root_file"], "ACME_STATE_DIR": net.folder / "var/lib/acme"}
                net.command(["acmetool", "--batch", "revoke", folder.resolve().name], env=environment)
                net.command(["acmetool", "--batch", "reconcile"], env=environment)
                self.assertTrue((folder / "revoke").exists())
                self.check_revoked(net, folder / "fullchain", False)
            settings = net.folder / "config/letsencrypt/cli.ini"
            servers.write(settings, "".join(f"{what} = {net.folder}/certbot\n" for what in
                                            ("config-dir", "work-dir", "logs-dir")) + "non-interactive = true\n")
            net.run("revoke")
            self.check_revoked(net, folder / "fullchain")
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        program = pathlib.Path("/usr/bin/acmetool").read_bytes().decode("latin-1")
        shown = said_by("acmetool", "--help-long")
        FACTS.lacks("key rollover", "there is no command for it", shown, "(?i)roll ?over|change.*key")
        FACTS.lacks("EAB", "unknown to this version", program, "externalAccountBinding")
        FACTS.lacks("ARI", "unknown to this version", program, "renewalInfo")
        FACTS.lacks("profiles", "unknown to this version", shown, "(?i)certificate profile")


if __name__ == "__main__":
    lab.run()
