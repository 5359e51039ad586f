"""dehydrated with a hook of nsupdate, as docs/clients/dehydrated.md says. It does not follow CNAMEs either."""
import os
import pathlib

import lab
from client_facts import Facts, debian_version
from pages import ClientLab, PageTest

FACTS = Facts("dehydrated", "dehydrated", debian_version("dehydrated"))


class Dehydrated(PageTest):
    def test_by_its_page(self):
        with ClientLab("bind") as net:
            page = net.open("dehydrated")
            folder = net.folder / "var/lib/dehydrated"
            folder.mkdir(parents=True)
            chain, key = folder / "certs/corp/fullchain.pem", folder / "certs/corp/privkey.pem"
            with FACTS.does("certificate", "wildcard", "EAB"):
                net.run("run")
                self.check(net, chain, key, self.NAMES)
                self.check_clean(net)
                self.assertEqual(net.bound_accounts(), 1)
                FACTS.publishes_by("RFC 2136")
            self.renews(net, FACTS, "renew", chain, key, self.NAMES)
            self.check_clean(net)
            self.revokes(net, FACTS, "revoke", chain)
            self.assertEqual(page.left(), [])

    def test_by_one_hook_for_all_names(self):
        with lab.Lab(corporate="bind") as net:
            base = net.folder / "dehydrated"
            base.mkdir()
            hook = base / "hook"
            hook.write_text(f"""#!/bin/bash
operation=$1; shift
case $operation in deploy_challenge) verb=add ;; clean_challenge) verb=remove ;; *) exit 0 ;; esac
while [ $# -ge 3 ]; do {net.hook()} $verb "_acme-challenge.$1" "$3" || exit 1; shift 3; done
""")
            hook.chmod(0o755)
            (base / "domains.txt").write_text(" ".join(self.NAMES) + " > lab\n")

            def configure(hook_chain, key):
                (base / "config").write_text(f"""CA="{net.directory}"
OLDCA=
CHALLENGETYPE=dns-01
BASEDIR={base}
WELLKNOWN={base}
DEHYDRATED_USER=
HOOK={hook}
HOOK_CHAIN={hook_chain}
KEY_ALGO={key}
KEYSIZE=2048
CONTACT_EMAIL=team@corp.test
CURL_OPTS="--cacert {net.ca_file} --noproxy *"
AUTO_CLEANUP=no
""")

            def dehydrated(*arguments):
                return net.command(["dehydrated", "-f", base / "config", *arguments])

            configure("no", "prime256v1")
            dehydrated("--register", "--accept-terms")
            dehydrated("--cron")
            chain, key = base / "certs/lab/fullchain.pem", base / "certs/lab/privkey.pem"
            first = self.check(net, chain, key, self.NAMES)
            configure("yes", "rsa")
            dehydrated("--cron", "--force")
            self.assertNotEqual(first, self.check(net, chain, key, self.NAMES))
            dehydrated("--account")
            dehydrated("--revoke", base / "certs/lab" / os.readlink(base / "certs/lab/cert.pem"))

    def test_what_it_lacks(self):
        source = pathlib.Path("/usr/bin/dehydrated").read_text()
        FACTS.lacks("key rollover", "there is no command for it", source, "(?i)key-?change|roll ?over.*account")
        FACTS.lacks("ARI", "unknown to this version", source, "renewalInfo")
        FACTS.lacks("profiles", "unknown to this version", source, "ACME_PROFILE|profiles")


if __name__ == "__main__":
    lab.run()
