"""dehydrated, Debian's: a fresh nonce for every request, one hook call for all names."""
import os

import lab

NAMES = ["api.corp.test", "*.api.corp.test", "www.corp.test", "*.www.corp.test"]


class Dehydrated(lab.CertificateChecks):
    def test_issues_renews_and_revokes(self):
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
            (base / "domains.txt").write_text(" ".join(NAMES) + " > lab\n")

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
            first = self.check(net, chain, key, NAMES)
            configure("yes", "rsa")
            dehydrated("--cron", "--force")
            self.assertNotEqual(first, self.check(net, chain, key, NAMES))
            dehydrated("--account")
            dehydrated("--revoke", base / "certs/lab" / os.readlink(base / "certs/lab/cert.pem"))


if __name__ == "__main__":
    lab.run()
