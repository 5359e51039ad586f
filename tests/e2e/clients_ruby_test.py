"""A Ruby program on acme-client, as docs/clients/ruby.md shows it."""
import lab
from client_facts import Facts, debian_files, debian_version
from pages import ClientLab, PageTest

FACTS = Facts("Ruby acme-client", "ruby", debian_version("ruby-acme-client"))


class Ruby(PageTest):
    def test_by_its_page(self):
        with ClientLab("nsd") as net:
            page = net.open("ruby")
            chain, key, account = (net.folder / name for name in ("chain.pem", "key.pem", "account.pem"))
            with FACTS.does("certificate", "wildcard"):
                net.run("run")
                first = self.check(net, chain, key, self.NAMES[:2])
                FACTS.publishes_by("acme-dns")
            with FACTS.does("renew"):
                net.run("run")
                second = self.check(net, chain, key, self.NAMES[:2])
                self.assertNotEqual(first, second)
            with FACTS.does("key rollover"):
                before = account.read_text()
                net.run("new_key")
                self.assertNotEqual(before, account.read_text())
            with FACTS.does("revoke"):
                # By the new key, what the account was given under the old one.
                self.check_revoked(net, chain, False)
                net.run("revoke")
                self.check_revoked(net, chain)
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        source = debian_files("ruby-acme-client", ".rb")
        FACTS.lacks("EAB", "unknown to this version", source, "(?i)external_?account_?binding")
        FACTS.lacks("ARI", "unknown to this version", source, "(?i)renewal_?info")
        FACTS.lacks("profiles", "unknown to this version", source, "profile")


if __name__ == "__main__":
    lab.run()
