"""certbot, Debian's: base and wildcard in one order for a name delegated by CNAME and one by NS; renew; revoke."""

import datetime
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import lab
import servers

NAMES = ["api.corp.test", "*.api.corp.test", "www.corp.test", "*.www.corp.test"]


class Certbot(lab.CertificateChecks):
    def test_issues_renews_and_revokes(self):
        with lab.Lab(corporate="knot") as net:
            hook = net.hook()
            auth, cleanup = net.folder / "auth", net.folder / "cleanup"
            for path, verb in ((auth, "add"), (cleanup, "remove")):
                path.write_text(f'#!/bin/bash\nexec {hook} {verb} "_acme-challenge.$CERTBOT_DOMAIN" "$CERTBOT_VALIDATION"\n')
                path.chmod(0o755)

            def certbot(*arguments, check=True):
                return net.command(["certbot", *arguments, "--non-interactive", "--server", net.directory, "--config-dir",
                                    net.folder / "etc", "--work-dir", net.folder / "work", "--logs-dir",
                                    net.folder / "logs"], check=check)

            certbot("register", "--agree-tos", "-m", "team@corp.test")
            certbot("certonly", "--manual", "--preferred-challenges", "dns", "--manual-auth-hook", auth,
                    "--manual-cleanup-hook", cleanup, "--key-type", "ecdsa", "--cert-name", "lab",
                    *(argument for name in NAMES for argument in ("-d", name)))
            live = net.folder / "etc/live/lab"
            first = self.check(net, live / "fullchain.pem", live / "privkey.pem", NAMES)

            certbot("renew", "--force-renewal", "--no-random-sleep-on-renew", "--key-type", "rsa")
            self.assertNotEqual(first, self.check(net, live / "fullchain.pem", live / "privkey.pem", NAMES))

            certbot("update_account", "-m", "other-team@corp.test")
            certbot("revoke", "--cert-name", "lab", "--reason", "superseded", "--no-delete-after-revoke")
            again = certbot("revoke", "--cert-path", live / "cert.pem", "--no-delete-after-revoke", check=False)
            self.assertNotEqual(again.returncode, 0)
            self.assertIn("alreadyRevoked", (net.folder / "logs/letsencrypt.log").read_text())

    def test_chooses_among_chains(self):
        with lab.Lab() as net:
            net.kill_assay()
            root = cross_signed(net, "Corporate Cross Root")
            net.start_assay()
            hook = net.folder / "auth"
            hook.write_text(f'#!/bin/bash\nexec {net.hook()} add "_acme-challenge.$CERTBOT_DOMAIN" "$CERTBOT_VALIDATION"\n')
            hook.chmod(0o755)

            def issue(name, root, *options):
                net.command(["certbot", "certonly", "--manual", "--preferred-challenges", "dns", "--manual-auth-hook", hook,
                             "--cert-name", name, "-d", "www.corp.test", "--register-unsafely-without-email",
                             "--agree-tos", "--non-interactive", "--server", net.directory, "--config-dir",
                             net.folder / "etc", "--work-dir", net.folder / "work", "--logs-dir", net.folder / "logs",
                             *options])
                chain = (net.folder / f"etc/live/{name}/fullchain.pem").read_text()
                blocks = chain.split("-----END CERTIFICATE-----\n")[:-1]
                self.check(net, net.folder / f"etc/live/{name}/fullchain.pem",
                           net.folder / f"etc/live/{name}/privkey.pem", ["www.corp.test"], root)
                return [x509.load_pem_x509_certificate((b + "-----END CERTIFICATE-----\n").encode()) for b in blocks]

            cross = issue("cross", root, "--preferred-chain", "Corporate Cross Root")
            self.assertEqual(len(cross), 3)
            self.assertIn("Corporate Cross Root", cross[1].issuer.rfc4514_string())
            usual = issue("usual", None)
            self.assertEqual(len(usual), 2)
            self.assertIn("Assay Development Root CA", usual[1].issuer.rfc4514_string())
            for chain in (cross, usual):
                for lower, upper in zip(chain, chain[1:]):
                    algorithm = ec.ECDSA(lower.signature_hash_algorithm)
                    upper.public_key().verify(lower.signature, lower.tbs_certificate_bytes, algorithm)


def cross_signed(net, name):
    """A root of this name signs the lab's issuing CA, too, and the configuration says so. Its file."""
    issuing = x509.load_pem_x509_certificate((net.state / "ca/issuing.pem").read_bytes())
    key = ec.generate_private_key(ec.SECP384R1())
    root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    year = datetime.timedelta(days=365)

    def certificate(subject, public_key):
        return x509.CertificateBuilder().issuer_name(root).subject_name(subject).public_key(public_key).serial_number(
            x509.random_serial_number()).not_valid_before(issuing.not_valid_before).not_valid_after(
                issuing.not_valid_before + year)

    own = certificate(root, key.public_key()).add_extension(x509.BasicConstraints(True, None), True)
    usage = issuing.extensions.get_extension_for_class(x509.KeyUsage)
    own = own.add_extension(usage.value, True)
    own = own.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    cross = certificate(issuing.subject, issuing.public_key())
    cross = cross.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), False)
    for extension in issuing.extensions:
        if not isinstance(extension.value, x509.AuthorityKeyIdentifier):
            cross = cross.add_extension(extension.value, extension.critical)
    pem = b"".join(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) for made in (cross, own))
    file = servers.write(net.folder / "cross.pem", pem.decode())
    text = pathlib.Path(net.config).read_text()
    servers.write(net.config, text + f'[issuance]\nalternate_chains = ["{file}"]\n')
    return servers.write(net.folder / "cross-root.pem", own.sign(key, hashes.SHA256()).public_bytes(
        serialization.Encoding.PEM).decode())


if __name__ == "__main__":
    lab.run()
