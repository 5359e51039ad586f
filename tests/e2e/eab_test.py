"""External account binding and directories, by certbot and lego: the one is made at the command line, the others ask."""
import json
import ssl
import urllib.request

import lab
import servers

SETTINGS = """
[[acme.directory]]
name = "default"
[[acme.directory]]
name = "team"
external_account = "required"
[[acme.directory]]
name = "guests"
external_account = "optional"
"""


class ExternalAccounts(lab.CertificateChecks):
    def create(self, net, *options):
        """A new key: its identifier and its HMAC key."""
        shown = json.loads(net.cli("eab", "create", *options, "--output", "json").stdout)
        return shown["key"]["id"], shown["macKey"]

    def show(self, net, key):
        return json.loads(net.cli("eab", "show", key, "--output", "json").stdout)["key"]

    def directory(self, net, name):
        url = net.directory.replace("/directory", f"/acme/{name}/directory")
        with urllib.request.urlopen(url, context=ssl.create_default_context(cafile=net.ca_file), timeout=20) as reply:
            self.assertEqual(json.load(reply)["meta"]["externalAccountRequired"], name == "team")
        return url

    def check_life_cycle(self, net):
        """What the command line says and refuses."""
        refused = net.cli("eab", "create", check=False)
        self.assertEqual((refused.returncode, "several directories" in refused.stdout), (1, True), refused.stdout)
        refused = net.cli("eab", "create", "--directory", "default", check=False)
        self.assertIn('its external_account is "off"', refused.stdout)
        text = net.cli("eab", "create", "--directory", "team", "--allow", "**.corp.test", "--allow", "corp.test", "--uses", "2",
                       "--certificate-lifetime-max", "2d", "--expires", "2100-01-31T00:00:00Z", "--comment", "of the lab").stdout
        lines = [line.strip() for line in text.splitlines()]
        key = lines[0].split()[0]
        self.assertEqual(lines[:-1], [f'{key} "of the lab"', "directory team", "allows **.corp.test", "allows corp.test",
                                      "certificates of up to 2d", "used 0 of 2 times", "until 2100-01-31T00:00:00Z",
                                      f"key identifier {key}"])
        secret = lines[-1].removeprefix("HMAC key ")
        self.assertRegex(secret, "^[A-Za-z0-9_-]{43}$")
        for command in (("list",), ("show", key), ("disable", key), ("enable", key)):
            shown = net.cli("eab", *command).stdout
            self.assertIn(key, shown)
            self.assertNotIn(secret, shown)
            self.assertEqual("disabled" in shown, command[0] == "disable")
        net.cli("eab", "delete", key)
        gone = net.cli("eab", "show", key, check=False)
        self.assertEqual((gone.returncode, "notFound" in gone.stdout), (1, True), gone.stdout)

    def test_certbot(self):
        with lab.Lab(corporate="knot", settings=SETTINGS) as net:
            self.check_life_cycle(net)
            hook = net.hook()
            auth, cleanup = net.folder / "auth", net.folder / "cleanup"
            for path, verb in ((auth, "add"), (cleanup, "remove")):
                path.write_text(f'#!/bin/bash\nexec {hook} {verb} "_acme-challenge.$CERTBOT_DOMAIN" "$CERTBOT_VALIDATION"\n')
                path.chmod(0o755)

            def certbot(*arguments, directory="team", check=True):
                return net.command(["certbot", *arguments, "--non-interactive", "--server", self.directory(net, directory),
                                    "--config-dir", net.folder / "etc", "--work-dir", net.folder / "work", "--logs-dir",
                                    net.folder / "logs"], check=check)

            def register(*arguments, **options):
                return certbot("register", "--agree-tos", "-m", "team@corp.test", *arguments, check=False, **options)

            key, secret = self.create(net, "--directory", "team", "--allow", "**.corp.test", "--certificate-lifetime-max",
                                      "48h")
            self.assertNotEqual(register().returncode, 0)
            wrong = register("--eab-kid", key, "--eab-hmac-key", "x" * 43)
            self.assertNotEqual(wrong.returncode, 0)
            self.assertIn("no such key, or the MAC", (net.folder / "logs/letsencrypt.log").read_text())
            elsewhere = register("--eab-kid", key, "--eab-hmac-key", secret, directory="guests")
            self.assertNotEqual(elsewhere.returncode, 0)
            self.assertEqual(self.show(net, key)["uses"], 0)

            bound = register("--eab-kid", key, "--eab-hmac-key", secret)
            self.assertEqual(bound.returncode, 0, bound.stdout)
            self.assertEqual(self.show(net, key)["uses"], 1)

            def order(*names, name="lab", **options):
                return certbot("certonly", "--manual", "--preferred-challenges", "dns", "--manual-auth-hook", auth,
                               "--manual-cleanup-hook", cleanup, "--key-type", "ecdsa", "--cert-name", name,
                               *(argument for one in names for argument in ("-d", one)), **options)

            names = ["www.corp.test", "*.www.corp.test"]
            order(*names)
            live = net.folder / "etc/live/lab"
            self.check(net, live / "fullchain.pem", live / "privkey.pem", names)
            # It ends within what the key allows, where the server's own certificates live for 90 days.
            net.command(["openssl", "x509", "-in", live / "cert.pem", "-noout", "-checkend", str(46 * 3600)])
            late = net.command(["openssl", "x509", "-in", live / "cert.pem", "-noout", "-checkend", str(48 * 3600)], check=False)
            self.assertEqual(late.returncode, 1)
            certbot("renew", "--force-renewal", "--no-random-sleep-on-renew")

            refused = order("other.test", name="other", check=False)
            self.assertNotEqual(refused.returncode, 0)
            self.assertIn("rejectedIdentifier", (net.folder / "logs/letsencrypt.log").read_text())

            again = net.folder / "again"
            used_up = net.command(["certbot", "register", "--agree-tos", "-m", "team@corp.test", "--eab-kid", key,
                                   "--eab-hmac-key", secret, "--non-interactive", "--server", self.directory(net, "team"),
                                   "--config-dir", again, "--work-dir", again, "--logs-dir", again], check=False)
            self.assertNotEqual(used_up.returncode, 0)
            self.assertIn("is used up", (again / "letsencrypt.log").read_text())

    def test_lego(self):
        with lab.Lab(corporate="nsd", settings=SETTINGS) as net:
            net.start_resolver()
            script = net.folder / "exec"
            script.write_text(f"""#!/bin/bash
case $1 in present) verb=add ;; cleanup) verb=remove ;; *) exit 2 ;; esac
exec {net.hook()} $verb "$2" "$3"
""")
            script.chmod(0o755)
            environment = {"EXEC_PATH": str(script), "EXEC_PROPAGATION_TIMEOUT": "60", "EXEC_POLLING_INTERVAL": "1",
                           "EXEC_SEQUENCE_INTERVAL": "1"}

            def lego(directory, *arguments, path="lego", check=True):
                return net.command(["lego", "--path", net.folder / path, "--server", self.directory(net, directory),
                                    "--accept-tos", "--email", "team@corp.test", "--dns", "exec", "--dns.resolvers",
                                    f"{servers.RESOLVER_ADDRESS}:53", "--key-type", "ec256", "--domains", "www.corp.test",
                                    *arguments, "run"], env=environment, check=check)

            key, secret = self.create(net, "--directory", "team")
            without = lego("team", check=False, path="without")
            self.assertNotEqual(without.returncode, 0)
            self.assertRegex(without.stdout, "(?i)external ?account")
            net.cli("eab", "disable", key)
            self.assertIn("is disabled", lego("team", "--eab", "--kid", key, "--hmac", secret, check=False).stdout)
            net.cli("eab", "enable", key)
            lego("team", "--eab", "--kid", key, "--hmac", secret)
            certificate = net.folder / "lego/certificates/www.corp.test"
            self.check(net, certificate.with_name("www.corp.test.crt"), certificate.with_name("www.corp.test.key"),
                       ["www.corp.test"])
            self.assertEqual(self.show(net, key)["uses"], 1)
            lego("guests", path="guest")
            self.assertEqual(self.show(net, key)["uses"], 1)


if __name__ == "__main__":
    lab.run()
