"""What others read of a revocation: OpenSSL's and GnuTLS's programs, of the CRLs and OCSP answers that the server serves."""
import base64
import json
import shutil
import urllib.parse

import josepy
import OpenSSL
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import AuthorityInformationAccessOID

import lab
from acme_session import Session

SETTINGS = """[revocation]
listen = ["127.0.0.1:80"]
external_url = "http://127.0.0.1"
crl.shards = 4
ocsp.enabled = true
"""


class Issued:
    """A certificate of the lab, in files, and what it says of its status."""

    def __init__(self, net, session, name="api.corp.test"):
        order, self.key = session.order([name])
        session.answer(session.publish(order))
        chain = session.finalize(session.wait_valid(order)).fullchain_pem
        leaf, issuing = chain.split("-----END CERTIFICATE-----\n")[:2]
        self.certificate = x509.load_pem_x509_certificate((leaf + "-----END CERTIFICATE-----\n").encode())
        self.serial = f"{self.certificate.serial_number:034x}"
        folder = net.folder / self.serial
        folder.mkdir()
        self.leaf, self.issuing, self.chain = folder / "leaf.pem", folder / "issuing.pem", folder / "chain.pem"
        self.leaf.write_text(leaf + "-----END CERTIFICATE-----\n")
        self.issuing.write_text(issuing.lstrip() + "-----END CERTIFICATE-----\n")
        self.chain.write_text(chain)
        points = self.certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        (self.crl_url,) = [name.value for point in points for name in point.full_name]
        access = self.certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        locations = {entry.access_method: entry.access_location.value for entry in access}
        self.ocsp_url = locations[AuthorityInformationAccessOID.OCSP]
        self.issuer_url = locations[AuthorityInformationAccessOID.CA_ISSUERS]

    def jose(self):
        pem = self.certificate.public_bytes(serialization.Encoding.PEM)
        return josepy.ComparableX509(OpenSSL.crypto.load_certificate(OpenSSL.crypto.FILETYPE_PEM, pem))


