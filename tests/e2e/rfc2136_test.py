"""RFC 2136 with TSIG: certbot's plugin, lego and a dehydrated hook with nsupdate, each with base and wildcard.

api.corp.test is delegated by CNAME, which certbot and nsupdate do not follow: they use the update listener, where Assay
plays the primary of corp.test. lego follows it and uses the ordinary one.
"""
import lab
import servers

NAMES = ["api.corp.test", "*.api.corp.test", "www.corp.test", "*.www.corp.test"]
UPDATE_PORT = 5301
KEY, SECRET = "client-key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SETTINGS = f"""[update]
listen = ["{servers.ASSAY_ADDRESS}:{UPDATE_PORT}"]
alias_zones = ["corp.test"]
"""


class Rfc2136(lab.CertificateChecks):
    def create_credential(self, net):
        net.cli("credential", "create", "--name", "7f3k9.acme.test", "--name", "_acme-challenge.www.corp.test", "--tsig-key",
                f"hmac-sha256:{KEY}={SECRET}", "--no-password")

    def check_clean(self, net):
        for name in ("7f3k9.acme.test", "_acme-challenge.www.corp.test"):
            self.assertEqual(net.dig(servers.ASSAY_ADDRESS, name, "TXT"), [])

    def test_certbot(self):
        with lab.Lab(corporate="knot", settings=SETTINGS) as net:
            self.create_credential(net)
            ini = servers.write(net.folder / "rfc2136.ini", f"""dns_rfc2136_server = {servers.ASSAY_ADDRESS}
dns_rfc2136_port = {UPDATE_PORT}
dns_rfc2136_name = {KEY}
dns_rfc2136_secret = {SECRET}
dns_rfc2136_algorithm = HMAC-SHA256
""")
            ini.chmod(0o600)
            net.command(["certbot", "certonly", "--non-interactive", "--agree-tos", "-m", "team@corp.test", "--server",
                         net.directory, "--config-dir", net.folder / "etc", "--work-dir", net.folder / "work", "--logs-dir",
                         net.folder / "logs", "--dns-rfc2136", "--dns-rfc2136-credentials", ini,
                         "--dns-rfc2136-propagation-seconds", "0", "--key-type", "ecdsa", "--cert-name", "lab",
                         *(argument for name in NAMES for argument in ("-d", name))])
            live = net.folder / "etc/live/lab"
            self.check(net, live / "fullchain.pem", live / "privkey.pem", NAMES)
            self.check_clean(net)

    def test_lego(self):
        with lab.Lab(corporate="nsd", settings=SETTINGS) as net:
            self.create_credential(net)
            net.start_resolver()
            environment = {"RFC2136_NAMESERVER": f"{servers.ASSAY_ADDRESS}:53", "RFC2136_TSIG_KEY": KEY,
                           "RFC2136_TSIG_SECRET": SECRET, "RFC2136_TSIG_ALGORITHM": "hmac-sha256.",
                           "RFC2136_PROPAGATION_TIMEOUT": "60", "RFC2136_POLLING_INTERVAL": "1",
                           "RFC2136_SEQUENCE_INTERVAL": "1"}
            net.command(["lego", "--path", net.folder / "lego", "--server", net.directory, "--accept-tos", "--email",
                         "team@corp.test", "--dns", "rfc2136", "--dns.resolvers", f"{servers.RESOLVER_ADDRESS}:53",
                         "--key-type", "ec256", *(argument for name in NAMES for argument in ("--domains", name)), "run"],
                        env=environment)
            certificate = net.folder / "lego/certificates/api.corp.test.crt"
            self.check(net, certificate, certificate.with_suffix(".key"), NAMES)
            self.check_clean(net)

    def test_dehydrated_with_nsupdate(self):
        with lab.Lab(corporate="bind", settings=SETTINGS) as net:
            self.create_credential(net)
            base = net.folder / "dehydrated"
            base.mkdir()
            hook = base / "hook"
            hook.write_text(f"""#!/bin/bash
operation=$1; shift
case $operation in deploy_challenge) verb=add ;; clean_challenge) verb=delete ;; *) exit 0 ;; esac
nsupdate -y hmac-sha256:{KEY}:{SECRET} <<END
server {servers.ASSAY_ADDRESS} {UPDATE_PORT}
update $verb _acme-challenge.$1. 300 TXT "$3"
send
END
""")
            hook.chmod(0o755)
            (base / "domains.txt").write_text(" ".join(NAMES) + " > lab\n")
            (base / "config").write_text(f"""CA="{net.directory}"
OLDCA=
CHALLENGETYPE=dns-01
BASEDIR={base}
WELLKNOWN={base}
DEHYDRATED_USER=
HOOK={hook}
KEY_ALGO=prime256v1
CONTACT_EMAIL=team@corp.test
CURL_OPTS="--cacert {net.ca_file} --noproxy *"
AUTO_CLEANUP=no
""")
            net.command(["dehydrated", "-f", base / "config", "--register", "--accept-terms"])
            net.command(["dehydrated", "-f", base / "config", "--cron"])
            self.check(net, base / "certs/lab/fullchain.pem", base / "certs/lab/privkey.pem", NAMES)
            self.check_clean(net)


if __name__ == "__main__":
    lab.run()
