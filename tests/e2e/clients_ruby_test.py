"""A Ruby program on acme-client, as docs/clients/ruby.md shows it."""
import lab
from client_facts import Facts, debian_files, debian_version
from pages import ClientLab, PageTest

FACTS = Facts("Ruby acme-client", "ruby", debian_version("ruby-acme-client"))


class Ruby(PageTest):
    def test_by_its_page(self):
        with ClientLab("nsd") as net:
            page = net.open("ruby")
            names = self.NAMES[:2]
            chain, key, account = (net.folder / name for name in ("chain.pem", "key.pem", "account.pem"))
            with FACTS.does("certificate", "wildcard"):
                net.run("run")
                self.check(net, chain, key, names)
                FACTS.publishes_by("acme-dns")
            self.renews(net, FACTS, "run", chain, key, names)
            self.changes_key(net, FACTS, "new_key", account)
            self.revokes(net, FACTS, "revoke", chain)  # by the new key what the account was given under the old one
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        source = debian_files("ruby-acme-client", ".rb")
        FACTS.lacks("EAB", "unknown to this version", source, "(?i)external_?account_?binding")
        FACTS.lacks("ARI", "unknown to this version", source, "(?i)renewal_?info")
        FACTS.lacks("profiles", "unknown to this version", source, "profile")


if __name__ == "__main__":
    lab.run()
