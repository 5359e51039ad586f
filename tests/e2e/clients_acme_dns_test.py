"""Clients that speak acme-dns, as docs/clients says: what acme.sh and goacmedns send.

Neither acme.sh nor goacmedns is a Debian package: their requests are made here by curl and nsupdate, octet for octet.
"""
import json

import lab
import servers
from acme_session import Session
from pages import PUBLISH_PORT, TARGET, ClientLab, PageTest

URL = f"https://localhost:{PUBLISH_PORT}"
TOKEN = "___validation_token_received_from_the_ca___"  # as acme-dns's own documentation has it


class AcmeDnsClients(PageTest):
    BASE_AND_WILDCARD = PageTest.NAMES[:2]

    def issue(self, net, hook, names):
        """By a program whose values `hook` publishes, which is the text of a script."""
        path = servers.write(net.folder / "client-hook", hook)
        path.chmod(0o755)
        session = Session(net, path)
        order, key = session.order(names)
        session.answer(session.publish(order))
        order = session.finalize(session.wait_valid(order))
        session.withdraw(order)
        chain, key_file = net.folder / "chain.pem", net.folder / "key.pem"
        chain.write_text(order.fullchain_pem)
        key_file.write_bytes(key)
        self.check(net, chain, key_file, names)

    def test_goacmedns_registers_and_updates(self):
        """cpu/goacmedns: an empty body and exactly 201, then capital keys and exactly 200."""
        with ClientLab("bind") as net:
            page = net.open("acme-dns")
            self.assertEqual(json.loads(net.run("update")), {"txt": TOKEN})
            self.assertEqual(net.dig(servers.ASSAY_ADDRESS, TARGET, "TXT"), [f'"{TOKEN}"'])
            self.assertEqual(json.loads(net.run("remove")), {"removed": 1})

            account = json.loads(net.run("register"))
            self.assertEqual(account["fulldomain"], account["subdomain"] + ".acme.test")
            net.cli("zone", "rrset", "put", TARGET, "CNAME", account["fulldomain"] + ".")
            self.issue(net, f"""#!/bin/bash
[ "$1" = add ] || exit 0
[ 200 = $(curl --silent --output /dev/null --write-out '%{{http_code}}' -A 'goacmedns/0.1.1 (linux; amd64; go1.19)' \\
  -H 'Accept-Encoding: gzip' -H 'Content-Type: application/json' -H 'X-Api-User: {account["username"]}' \\
  -H 'X-Api-Key: {account["password"]}' --data '{{"SubDomain":"{account["subdomain"]}","Txt":"'"$3"'"}}' {URL}/update) ]
""", self.BASE_AND_WILDCARD)
            self.assertEqual(len(net.dig(servers.ASSAY_ADDRESS, account["fulldomain"], "TXT")), 2)
            self.assertEqual(page.left(), [])

    def test_acme_sh_by_acme_dns(self):
        with ClientLab("knot") as net:
            account = net.account()
            self.issue(net, f"""#!/bin/bash
[ "$1" = add ] || exit 0
response=$(curl --silent --dump-header {net.folder}/http.header -L -g --user-agent 'acme.sh/3.1.1 (https://github.com/acmesh-official/acme.sh)' \\
  -X POST -H 'X-Api-User: {account["USER"]}' -H 'X-Api-Key: {account["PASSWORD"]}' -H '' -H '' -H '' \\
  --data '{{"subdomain":"7f3k9", "txt": "'"$3"'"}}' {URL}/update)
echo "$response" | grep "\\"$3\\"" >/dev/null
""", self.BASE_AND_WILDCARD)
            self.assertEqual(len(net.dig(servers.ASSAY_ADDRESS, TARGET, "TXT")), 2)

    def test_acme_sh_by_nsupdate(self):
        """It sends no prerequisite and no zone, names the key in a file, and takes the whole RRset away."""
        with ClientLab("nsd") as net:
            page = net.open("acme.sh")
            key = net.folder / "etc/acme.sh/team.key"
            self.issue(net, f"""#!/bin/bash
case $1 in add) change="add $2. 60 in txt \\"$3\\"" ;; *) change="delete $2. txt" ;; esac
nsupdate -k {key} <<EOF
server {servers.ASSAY_ADDRESS}  5301
update $change
send
EOF
""", self.NAMES)
            self.check_clean(net)
            self.assertEqual(page.left(), [])


if __name__ == "__main__":
    lab.run()
