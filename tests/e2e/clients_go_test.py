"""A Go program on golang.org/x/crypto/acme, as docs/clients/go.md shows it, built with Debian's packages."""
import lab
from client_facts import Facts, debian_files, debian_version
from pages import ClientLab, PageTest

PACKAGE = "golang-golang-x-crypto-dev"
FACTS = Facts("Go x/crypto/acme", "go", debian_version(PACKAGE))


class Go(PageTest):
    def test_by_its_page(self):
        with ClientLab("bind") as net:
            page = net.open("go")
            names = self.NAMES[:2]
            chain, key, account = (net.folder / name for name in ("chain.pem", "key.pem", "account.pem"))
            net.run("build")
            with FACTS.does("certificate", "wildcard", "EAB"):
                net.run("run")
                self.check(net, chain, key, names)
                self.assertEqual(net.bound_accounts(), 1)
                FACTS.publishes_by("acme-dns")
            self.renews(net, FACTS, "run", chain, key, names)
            self.changes_key(net, FACTS, "new_key", account)
            self.revokes(net, FACTS, "revoke", chain)  # by the new key what the account was given under the old one
            self.assertEqual(net.bound_accounts(), 1)
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        source = debian_files(PACKAGE, ".go")
        FACTS.lacks("ARI", "unknown to this version", source, "(?i)renewal_?info")
        FACTS.lacks("profiles", "unknown to this version", source, '"profiles?"')


if __name__ == "__main__":
    lab.run()
