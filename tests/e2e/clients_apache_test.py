"""Apache httpd gets its certificates by mod_md, as docs/clients/apache.md says."""
import pathlib
import pwd
import re
import signal

from cryptography import x509

import lab
import servers
from client_facts import Facts, debian_version
from pages import ClientLab, PageTest

FACTS = Facts("Apache httpd (mod_md)", "apache", debian_version("apache2-bin"))
PROFILES = """[[issuance.profile]]
name = "classic"
description = "what an order gets that names none"
[[issuance.profile]]
name = "web"
description = "47 days"
certificate_lifetime = "47d"
"""
MODULES = ("mpm_event", "authz_core", "socache_shmcb", "ssl", "md")
USER = "www-data"


class Apache(PageTest):
    def setUp(self):
        uids = [line.split() for line in pathlib.Path("/proc/self/uid_map").read_text().splitlines()]
        user = pwd.getpwnam(USER).pw_uid
        if not any(int(first) <= user < int(first) + int(count) for first, _, count in uids):
            reason = f"httpd does not run as root, and only root's tests can become {USER}"
            FACTS.skip(reason)
            self.skipTest(reason)

    def configure(self, net):
        net.folder.chmod(0o755)  # httpd's user runs the command and keeps what it is given
        for path in ("etc", "etc/apache2", "etc/apache2/assay-hook"):
            (net.folder / path).chmod(0o755)
        modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES)
        return servers.write(net.folder / "httpd.conf", f"""{modules}
ServerName localhost
PidFile {net.folder}/httpd.pid
DefaultRuntimeDir {net.folder}
ErrorLog {net.folder}/httpd-error.log
LogLevel warn md:debug
User {USER}
Group {USER}
Listen 127.0.0.1:8450
MDStoreDir {net.folder}/md
MDCheckInterval 1s
MDProfile web
MDProfileMandatory on
Include {net.folder}/etc/apache2/conf-available/assay.conf
<VirtualHost 127.0.0.1:8450>
  ServerName api.corp.test
  ServerAlias host.api.corp.test
  SSLEngine on
</VirtualHost>
<VirtualHost 127.0.0.1:8450>
  ServerName www.corp.test
  SSLEngine on
</VirtualHost>
""")

    def in_use(self, net, name):
        folder = net.folder / "md/domains" / name
        return folder / "pubcert.secp256r1.pem", folder / "privkey.secp256r1.pem"

    def wait_for_new(self, net, httpd, name, old):
        """Makes httpd use what it has got for the name, another certificate than `old`; returns the serial."""
        staged = net.folder / f"md/staging/{name}/pubcert.secp256r1.pem"
        lab.wait_until(staged.exists, f"a certificate of mod_md for {name}", httpd)
        httpd.send_signal(signal.SIGUSR1)
        chain, key = self.in_use(net, name)
        lab.wait_until(lambda: chain.exists() and chain.read_text() != old, f"{name} in use", httpd)
        return self.check(net, chain, key, [name, "*." + name])

    def test_by_its_page(self):
        names = ("api.corp.test", "www.corp.test")
        with ClientLab("nsd", settings=PROFILES) as net:
            page = net.open("apache")
            httpd = net.start("httpd", ["apache2", "-DFOREGROUND", "-f", str(self.configure(net))])
            with FACTS.does("certificate", "wildcard", "EAB"):
                first = [self.wait_for_new(net, httpd, name, "") for name in names][0]
                self.check_clean(net)
                self.assertEqual(net.bound_accounts(), 1)
                FACTS.publishes_by("httpreq")
            chain, key = self.in_use(net, names[0])
            with FACTS.does("profiles"):
                leaf = x509.load_pem_x509_certificate(chain.read_bytes())
                self.assertEqual(round((leaf.not_valid_after - leaf.not_valid_before).total_seconds() / 86400), 47)
            old = servers.write(net.folder / "old.pem", chain.read_text())
            with FACTS.does("ARI", "renew"):
                # Nothing tells it but our renewal information: certbot revokes by the certificate's key.
                self.check_revoked(net, old, False)
                net.command(["certbot", "revoke", "--server", net.directory, "--cert-path", old, "--key-path", key,
                             "--non-interactive", "--no-delete-after-revoke", "--config-dir", net.folder / "certbot",
                             "--work-dir", net.folder / "certbot", "--logs-dir", net.folder / "certbot"])
                self.check_revoked(net, old)
                self.assertNotEqual(self.wait_for_new(net, httpd, names[0], old.read_text()), first)
                self.assertIn("CA advises renew via ARI now", (net.folder / "httpd-error.log").read_text())
                self.assertIn('"replaces":', net.cli("order", "list", "--output", "json").stdout)  # RFC 9773 §5
            self.assertEqual(page.left(), [])

    def test_what_it_lacks(self):
        module = pathlib.Path("/usr/lib/apache2/modules/mod_md.so").read_bytes().decode("latin-1")
        directives = "\n".join(sorted(set(re.findall(r"MD[A-Z]\w+", module))))
        FACTS.lacks("revoke", "there is no directive for it", directives, "(?i)revo[ck]")
        FACTS.lacks("key rollover", "there is no directive for it", directives, "(?i)accountkey|roll")


if __name__ == "__main__":
    lab.run()
