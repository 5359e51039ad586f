"""dehydrated with a hook of nsupdate, as docs/clients/dehydrated.md says. It does not follow CNAMEs either."""
import pathlib

import lab
from client_facts import Facts, debian_version
from pages import ClientLab, PageTest

FACTS = Facts("dehydrated", "dehydrated", debian_version("dehydrated"))


class Dehydrated(PageTest):
    def test_by_its_page(self):
        with ClientLab("bind") as net:
            page = net.open("dehydrated")
            folder = net.folder / "var/lib/dehydrated"
            folder.mkdir(parents=True)
            chain, key = folder / "certs/corp/fullchain.pem", folder / "certs/corp/privkey.pem"
            with FACTS.does("certificate", "wildcard", "EAB"):
                net.run("run")
                first = self.check(net, chain, key, self.NAMES)
                self.check_clean(net)
                self.assertEqual(net.bound_accounts(), 1)
                FACTS.publishes_by("RFC 2136")
            with FACTS.does("renew"):
                net.run("renew")
                self.assertNotEqual(first, self.check(net, chain, key, self.NAMES))
                self.check_clean(net)
            with FACTS.does("revoke"):
                self.check_revoked(net, chain, False)
                net.run("revoke")
                self.check_revoked(net, chain)
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        source = pathlib.Path("/usr/bin/dehydrated").read_text()
        FACTS.lacks("key rollover", "there is no command for it", source, "(?i)key-?change|roll ?over.*account")
        FACTS.lacks("ARI", "unknown to this version", source, "renewalInfo")
        FACTS.lacks("profiles", "unknown to this version", source, "ACME_PROFILE|profiles")


if __name__ == "__main__":
    lab.run()