class Revocation(lab.CertificateChecks):
    def fetch(self, net, url, name):
        """The file that a client gets there."""
        path = net.folder / name
        net.command(["curl", "-sf", "-o", path, url])
        return path

    def crl(self, net, issued):
        """The CRL that the certificate names, read by cryptography and verified by openssl and certtool."""
        path = self.fetch(net, issued.crl_url, "fetched.crl")
        verified = net.command(["openssl", "crl", "-inform", "der", "-in", path, "-CAfile", issued.issuing, "-noout", "-text",
                                "-nameopt", "utf8"])
        self.assertIn("verify OK", verified.stdout)
        pem = net.folder / "fetched.pem"
        net.command(["openssl", "crl", "-inform", "der", "-in", path, "-out", pem])
        self.assertIn("Verified", net.command(["certtool", "--verify-crl", "--load-ca-certificate", issued.issuing,
                                               "--infile", pem]).stdout)
        crl = x509.load_der_x509_crl(path.read_bytes())
        point = crl.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
        self.assertTrue(point.critical)
        self.assertEqual([name.value for name in point.value.full_name], [issued.crl_url])
        return crl

    def number(self, crl):
        return crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number

    def has(self, net, issued):
        return self.crl(net, issued).get_revoked_certificate_by_serial_number(issued.certificate.serial_number)

    def await_in_crl(self, net, issued):
        lab.wait_until(lambda: self.has(net, issued) is not None, "the certificate in its CRL", net.assay, 20)
        return self.has(net, issued)

    def verdicts(self, net, issued):
        """What each program says of the certificate: "good" or "revoked"."""
        root = net.ready["root_file"]
        said = {}

        def note(program, output, good, revoked):
            self.assertNotEqual(good in output, revoked in output, f"{program}: {output}")
            said[program] = "good" if good in output else "revoked"

        self.crl(net, issued)
        verify = ["openssl", "verify", "-crl_check", "-CAfile", root, "-untrusted", issued.issuing]
        note("openssl verify", net.command([*verify, "-CRLfile", net.folder / "fetched.pem", issued.leaf], check=False).stdout,
             "leaf.pem: OK", "certificate revoked")
        note("openssl verify, which fetches", net.command([*verify, "-crl_download", issued.leaf], check=False).stdout,
             "leaf.pem: OK", "certificate revoked")
        note("certtool", net.command(["certtool", "--verify", "--load-ca-certificate", root, "--load-crl",
                                      net.folder / "fetched.pem", "--infile", issued.chain], check=False).stdout,
             "Chain verification output: Verified.", "revoked")
        ask = ["openssl", "ocsp", "-issuer", issued.issuing, "-cert", issued.leaf, "-CAfile", root, "-url", issued.ocsp_url]
        for options in (["-nonce"], ["-no_nonce"]):
            answer = net.command([*ask, *options]).stdout
            self.assertIn("Response verify OK", answer)
            self.assertNotIn("WARNING", answer)
            note(f"openssl ocsp {options}", answer, "leaf.pem: good", "leaf.pem: revoked")
        asked = net.folder / "request.der"
        net.command([*ask[:-2], "-no_nonce", "-reqout", asked])
        path = urllib.parse.quote(base64.b64encode(asked.read_bytes()).decode(), safe="")
        answered = self.fetch(net, f"{issued.ocsp_url}/{path}", "response.der")
        note("openssl ocsp by GET", net.command([*ask[:-2], "-no_nonce", "-respin", answered]).stdout,
             "leaf.pem: good", "leaf.pem: revoked")
        answer = net.command(["ocsptool", f"--ask={issued.ocsp_url}", "--load-cert", issued.leaf, "--load-issuer", issued.issuing,
                              "--load-trust", root], check=False).stdout
        self.assertIn("Success", answer)
        note("ocsptool", answer, "Certificate Status: good", "Certificate Status: revoked")
        self.assertEqual(len(set(said.values())), 1, said)
        return said["certtool"]

    def test_everybody_sees_what_a_subscriber_revokes(self):
        with lab.Lab(settings=SETTINGS) as net:
            session = Session(net)
            issued, other = Issued(net, session), Issued(net, session)
            self.assertEqual(self.verdicts(net, issued), "good")
            session.acme.revoke(issued.jose(), 4)
            entry = self.await_in_crl(net, issued)
            reason = entry.extensions.get_extension_for_class(x509.CRLReason)
            self.assertEqual(reason.value.reason, x509.ReasonFlags.superseded)
            self.assertFalse(reason.critical)
            self.assertEqual(self.verdicts(net, issued), "revoked")
            self.assertEqual(self.verdicts(net, other), "good")

    def test_certbot_revokes_by_the_key_and_its_other_certificates_follow(self):
        with lab.Lab(settings=SETTINGS) as net:
            session = Session(net)
            issued = Issued(net, session)
            key = net.folder / "key.pem"
            key.write_bytes(issued.key)
            net.command(["certbot", "revoke", "--cert-path", issued.leaf, "--key-path", key, "--reason", "keycompromise",
                         "--non-interactive", "--no-delete-after-revoke", "--server", net.directory, "--config-dir",
                         net.folder / "etc", "--work-dir", net.folder / "work", "--logs-dir", net.folder / "logs"])
            self.await_in_crl(net, issued)
            self.assertEqual(self.verdicts(net, issued), "revoked")

    def test_what_caches_are_told(self):
        with lab.Lab(settings=SETTINGS) as net:
            issued = Issued(net, Session(net))
            head = net.command(["curl", "-sfI", issued.crl_url]).stdout
            headers = dict(line.split(": ", 1) for line in head.split("\n")[1:] if ": " in line)
            self.assertEqual(headers["Content-Type"].strip(), "application/pkix-crl")
            self.assertIn("max-age=", headers["Cache-Control"])
            tag = headers["ETag"].strip()
            again = net.command(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", "-H",
                                 f"If-None-Match: {tag}", issued.crl_url]).stdout
            self.assertEqual(again, "304 0")
            issuing = self.fetch(net, issued.issuer_url, "issuing.der").read_bytes()
            self.assertEqual(x509.load_der_x509_certificate(issuing),
                             x509.load_pem_x509_certificate(issued.issuing.read_bytes()))

    def test_nothing_is_said_of_what_was_not_issued(self):
        with lab.Lab(settings=SETTINGS) as net:
            issued = Issued(net, Session(net))
            answer = net.command(["openssl", "ocsp", "-issuer", issued.issuing, "-serial", "0x" + "11" * 16, "-CAfile",
                                  net.ready["root_file"], "-url", issued.ocsp_url], check=False).stdout
            self.assertIn("unauthorized", answer)

    def test_operators_revoke_by_serial_and_by_account(self):
        with lab.Lab(settings=SETTINGS) as net:
            session = Session(net)
            first, second, third = (Issued(net, session) for _ in range(3))
            said = net.cli("cert", "revoke", first.serial.upper(), "--reason", "privilegeWithdrawn").stdout
            self.assertEqual(said, f"{first.serial} revoked, privilegeWithdrawn\n")
            serials = net.folder / "serials"
            serials.write_text(f"# lost\n{first.serial} api\n{second.serial}\n{'11' * 17}\n")
            partly = net.cli("cert", "revoke", "--serials", serials, "--reason", "superseded", check=False)
            self.assertEqual(partly.returncode, 1)
            self.assertIn(f"{first.serial} was revoked before, privilegeWithdrawn\n", partly.stdout)
            self.assertIn(f"{second.serial} revoked, superseded\n", partly.stdout)
            self.assertIn(f"{'11' * 17} unknown\n", partly.stdout)
            self.await_in_crl(net, second)
            self.assertEqual(self.verdicts(net, third), "good")

            account = session.account.uri.rsplit("/", 1)[1]
            net.cli("cert", "revoke", "--account", account, "--reason", "cessationOfOperation")
            self.await_in_crl(net, third)
            (job,) = json.loads(net.cli("revocation", "list", "--output", "json").stdout)["jobs"]
            self.assertEqual(job["revoked"], "1")
            self.assertEqual(self.verdicts(net, third), "revoked")

    def test_a_restored_backup_unrevokes_nothing(self):
        with lab.Lab(settings=SETTINGS) as net:
            session = Session(net)
            known = Issued(net, session)
            net.command([lab.ASSAY, "backup", net.folder / "backup", "--config", net.config])
            later = Issued(net, session)
            for issued in (known, later):
                session.acme.revoke(issued.jose(), 0)
            for issued in (known, later):
                self.await_in_crl(net, issued)
            before = {issued: self.number(self.crl(net, issued)) for issued in (known, later)}
            net.kill_assay()
            shutil.rmtree(net.state / "store")
            net.command([lab.ASSAY, "restore", net.folder / "backup", "--config", net.config])
            net.start_assay()
            for issued in (known, later):
                self.assertIsNotNone(self.has(net, issued))
                lab.wait_until(lambda issued=issued: self.number(self.crl(net, issued)) > before[issued], "a new CRL",
                               net.assay, 20)
                self.assertIsNotNone(self.has(net, issued))
            for issued in (known, later):
                self.assertEqual(self.verdicts(net, issued), "revoked")


if __name__ == "__main__":
    lab.run()
