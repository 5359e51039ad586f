"""certbot, Debian's: base and wildcard in one order for a name delegated by CNAME and one by NS; renew; revoke."""

import lab

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


if __name__ == "__main__":
    lab.run()
