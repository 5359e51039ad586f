"""RFC 8555 §7.6: R01 to R08, and who may revoke."""
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import wire
from wire import Key, b64, csr


class Revocation(wire.WireTest):
    def revoke(self, account, der, **members):
        return self.post(account, self.url["revokeCert"], {"certificate": b64(der), **members})

    def revoke_by_key(self, key, der, **members):
        url = self.url["revokeCert"]
        return self.send(url, self.draft(url, {"certificate": b64(der), **members}, Key(private=key)))

    def issued(self, name="a.revocation.test", key=None):
        account = self.new_account()
        return account, self.issue(account, name, key=key)[0]

    def test_the_account_that_ordered_it_revokes_once(self):
        for reason in (None, 0, 1, 3, 4, 5):
            account, der = self.issued()
            members = {} if reason is None else {"reason": reason}
            reply = self.revoke(account, der, **members)
            self.assertEqual((reply.status, reply.body), (200, b""))
            self.refused(self.revoke(account, der, **members), 400, "alreadyRevoked")

    def test_R01_to_R06_a_reason_that_a_subscriber_may_not_give(self):
        account, der = self.issued()
        for reason in (2, 6, 7, 8, 9, 10, 11, 99, -1, 2147483648, 18446744073709551617, -2**63):
            self.refused(self.revoke(account, der, reason=reason), 400, "badRevocationReason")

    def test_R07_a_reason_that_is_no_number(self):
        account, der = self.issued()
        for reason in ("1", 1.5, [1], True, {}, None):
            reply = self.revoke(account, der, reason=reason)
            self.assertEqual(reply.status, 400, reply)
            self.assertIn(reply.error, ("badRevocationReason", "malformed"))
        self.assertEqual(self.revoke(account, der).status, 200)

    def test_R08_no_certificate(self):
        account, der = self.issued()
        for payload in ({}, {"certificate": None}, {"certificate": 1}, {"certificate": ""}, {"certificate": "%"},
                        {"certificate": b64(der) + "="}, {"certificate": b64(b"rubbish")},
                        {"certificate": b64(der + b"\0")}, {"certificate": b64(der[:-1])}, [], "", "x"):
            self.refused(self.post(account, self.url["revokeCert"], payload), 400, "malformed")

    def test_a_certificate_of_another_issuer(self):
        key = ec.generate_private_key(ec.SECP256R1())
        account, der = self.issued()
        ours = x509.load_der_x509_certificate(der)
        # All of ours but the signature; and the CA's own.
        builder = x509.CertificateBuilder(ours.issuer, ours.subject, key.public_key(), ours.serial_number,
                                          ours.not_valid_before, ours.not_valid_after, list(ours.extensions))
        forged = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        root = x509.load_pem_x509_certificate(self.server.root.encode()).public_bytes(serialization.Encoding.DER)
        for der_of_another in (forged, root):
            self.refused(self.revoke(account, der_of_another), 404, "malformed")
        self.refused(self.revoke_by_key(key, forged), 404, "malformed")
        self.assertEqual(self.revoke(account, der).status, 200)

    def test_another_account_may_not(self):
        _, der = self.issued("b.revocation.test")
        self.refused(self.revoke(self.new_account(), der), 403, "unauthorized")

    def test_an_account_with_authorizations_for_all_names_may(self):
        owner, other = self.new_account(), self.new_account()
        names = ("c.revocation.test", "d.revocation.test")
        der, _, _ = self.issue(owner, *names)
        self.ready_order(other, names[0])
        self.refused(self.revoke(other, der), 403, "unauthorized")
        self.ready_order(other, names[1])
        self.assertEqual(self.revoke(other, der).status, 200)
        self.refused(self.revoke(owner, der), 400, "alreadyRevoked")

    def test_the_certificates_own_key_may_and_is_blocked(self):
        key = ec.generate_private_key(ec.SECP256R1())
        account, der = self.issued(key=key)
        self.assertEqual(self.revoke_by_key(key, der).status, 200)
        order = self.ready_order(account, "a.revocation.test")
        again = self.post(account, order["finalize"], {"csr": b64(csr("a.revocation.test", key=key))})
        self.refused(again, 400, "badCSR")
        url = self.url["newAccount"]
        self.refused(self.send(url, self.draft(url, {}, Key(private=key))), 400, "badPublicKey")

    def test_another_key_may_not(self):
        _, der = self.issued()
        self.refused(self.revoke_by_key(ec.generate_private_key(ec.SECP256R1()), der), 403, "unauthorized")

    def test_an_accounts_key_as_jwk_is_no_account(self):
        account, der = self.issued()
        self.refused(self.revoke_by_key(account.key.private, der), 403, "unauthorized")


if __name__ == "__main__":
    unittest.main()
