"""lego, Debian's: its own propagation check asks our server, found through the delegation, before it lets us validate."""
import lab
import servers

NAMES = ["www.corp.test", "*.www.corp.test"]


class Lego(lab.CertificateChecks):
    def test_issues_renews_and_revokes(self):
        with lab.Lab(corporate="nsd") as net:
            net.start_resolver()
            script = net.folder / "exec"
            script.write_text(f"""#!/bin/bash
case $1 in present) verb=add ;; cleanup) verb=remove ;; *) exit 2 ;; esac
exec {net.hook()} $verb "$2" "$3"
""")
            script.chmod(0o755)
            environment = {"EXEC_PATH": str(script), "EXEC_PROPAGATION_TIMEOUT": "60", "EXEC_POLLING_INTERVAL": "1",
                           "EXEC_SEQUENCE_INTERVAL": "1"}

            def lego(*arguments):
                return net.command(["lego", "--path", net.folder / "lego", "--server", net.directory, "--accept-tos", "--email",
                                    "team@corp.test", "--dns", "exec", "--dns.resolvers",
                                    f"{servers.RESOLVER_ADDRESS}:53", "--key-type", "ec256", "--domains", NAMES[0],
                                    "--domains", NAMES[1], *arguments], env=environment)

            lego("run")
            certificate = net.folder / "lego/certificates/www.corp.test"
            chain, key = certificate.with_name("www.corp.test.crt"), certificate.with_name("www.corp.test.key")
            first = self.check(net, chain, key, NAMES)
            lego("renew", "--days", "9999", "--reuse-key", "--no-random-sleep")
            self.assertNotEqual(first, self.check(net, chain, key, NAMES))
            lego("revoke", "--keep")


if __name__ == "__main__":
    lab.run()
