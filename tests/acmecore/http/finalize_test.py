"""RFC 8555 §7.4 and §11.1: F01 to F16, and the certificate that comes of it."""
import ipaddress
import subprocess
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

import wire
from wire import Key, b64, csr

NAME = "a.finalize.test"
SPKI_DER = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


class FinalizeTest(wire.WireTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.new_account(cls())
        cls.order = cls.ready_order(cls(), cls.account, NAME, "b.finalize.test")

    def finalize(self, payload, order=None):
        return self.post(self.account, (order or self.order)["finalize"], payload)

    def still_ready(self):
        self.assertEqual(self.get(self.account, self.order["url"])["status"], "ready")

    def refused_csr(self, der):
        self.refused(self.finalize({"csr": b64(der)}), 400, "badCSR")
        self.still_ready()


class Payloads(FinalizeTest):
    def test_F01_too_early(self):
        order = self.new_order(self.account, NAME)
        self.refused(self.finalize({"csr": b64(csr(NAME))}, order), 403, "orderNotReady")

    def test_F02_F03_no_csr(self):
        for payload in ({}, {"csr": 1}, {"csr": None}, {"csr": ["x"]}, {"csr": {}}, {"csr": ""}, [], "x", "null"):
            self.refused(self.finalize(payload), 400, "malformed")
        self.still_ready()

    def test_an_empty_payload(self):
        self.refused(self.finalize(""), 400, "malformed")
        self.still_ready()

    def test_F04_to_F06_a_csr_that_is_not_base64url(self):
        der = csr(NAME, "b.finalize.test")
        pem = serialization.Encoding.PEM
        text = x509.load_der_x509_csr(der).public_bytes(pem).decode()
        for value in ("%%%", b64(der) + "=", b64(der) + "==", b64(der) + "\n", text,
                      "".join(text.splitlines()[1:-1]) + "+"):
            self.refused(self.finalize({"csr": value}), 400, "malformed")
        self.still_ready()


class Requests(FinalizeTest):
    NAMES = (NAME, "b.finalize.test")

    def test_F07_der_that_is_no_csr(self):
        key = ec.generate_private_key(ec.SECP256R1())
        good = csr(*self.NAMES)
        certificate = x509.load_pem_x509_certificate(self.server.root.encode())
        for der in (b"\0", b"rubbish", b"0\x80", bytes(1000), good[:-1], good[: len(good) // 2],
                    certificate.public_bytes(serialization.Encoding.DER),
                    key.public_key().public_bytes(*SPKI_DER)):
            self.refused_csr(der)

    def test_F08_octets_behind_the_csr(self):
        for more in (b"\0", b"x", csr(*self.NAMES)):
            self.refused_csr(csr(*self.NAMES) + more)

    def test_F09_a_bad_signature(self):
        der = bytearray(csr(*self.NAMES))
        der[-1] ^= 1
        self.refused_csr(bytes(der))

    def test_F10_anothers_public_key_put_in(self):
        mine, theirs = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        forged = csr(*self.NAMES, key=mine).replace(mine.public_key().public_bytes(*SPKI_DER),
                                                    theirs.public_key().public_bytes(*SPKI_DER))
        self.refused_csr(forged)

    def test_F11_to_F13_other_names_than_ordered(self):
        for names in (("c.finalize.test", "d.finalize.test"), (NAME,), (*self.NAMES, "c.finalize.test"),
                      (NAME, "b.finalize.test.evil.test"), ("finalize.test", NAME)):
            self.refused_csr(csr(*names))

    def test_a_csr_with_one_name_twice_is_not_for_two(self):
        self.refused_csr(csr(NAME, NAME))
        order = self.ready_order(self.account, "d.finalize.test", "D.finalize.test")
        self.assertEqual(len(order["authorizations"]), 1)
        for names in (("d.finalize.test", "evil.finalize.test"), ("d.finalize.test", "d.finalize.test"),
                      ("evil.finalize.test", "d.finalize.test")):
            self.refused(self.finalize({"csr": b64(csr(*names))}, order), 400, "badCSR")

    def test_a_subject_of_several_attributes_in_one_rdn(self):
        one = x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, NAME),
                                              x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Corp")])
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([one])).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in self.NAMES]), False)
        signed = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
        self.refused_csr(signed.public_bytes(serialization.Encoding.DER))

    def test_a_signature_over_a_weak_digest(self):
        for digest in ("sha1", "md5"):
            request = subprocess.run(
                ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-subj", "/",
                 f"-{digest}", "-outform", "DER", "-addext",
                 "subjectAltName=" + ",".join("DNS:" + name for name in self.NAMES)],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
            self.refused_csr(request)

    def test_a_huge_csr(self):
        self.refused_csr(b"0\x82\x80\0" + bytes(33_000))
        self.refused_csr(csr(*self.NAMES, *(f"a{i}.finalize.test" for i in range(500))))

    def test_F14_a_common_name_that_is_not_ordered(self):
        for common_name in ("127.0.0.1", "a.finalize.test.", "c.finalize.test", "*.finalize.test", "Example Ltd", "a.finalize.test\0", " " + NAME):
            self.refused_csr(csr(*self.NAMES, common_name=common_name))

    def test_F15_a_wildcard_for_a_name_ordered_without(self):
        self.refused_csr(csr("*." + NAME, "b.finalize.test"))
        self.refused_csr(csr("*.finalize.test"))
        order = self.ready_order(self.account, "*.c.finalize.test")
        self.refused(self.finalize({"csr": b64(csr("c.finalize.test"))}, order), 400, "badCSR")

    def test_F16_no_names(self):
        self.refused_csr(csr())
        self.refused_csr(csr(common_name=NAME))

    def test_names_of_other_kinds(self):
        for other in (x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.RFC822Name("a@corp.test"),
                      x509.UniformResourceIdentifier("https://corp.test"), x509.RegisteredID(NameOID.COMMON_NAME),
                      x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x01a"),
                      x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")]))):
            names = x509.SubjectAlternativeName([x509.DNSName(name) for name in self.NAMES] + [other])
            self.refused_csr(csr(extensions=[names]))

    def test_extensions_that_would_make_it_something_else(self):
        self.refused_csr(csr(*self.NAMES, extensions=[x509.BasicConstraints(True, None)]))

    def test_keys_that_we_do_not_certify(self):
        for key in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP256K1()),
                    ec.generate_private_key(ec.SECP224R1())):
            self.refused_csr(csr(*self.NAMES, key=key))

    def test_the_key_of_an_account(self):
        self.refused_csr(csr(*self.NAMES, key=self.account.key.private))
        self.refused_csr(csr(*self.NAMES, key=self.new_account(Key()).key.private))


