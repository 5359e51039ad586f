"""uacme with a hook of curl, as docs/clients/uacme.md says."""
import pathlib

import lab
from client_facts import Facts, debian_version
from pages import ClientLab, PageTest

FACTS = Facts("uacme", "uacme", debian_version("uacme"))


class Uacme(PageTest):
    def test_by_its_page(self):
        with ClientLab("nsd") as net:
            page = net.open("uacme")
            net.trust_root_everywhere()
            folder = net.folder / "etc/ssl/uacme"
            chain, key = folder / "api.corp.test/cert.pem", folder / "private/api.corp.test/key.pem"
            with FACTS.does("EAB"):
                net.run("account")
                self.assertEqual(net.bound_accounts(), 1)
            with FACTS.does("certificate", "wildcard"):
                net.run("run")
                self.check(net, chain, key, self.NAMES)
                self.check_clean(net)
                FACTS.publishes_by("httpreq")
            self.changes_key(net, FACTS, "new_key", folder / "private/key.pem")
            self.renews(net, FACTS, "renew", chain, key, self.NAMES)  # by the new key, and the account is the old one
            self.check_clean(net)
            self.assertEqual(net.bound_accounts(), 1)
            with FACTS.does("revoke"):
                self.check_revoked(net, chain, False)
                net.run("revoke")
                revoked, = chain.parent.glob("revoked-*.pem")
                self.check_revoked(net, revoked)
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        program = pathlib.Path("/usr/bin/uacme").read_bytes().decode("latin-1")
        FACTS.lacks("ARI", "unknown to this version", program, "renewalInfo")
        FACTS.lacks("profiles", "unknown to this version", program, "profile")


if __name__ == "__main__":
    lab.run()
