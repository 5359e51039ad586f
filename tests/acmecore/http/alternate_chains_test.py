"""RFC 8555 §7.4.2: a certificate with other chains."""
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

import wire


def subjects(chain):
    blocks = chain.decode().split("-----END CERTIFICATE-----\n")[:-1]
    certificates = [x509.load_pem_x509_certificate((pem + "-----END CERTIFICATE-----\n").encode()) for pem in blocks]
    for lower, upper in zip(certificates, certificates[1:]):
        upper.public_key().verify(lower.signature, lower.tbs_certificate_bytes, ec.ECDSA(lower.signature_hash_algorithm))
    return certificates


class Alternates(wire.WireTest):
    server_arguments = ("alternate_chains=2",)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test = cls()
        cls.account = test.new_account()
        cls.leaf, cls.usual, order = test.issue(cls.account, "a.chains.test")
        cls.certificate = order["certificate"]
        cls.urls = [cls.certificate, cls.certificate + "/1", cls.certificate + "/2"]

    def test_each_is_linked_to_all_the_others(self):
        for accept in (None, "application/pkix-cert"):
            for url in self.urls:
                reply = self.post(self.account, url, accept=accept)
                self.assertEqual(reply.status, 200, reply)
                self.assertEqual(reply.links("alternate"), [other for other in self.urls if other != url])

    def test_each_is_another_way_from_the_same_leaf_up(self):
        chains = [subjects(self.post(self.account, url).body) for url in self.urls]
        issuers = set()
        for chain in chains:
            self.assertEqual(chain[0].public_bytes(serialization.Encoding.DER), self.leaf)
            self.assertEqual(chain[1].subject, chain[0].issuer)
            issuers.add(chain[1].issuer.rfc4514_string())
        self.assertEqual(len(issuers), 3)
        self.assertEqual([len(chain) for chain in chains], [2, 3, 3])

    def test_the_leaf_alone_is_linked_to_its_own_issuer(self):
        for url in self.urls:
            reply = self.post(self.account, url, accept="application/pkix-cert")
            self.assertEqual(reply.body, self.leaf)
            up, = reply.links("up")
            issuer = x509.load_der_x509_certificate(self.server.request("GET", up).body)
            chain = subjects(self.post(self.account, url).body)
            self.assertEqual(issuer, chain[1])

    def test_there_are_no_others(self):
        for number in ("0", "3", "01", "1/", "1/2", "a", "-1", "1.0", "4294967297", "18446744073709551617", "9" * 64):
            self.refused(self.post(self.account, f"{self.certificate}/{number}"), 404, "malformed")

    def test_they_are_only_read_and_only_by_their_owner(self):
        other = self.new_account()
        for url in self.urls:
            self.refused(self.server.request("GET", url), 405, "malformed")
            self.refused(self.post(self.account, url, {}), 400, "malformed")
            self.refused(self.post(other, url), 404, "malformed")


class Without(wire.WireTest):
    def test_a_server_without_them_links_to_none(self):
        account = self.new_account()
        _, _, order = self.issue(account, "b.chains.test")
        self.assertEqual(self.post(account, order["certificate"]).links("alternate"), [])
        self.refused(self.post(account, order["certificate"] + "/1"), 404, "malformed")


if __name__ == "__main__":
    unittest.main()
