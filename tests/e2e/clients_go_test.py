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
            chain, key, account = (net.folder / name for name in ("chain.pem", "key.pem", "account.pem"))
            net.run("build")
            with FACTS.does("certificate", "wildcard", "EAB"):
                net.run("run")
                first = self.check(net, chain, key, self.NAMES[:2])
                self.assertEqual(net.bound_accounts(), 1)
                FACTS.publishes_by("acme-dns")
            with FACTS.does("renew"):
                net.run("run")
                self.assertNotEqual(first, self.check(net, chain, key, self.NAMES[:2]))
            with FACTS.does("key rollover"):
                before = account.read_text()
                net.run("new_key")
                self.assertNotEqual(before, account.read_text())
            with FACTS.does("revoke"):
                # By the new key, what the account was given under the old one.
                self.check_revoked(net, chain, False)
                net.run("revoke")
                self.check_revoked(net, chain)
            self.assertEqual(net.bound_accounts(), 1)
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        source = debian_files(PACKAGE, ".go")
        FACTS.lacks("ARI", "unknown to this version", source, "(?i)renewal_?info")
        FACTS.lacks("profiles", "unknown to this version", source, '"profiles?"')


if __name__ == "__main__":
    lab.run()
