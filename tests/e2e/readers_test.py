"""What NSS, Go and Python's cryptography make of a certificate, of its chain, its CRL and its OCSP answers.

OpenSSL's and GnuTLS's programs are in revocation_test.
"""
import json
import os
import pathlib
import subprocess
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, ExtensionOID

import lab
from certificates import Issued

# NSS's own programs want keyEncipherment of an RSA key, as TLS did before 1.3; Firefox and Chromium do not.
SETTINGS = """[revocation]
listen = ["127.0.0.1:80"]
external_url = "http://127.0.0.1"
crl.shards = 4
ocsp.enabled = true
[[issuance.profile]]
name = "usual"
description = "as it comes"
[[issuance.profile]]
name = "encipherment"
description = "for old clients"
key_encipherment = true
"""
SOURCE = pathlib.Path(__file__).resolve().parent / "reader"


def crl_url(issued):
    point, = issued.certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    name, = point.full_name
    return name.value


def ocsp_url(issued):
    access = issued.certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    return {entry.access_method: entry.access_location.value for entry in access}[AuthorityInformationAccessOID.OCSP]


def verify(public_key, signature, algorithm, message):
    if isinstance(public_key, rsa.RSAPublicKey):
        public_key.verify(signature, message, padding.PKCS1v15(), algorithm)
    else:
        public_key.verify(signature, message, ec.ECDSA(algorithm))


