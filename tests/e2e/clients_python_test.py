"""A Python program on python3-acme, as docs/clients/python.md shows it."""
import lab
from client_facts import Facts, debian_files, debian_version
from pages import ClientLab, PageTest

FACTS = Facts("python3-acme", "python", debian_version("python3-acme"))


class Python(PageTest):
    def test_by_its_page(self):
        with ClientLab("nsd") as net:
            page = net.open("python")
            names = self.NAMES[:2]
            chain, key = net.folder / "chain.pem", net.folder / "key.pem"
            with FACTS.does("certificate", "wildcard", "EAB"):
                net.run("run")
                self.check(net, chain, key, names)
                self.assertEqual(net.bound_accounts(), 1)
                FACTS.publishes_by("acme-dns")
            self.renews(net, FACTS, "run", chain, key, names)
            self.revokes(net, FACTS, "revoke", chain)
            self.assertEqual(net.bound_accounts(), 1)
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        source = debian_files("python3-acme", ".py")
        FACTS.lacks("key rollover", "unknown to this version", source, "(?i)key_?change")
        FACTS.lacks("ARI", "unknown to this version", source, "(?i)renewal_?info")
        FACTS.lacks("profiles", "unknown to this version", source, "profile")


if __name__ == "__main__":
    lab.run()
