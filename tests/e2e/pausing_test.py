"""Names that a client fails to prove again and again: what certbot shows, and how a person and an operator lift it."""
import re
import ssl
import urllib.request

import lab

SETTINGS = """
[acme.pausing]
after = 2
"""


class Pausing(lab.CertificateChecks):
    def page(self, net, url, data=None):
        with urllib.request.urlopen(url, data, context=ssl.create_default_context(cafile=net.ca_file), timeout=20) as reply:
            return reply.read().decode()

    def test_certbot(self):
        with lab.Lab(corporate="knot", settings=SETTINGS) as net:
            hook = net.hook()
            auth, cleanup, nothing = net.folder / "auth", net.folder / "cleanup", net.folder / "nothing"
            for path, verb in ((auth, "add"), (cleanup, "remove")):
                path.write_text(f'#!/bin/bash\nexec {hook} {verb} "_acme-challenge.$CERTBOT_DOMAIN" "$CERTBOT_VALIDATION"\n')
                path.chmod(0o755)
            nothing.write_text("#!/bin/bash\nexit 0\n")
            nothing.chmod(0o755)

            def order(auth, cleanup, check=True):
                return net.command(["certbot", "certonly", "--non-interactive", "--agree-tos", "-m", "team@corp.test", "--server",
                                    net.directory, "--config-dir", net.folder / "etc", "--work-dir", net.folder / "work",
                                    "--logs-dir", net.folder / "logs", "--manual", "--preferred-challenges", "dns",
                                    "--manual-auth-hook", auth, "--manual-cleanup-hook", cleanup, "--key-type", "ecdsa",
                                    "--cert-name", "lab", "-d", "www.corp.test"], check=check)

            def fail():
                failed = order(nothing, nothing, check=False)
                self.assertNotEqual(failed.returncode, 0)
                return failed.stdout + (net.folder / "logs/letsencrypt.log").read_text()

            for _ in range(2):
                self.assertNotIn("rateLimited", fail())
            told = fail()
            self.assertIn("rateLimited", told)
            url = re.search(r"see why, and go on, at (https://\S+/acme/unpause/[a-z0-9]+/[a-z0-9-]+)", told).group(1)
            account = url.rsplit("/", 2)[1]

            shown = net.cli("pause", "list").stdout
            self.assertTrue(shown.startswith(f"{account} www.corp.test failed 2 times, last "), shown)
            self.assertIn("_acme-challenge.www.corp.test.", shown)
            self.assertIn("<td>www.corp.test</td><td>2</td>", self.page(net, url))
            self.assertIn("<li>www.corp.test</li>", self.page(net, url, b""))
            self.assertEqual(net.cli("pause", "list").stdout, "")
            order(auth, cleanup)
            live = net.folder / "etc/live/lab"
            self.check(net, live / "fullchain.pem", live / "privkey.pem", ["www.corp.test"])


if __name__ == "__main__":
    lab.run()
