"""certbot, as docs/clients/certbot.md says.

api.corp.test is delegated by CNAME, which certbot does not follow: it uses the update listener, where Assay plays the primary
of corp.test.
"""
import lab
import servers
from client_facts import Facts, debian_files, debian_version, said_by
from pages import ClientLab, PageTest

FACTS = Facts("certbot", "certbot", debian_version("certbot"))


class Certbot(PageTest):
    def test_by_its_page(self):
        with ClientLab("knot") as net:
            folder = net.folder / "etc/letsencrypt"
            servers.write(net.folder / "config/letsencrypt/cli.ini", f"""config-dir = {folder}
work-dir = {net.folder}/work
logs-dir = {net.folder}/logs
non-interactive = true
""")
            page = net.open("certbot")
            chain, key = folder / "live/api.corp.test/fullchain.pem", folder / "live/api.corp.test/privkey.pem"
            with FACTS.does("EAB"):
                net.run("account")
                self.assertEqual(net.bound_accounts(), 1)
            with FACTS.does("certificate", "wildcard"):
                net.run("run")
                self.check(net, chain, key, self.NAMES)
                self.check_clean(net)
                FACTS.publishes_by("RFC 2136")
            self.renews(net, FACTS, "renew", chain, key, self.NAMES)
            self.check_clean(net)
            self.revokes(net, FACTS, "revoke", chain)
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        shown = said_by("certbot", "--help", "all")
        source = debian_files("python3-certbot", ".py") + debian_files("python3-acme", ".py")
        FACTS.lacks("key rollover", "there is no command for it", shown, r"(?i)roll ?over|change.*account key")
        FACTS.lacks("ARI", "unknown to this version", source, "(?i)renewal_?info")
        FACTS.lacks("profiles", "unknown to this version", shown, "-profile")


if __name__ == "__main__":
    lab.run()