class Readers(lab.CertificateChecks):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="assay-reader-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.go_reader = cls.folder.name + "/reader"
        # Debian's packages are a GOPATH; nothing is fetched.
        subprocess.run(["go", "build", "-o", cls.go_reader, "."], cwd=SOURCE, check=True,
                       env={**os.environ, "GO111MODULE": "off", "GOFLAGS": "", "GOPATH": "/usr/share/gocode"})

    def fetch_crl(self, net, issued):
        path = issued.leaf.with_name("its.crl")
        net.command(["curl", "-sf", "-o", path, crl_url(issued)])
        return path

    def fetch_ocsp(self, net, issued):
        """The answer to a request that cryptography made."""
        issuing = x509.load_pem_x509_certificate(issued.issuing.read_bytes())
        request = ocsp.OCSPRequestBuilder().add_certificate(issued.certificate, issuing, hashes.SHA256()).build()
        asked, answered = issued.leaf.with_name("asked.der"), issued.leaf.with_name("answered.der")
        asked.write_bytes(request.public_bytes(serialization.Encoding.DER))
        net.command(["curl", "-sf", "-o", answered, "-H", "Content-Type: application/ocsp-request", "--data-binary",
                     f"@{asked}", ocsp_url(issued)])
        return answered

    def by_go(self, net, issued, host, other):
        return json.loads(net.command([self.go_reader, net.ready["root_file"], issued.chain, host, other,
                                       self.fetch_crl(net, issued), self.fetch_ocsp(net, issued)]).stdout)

    def revoke(self, net, issued, reason):
        net.cli("cert", "revoke", issued.serial, "--reason", reason)

        def listed():
            crl = x509.load_der_x509_crl(self.fetch_crl(net, issued).read_bytes())
            return crl.get_revoked_certificate_by_serial_number(issued.certificate.serial_number) is not None
        lab.wait_until(listed, "the certificate in its CRL", net.assay, 20)

    def test_go(self):
        with lab.Lab(settings=SETTINGS) as net:
            for number, kind in enumerate(("P-256", "P-384", "RSA 2048", "RSA 3072")):
                wildcard = Issued(net, f"go{number}", kind, ["*.www.corp.test", "www.corp.test"])
                found = self.by_go(net, wildcard, "a.www.corp.test", "a.b.www.corp.test")
                self.assertEqual((found["Host"], found["Crl"], found["Ocsp"]), ("good", "good", "good"), kind)
                self.assertIn("not a.b.www.corp.test", found["OtherHost"])
                self.assertNotEqual(found["WrongIssuer"], "")
            self.revoke(net, wildcard, "keyCompromise")
            found = self.by_go(net, wildcard, "www.corp.test", "corp.test")
            self.assertEqual((found["Crl"], found["CrlReason"], found["Ocsp"], found["OcspReason"]),
                             ("revoked", 1, "revoked", 1))

    def check_by_cryptography(self, net, issued, names):
        leaf, issuing = issued.certificate, x509.load_pem_x509_certificate(issued.issuing.read_bytes())
        root = x509.load_pem_x509_certificate(pathlib.Path(net.ready["root_file"]).read_bytes())
        for certificate, issuer in ((leaf, issuing), (issuing, root), (root, root)):
            self.assertEqual(certificate.issuer, issuer.subject)
            verify(issuer.public_key(), certificate.signature, certificate.signature_hash_algorithm,
                   certificate.tbs_certificate_bytes)
        value = lambda kind: leaf.extensions.get_extension_for_class(kind).value
        self.assertEqual(value(x509.SubjectAlternativeName).get_values_for_type(x509.DNSName), sorted(names))
        self.assertFalse(value(x509.BasicConstraints).ca)
        self.assertEqual(list(value(x509.ExtendedKeyUsage)), [ExtendedKeyUsageOID.SERVER_AUTH])
        self.assertEqual(value(x509.AuthorityKeyIdentifier).key_identifier,
                         issuing.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest)
        # Nothing is in there that nobody asked for, and nothing else is critical (RFC 5280 §4.2.1.6: without a subject
        # the names are).
        critical = {extension.oid for extension in leaf.extensions if extension.critical}
        self.assertEqual(critical, {ExtensionOID.KEY_USAGE, ExtensionOID.BASIC_CONSTRAINTS,
                                    ExtensionOID.SUBJECT_ALTERNATIVE_NAME})

    def status_by_cryptography(self, net, issued):
        issuing = x509.load_pem_x509_certificate(issued.issuing.read_bytes())
        crl = x509.load_der_x509_crl(self.fetch_crl(net, issued).read_bytes())
        self.assertTrue(crl.is_signature_valid(issuing.public_key()))
        entry = crl.get_revoked_certificate_by_serial_number(issued.certificate.serial_number)
        answer = ocsp.load_der_ocsp_response(self.fetch_ocsp(net, issued).read_bytes())
        self.assertEqual(answer.response_status, ocsp.OCSPResponseStatus.SUCCESSFUL)
        verify(issuing.public_key(), answer.signature, answer.signature_hash_algorithm, answer.tbs_response_bytes)
        self.assertEqual(answer.serial_number, issued.certificate.serial_number)
        self.assertLess(answer.this_update, answer.next_update)
        self.assertEqual(answer.certificate_status == ocsp.OCSPCertStatus.REVOKED, entry is not None)
        if entry is None:
            self.assertEqual(answer.certificate_status, ocsp.OCSPCertStatus.GOOD)
            return "good"
        self.assertEqual(answer.revocation_time, entry.revocation_date)
        self.assertEqual(answer.revocation_reason, entry.extensions.get_extension_for_class(x509.CRLReason).value.reason)
        return answer.revocation_reason.value

    def test_cryptography(self):
        with lab.Lab(settings=SETTINGS) as net:
            names = ["www.corp.test", "*.www.corp.test"]
            issued = Issued(net, "python", "P-384", names)
            self.check_by_cryptography(net, issued, names)
            self.assertEqual(self.status_by_cryptography(net, issued), "good")
            self.revoke(net, issued, "affiliationChanged")
            self.assertEqual(self.status_by_cryptography(net, issued), "affiliationChanged")

    def import_into_nss(self, net, issued):
        """A new database of NSS's that trusts the root and knows the others; the certificate is its "leaf"."""
        database = issued.leaf.parent / "nss"
        database.mkdir()
        tool = ["certutil", "-d", f"sql:{database}"]
        net.command([*tool, "-N", "--empty-password"])
        for nickname, trust, file in (("root", "C,,", net.ready["root_file"]), ("issuing", ",,", issued.issuing),
                                      ("leaf", ",,", issued.leaf)):
            net.command([*tool, "-A", "-n", nickname, "-t", trust, "-a", "-i", file])
        return database

    def by_nss(self, net, database, issued):
        """What its old verifier says, its new one (libpkix) that asks by OCSP, and its OCSP client."""
        server, tls_server = "V", "1"
        old = net.command(["certutil", "-d", f"sql:{database}", "-V", "-u", server, "-n", "leaf"], check=False).stdout
        new = net.command(["vfychain", "-d", f"sql:{database}", "-pp", "-u", tls_server, "-g", "leaf", "-h",
                           "requireFreshInfo", "-m", "ocsp", "-s", "failIfNoInfo", "-a", issued.leaf, "-a",
                           issued.issuing], check=False).stdout
        status = net.command(["ocspclnt", "-d", f"sql:{database}", "-S", "leaf"], check=False).stdout
        return old, new, status

    def test_nss(self):
        with lab.Lab(settings=SETTINGS) as net:
            kinds = (("P-256", "usual"), ("P-384", "usual"), ("RSA 2048", "encipherment"))
            for number, (kind, profile) in enumerate(kinds):
                issued = Issued(net, f"nss{number}", kind, ["www.corp.test"], profile)
                database = self.import_into_nss(net, issued)
                old, new, status = self.by_nss(net, database, issued)
                self.assertIn("certificate is valid", old, kind)
                self.assertIn("Chain is good!", new, kind)
                self.assertIn("succeeded", status, kind)
            self.revoke(net, issued, "superseded")
            old, new, status = self.by_nss(net, database, issued)
            self.assertIn("revoked", new)
            self.assertIn("has been revoked", status)
            self.read_crl_by_nss(net, database, issued)

    def read_crl_by_nss(self, net, database, issued):
        """NSS shows it. It imports none with an issuingDistributionPoint, which has to be critical (RFC 5280 §5.2.5)."""
        crl = self.fetch_crl(net, issued)
        shown = net.command(["nss-pp", "-t", "crl", "-i", crl]).stdout
        octets = ":".join(issued.serial[i:i + 2] for i in range(0, len(issued.serial), 2))
        self.assertIn(octets, "".join(shown.split()))
        refused = net.command(["crlutil", "-d", f"sql:{database}", "-I", "-i", crl, "-t", "1"], check=False).stdout
        self.assertIn("SEC_ERROR_CRL_UNKNOWN_CRITICAL_EXTENSION", refused)

    def test_nss_refuses_what_is_not_for_servers_of_its_kind(self):
        with lab.Lab(settings=SETTINGS) as net:
            issued = Issued(net, "nss", "RSA 2048", ["www.corp.test"], "usual")
            old, new, _ = self.by_nss(net, self.import_into_nss(net, issued), issued)
            self.assertIn("key usage inadequate", old)
            self.assertIn("key usage inadequate", new)


if __name__ == "__main__":
    lab.run()
