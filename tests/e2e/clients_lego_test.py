"""lego, as docs/clients/lego.md says. It follows CNAMEs by itself, so that it needs no update listener."""
import pathlib

import lab
import servers
from client_facts import Facts, debian_version, said_by
from pages import ClientLab, PageTest

FACTS = Facts("lego", "lego", debian_version("lego"))


class Lego(PageTest):
    def check_stored(self, net, names):
        chain = net.folder / f".lego/certificates/{names[0]}.crt"
        serial = self.check(net, chain, chain.with_suffix(".key"), names)
        self.check_clean(net)
        return serial, chain

    def test_by_update(self):
        with ClientLab("nsd") as net:
            net.start_resolver()
            net.open("lego")
            with FACTS.does("certificate", "wildcard"):
                net.run("rfc2136")
                first, chain = self.check_stored(net, self.NAMES)
                FACTS.publishes_by("RFC 2136")
            net.run("renew")
            self.assertEqual(self.check_stored(net, self.NAMES)[0], first, "it has more than 30 days left")
            with FACTS.does("renew"):
                net.run("renew", {"--days 30": "--days 9999"})
                self.assertNotEqual(self.check_stored(net, self.NAMES)[0], first)
            self.revokes(net, FACTS, "revoke", chain)

    def test_by_httpreq(self):
        with ClientLab("knot") as net:
            net.start_resolver()
            net.open("lego")
            net.run("httpreq")
            self.check_stored(net, self.NAMES)
            FACTS.publishes_by("httpreq")

    def test_with_an_external_account(self):
        with ClientLab("knot") as net:
            net.start_resolver()
            net.open("lego")
            with FACTS.does("EAB"):
                net.run("external_account")
                self.check_stored(net, self.NAMES[:2])
                self.assertEqual(net.bound_accounts(), 1)

    def test_by_httpreq_raw(self):
        with ClientLab("bind") as net:
            net.start_resolver("bind")
            net.open("lego")
            net.run("raw")
            self.check_stored(net, self.NAMES[2:])

    def test_by_a_program(self):
        names = self.NAMES[2:]
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
                                    f"{servers.RESOLVER_ADDRESS}:53", "--key-type", "ec256", "--domains", names[0],
                                    "--domains", names[1], *arguments], env=environment)

            lego("run")
            certificate = net.folder / "lego/certificates/www.corp.test"
            chain, key = certificate.with_name("www.corp.test.crt"), certificate.with_name("www.corp.test.key")
            first = self.check(net, chain, key, names)
            lego("renew", "--days", "9999", "--reuse-key", "--no-random-sleep")
            self.assertNotEqual(first, self.check(net, chain, key, names))
            lego("revoke", "--keep")

    def test_what_it_lacks(self):
        shown = "".join(said_by("lego", *command, "--help") for command in ([], ["run"], ["renew"], ["revoke"]))
        FACTS.lacks("key rollover", "there is no command for it", shown, "(?i)roll ?over|keychange")
        FACTS.lacks("ARI", "unknown to this version", pathlib.Path("/usr/bin/lego").read_bytes().decode("latin-1"), "renewalInfo")
        FACTS.lacks("profiles", "unknown to this version", shown, "profile")


if __name__ == "__main__":
    lab.run()
