"""Apache httpd gets its certificates by mod_md, as docs/clients/apache.md says."""
import pathlib
import pwd
import signal

import lab
import servers
from pages import ClientLab, PageTest

MODULES = ("mpm_event", "authz_core", "socache_shmcb", "ssl", "md")
USER = "www-data"


class Apache(PageTest):
    def setUp(self):
        uids = [line.split() for line in pathlib.Path("/proc/self/uid_map").read_text().splitlines()]
        user = pwd.getpwnam(USER).pw_uid
        if not any(int(first) <= user < int(first) + int(count) for first, _, count in uids):
            self.skipTest(f"httpd does not run as root, and only root's tests can become {USER}")

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
LogLevel warn md:info
User {USER}
Group {USER}
Listen 127.0.0.1:8450
MDStoreDir {net.folder}/md
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

    def test_mod_md(self):
        with ClientLab("nsd") as net:
            page = net.open("apache")
            httpd = net.start("httpd", ["apache2", "-DFOREGROUND", "-f", str(self.configure(net))])
            staged = [net.folder / f"md/staging/{name}/pubcert.secp256r1.pem" for name in ("api.corp.test", "www.corp.test")]
            lab.wait_until(lambda: all(path.exists() for path in staged), "certificates of mod_md", httpd)
            httpd.send_signal(signal.SIGUSR1)
            for name in ("api.corp.test", "www.corp.test"):
                folder = net.folder / "md/domains" / name
                lab.wait_until((folder / "pubcert.secp256r1.pem").exists, f"{name} in use", httpd)
                self.check(net, folder / "pubcert.secp256r1.pem", folder / "privkey.secp256r1.pem", [name, "*." + name])
            self.check_clean(net)
            self.assertEqual(page.left(), [])


if __name__ == "__main__":
    lab.run()
