"""Two directories in one server, each with an issuer of its own below a root of its own."""
import pathlib
import subprocess
import tempfile
import unittest

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

import wire
from wire import b64, csr


def verified(chain, root, name):
    """Whether the openssl program takes a chain in PEM for a server of this name, where it trusts this root alone."""
    with tempfile.TemporaryDirectory() as folder:
        chain_file, root_file = pathlib.Path(folder, "chain.pem"), pathlib.Path(folder, "root.pem")
        chain_file.write_bytes(chain)
        root_file.write_text(root)
        done = subprocess.run(["openssl", "verify", "-x509_strict", "-no-CApath", "-no-CAstore", "-purpose", "sslserver",
                               "-verify_hostname", name, "-CAfile", root_file, "-untrusted", chain_file, chain_file],
                              capture_output=True, check=False)
        return done.returncode == 0


class Issuers(wire.WireTest):
    server_arguments = ("own_issuers=true", "directory:default=off", "directory:team=off")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        team = cls.server.request("GET", "/acme/team/directory").json()
        cls.urls = {"default": cls.url, "team": {name: url for name, url in team.items() if name != "meta"}}

    def account_in(self, directory, key=None):
        self.url = self.urls[directory]
        return self.new_account(key)

    def test_each_directory_issues_from_its_own_issuer(self):
        self.assertEqual(sorted(self.server.roots), ["default", "team"])
        for directory, other in (("default", "team"), ("team", "default")):
            name = directory + ".issuers.test"
            account = self.account_in(directory)
            _, chain, order = self.issue(account, name)
            self.assertTrue(verified(chain, self.server.roots[directory], name), directory)
            self.assertFalse(verified(chain, self.server.roots[other], name), directory)
            self.assertFalse(verified(chain, self.server.roots[directory], "other.test"), directory)
            # The leaf alone leads to the issuer that signed it.
            up, = self.post(account, order["certificate"], accept="application/pkix-cert").links("up")
            above = x509.load_der_x509_certificate(self.server.request("GET", up).body)
            root = x509.load_pem_x509_certificate(self.server.roots[directory].encode())
            for lower, upper in ((x509.load_pem_x509_certificate(chain), above), (above, root)):
                self.assertEqual(lower.issuer, upper.subject)
                upper.public_key().verify(lower.signature, lower.tbs_certificate_bytes,
                                          ec.ECDSA(lower.signature_hash_algorithm))

    def test_nothing_of_one_is_of_use_in_the_other(self):
        key = wire.Key()
        for directory, other, there in (("default", "team", ("/acme/", "/acme/team/")),
                                        ("team", "default", ("/acme/team/", "/acme/"))):
            mine, theirs = self.account_in(directory, key), self.account_in(other, key)
            self.url = self.urls[directory]
            name = "mine." + directory + ".issuers.test"
            ready = self.ready_order(mine, name)
            _, _, issued = self.issue(mine, "issued." + directory + ".issuers.test")
            self.refused(self.post(mine, self.urls[other]["newOrder"],
                                   {"identifiers": [{"type": "dns", "value": name}]}), 400, "malformed")
            request = {"csr": b64(csr(name))}
            for url, payload in ((ready["url"], ""), (ready["authorizations"][0], ""), (ready["finalize"], request),
                                 (issued["certificate"], "")):
                translated = url.replace(*there, 1)
                self.assertNotEqual(translated, url)
                self.refused(self.post(theirs, translated, payload), 404, "malformed")
                self.refused(self.post(mine, translated, payload), 400, "malformed")
                self.refused(self.post(theirs, url, payload), 400, "malformed")
            # It is as it was, and is issued where it belongs.
            self.assertEqual(self.get(mine, ready["url"])["status"], "ready")
            self.assertEqual(self.post(mine, ready["finalize"], request).status, 200)
            valid = self.poll(mine, ready["url"], "processing", "ready")
            chain = self.post(mine, valid["certificate"]).body
            self.assertTrue(verified(chain, self.server.roots[directory], name))
            self.assertFalse(verified(chain, self.server.roots[other], name))

    def test_what_was_proved_for_one_is_proved_anew_for_the_other(self):
        key = wire.Key()
        name = "both.issuers.test"
        serials = set()
        for count, directory in enumerate(("default", "team"), 1):
            account = self.account_in(directory, key)
            _, chain, _ = self.issue(account, name)
            self.assertTrue(verified(chain, self.server.roots[directory], name))
            serials.add(x509.load_pem_x509_certificate(chain).serial_number)
            self.assertEqual(self.server.times_validated(name), count)
        self.assertEqual(len(serials), 2)


if __name__ == "__main__":
    unittest.main()