class Certificates(FinalizeTest):
    def test_a_certificate_is_for_the_names_and_the_key(self):
        key = ec.generate_private_key(ec.SECP256R1())
        names = ("a.certificates.test", "*.a.certificates.test")
        _, chain, order = self.issue(self.account, *names, key=key)
        leaf, issuing = [x509.load_pem_x509_certificate(pem.encode() + b"-----END CERTIFICATE-----\n")
                         for pem in chain.decode().split("-----END CERTIFICATE-----\n")[:-1]]
        san = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        self.assertEqual(set(san.get_values_for_type(x509.DNSName)), set(names))
        self.assertEqual(leaf.public_key().public_numbers(), key.public_key().public_numbers())
        root = x509.load_pem_x509_certificate(self.server.root.encode())
        for certificate, issuer in ((leaf, issuing), (issuing, root)):
            self.assertEqual(certificate.issuer, issuer.subject)
            issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes,
                                       ec.ECDSA(certificate.signature_hash_algorithm))
        self.assertEqual(self.get(self.account, order["url"])["certificate"], order["certificate"])

    def test_a_second_finalize_is_not_ready(self):
        _, _, order = self.issue(self.account, "b.certificates.test")
        self.refused(self.finalize({"csr": b64(csr("b.certificates.test"))}, order), 403, "orderNotReady")

    def test_a_csr_in_other_case_is_the_same_names(self):
        order = self.ready_order(self.account, "c.certificates.test")
        reply = self.finalize({"csr": b64(csr("C.Certificates.TEST"))}, order)
        self.assertEqual(reply.status, 200, reply)

    # T45; RFC 8555 §7.4.2
    def test_a_certificate_is_had_in_the_form_that_is_asked_for(self):
        leaf, chain, order = self.issue(self.account, "d.certificates.test")
        for accept in ("application/pem-certificate-chain", "*/*", "application/pkcs7-mime", "text/html;q=0.5"):
            reply = self.post(self.account, order["certificate"], accept=accept)
            self.assertEqual((reply.status, reply.body), (200, chain))
            self.assertEqual(reply.headers["Content-Type"], "application/pem-certificate-chain")
            self.assertEqual(reply.links("up"), [])
        reply = self.post(self.account, order["certificate"], accept="application/pkix-cert")
        self.assertEqual((reply.status, reply.body), (200, leaf))
        self.assertEqual(reply.headers["Content-Type"], "application/pkix-cert")
        self.assertEqual(reply.headers["Vary"], "Accept")
        self.refused(self.post(self.new_account(), order["certificate"], accept="application/pkix-cert"), 404,
                     "malformed")

    def test_the_link_up_leads_to_the_issuer(self):
        leaf, _, order = self.issue(self.account, "e.certificates.test")
        up, = self.post(self.account, order["certificate"], accept="application/pkix-cert").links("up")
        for reply in (self.server.request("GET", up), self.post(self.account, up)):
            self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, "application/pkix-cert"))
            issuer = x509.load_der_x509_certificate(reply.body)
            leaf_read = x509.load_der_x509_certificate(leaf)
            issuer.public_key().verify(leaf_read.signature, leaf_read.tbs_certificate_bytes,
                                       ec.ECDSA(leaf_read.signature_hash_algorithm))
        self.assertEqual(self.server.request("HEAD", up).status, 200)
        self.assertEqual(self.server.request("PUT", up).status, 405)
        self.refused(self.post(self.account, up, {}), 400, "malformed")
        self.refused(self.server.request("GET", up[:-1] + ("0" if up[-1] != "0" else "1")), 404, "malformed")


if __name__ == "__main__":
    unittest.main()
