"""`assay doctor` and `assay txt present --wait` among real name servers, and some that are wrong on purpose."""
import json
import subprocess
import unittest

import lab
import servers
from scripted import ScriptedServer, answer_to, question_of

ODD_ADDRESS = "127.0.0.14"  # serves odd.test.
SECONDARY_ADDRESS = "127.0.0.15"  # of a zone of ours
# What the DNS team did wrong, or did for a zone with two name servers.
CORPORATE_RECORDS = """_acme-challenge.lame 3600 NS ns1.acme.test.
_acme-challenge.gone 3600 CNAME 7f3k9.nowhere.test.
_acme-challenge.two 3600 NS ns1.acme.test.
_acme-challenge.two 3600 NS ns2.acme.test.
"""
# Its second name server is Assay, which has no such zone and refuses.
ROOT_RECORDS = f"""odd.test. 3600 NS ns1.odd.test.
odd.test. 3600 NS ns2.odd.test.
ns1.odd.test. 3600 A {ODD_ADDRESS}
ns2.odd.test. 3600 A {servers.ASSAY_ADDRESS}
"""
SOA = "3600 SOA ns1.odd.test. hostmaster.odd.test. 1 3600 600 86400 300"
NXDOMAIN = 3
REFUSED = 5


def odd_zone(query):
    """A server that lets CNAME and TXT stand side by side, and delegates to one that TCP does not reach."""
    name, rrtype = question_of(query)
    if not name.endswith("odd.test."):
        return answer_to(query, rcode=REFUSED, authoritative=False)
    if name.endswith("_acme-challenge.tcp.odd.test."):
        return answer_to(query, authority=["_acme-challenge.tcp.odd.test. 3600 NS ns.odd.test."], authoritative=False)
    records = {
        ("odd.test.", "SOA"): [f"odd.test. {SOA}"],
        ("odd.test.", "NS"): ["odd.test. 3600 NS ns1.odd.test.", "odd.test. 3600 NS ns2.odd.test."],
        ("ns1.odd.test.", "A"): [f"ns1.odd.test. 3600 A {ODD_ADDRESS}"],
        ("ns2.odd.test.", "A"): [f"ns2.odd.test. 3600 A {servers.ASSAY_ADDRESS}"],
        ("ns.odd.test.", "A"): [f"ns.odd.test. 3600 A {SECONDARY_ADDRESS}"],
        ("_acme-challenge.both.odd.test.", "CNAME"): ["_acme-challenge.both.odd.test. 60 CNAME x.acme.test."],
        ("_acme-challenge.both.odd.test.", "TXT"): ['_acme-challenge.both.odd.test. 60 TXT "left over"'],
    }
    exists = any(owner == name for owner, _ in records)
    answer = records.get((name, rrtype), [])
    return answer_to(query, answer, [] if answer else [f"odd.test. {SOA}"], 0 if exists else NXDOMAIN)


def of_zone(apex, values):
    """A server of one zone that has these TXT values at its apex."""
    def respond(query):
        name, rrtype = question_of(query)
        if not name.endswith(apex):
            return answer_to(query, rcode=REFUSED, authoritative=False)
        answer = {"SOA": [f"{apex} {SOA}"], "NS": [f"{apex} 60 NS ns.odd.test."],
                  "TXT": [f'{apex} 5 TXT "{value}"' for value in values]}.get(rrtype, []) if name == apex else []
        return answer_to(query, answer, [] if answer else [f"{apex} {SOA}"], 0 if name == apex else NXDOMAIN)
    return respond


class Doctor(unittest.TestCase):
    def examine(self, net, name, *options, code=None):
        """The findings by their ids."""
        done = net.cli("doctor", name, "--output", "json", *options, check=False)
        findings = {}
        for line in done.stdout.splitlines():
            self.assertTrue(line.startswith("{"), done.stdout)
            finding = json.loads(line)
            findings[finding["id"]] = finding
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout)
        return findings

    def graded(self, findings, grade, *ids):
        for check in ids:
            self.assertEqual(findings[check]["grade"], "GRADE_" + grade, findings[check])

    def test_right_delegations_held_by_each_server(self):
        for corporate in ("knot", "nsd", "bind"):
            with self.subTest(corporate), lab.Lab(corporate=corporate) as net:
                net.start_resolver()
                for name in ("www.corp.test", "*.api.corp.test"):
                    # Nothing failed; one name server alone is worth a warning.
                    findings = self.examine(net, name, code=4)
                    self.graded(findings, "OK", "parent.servers", "parent.agreement", "parent.pointer", "parent.path",
                                "parent.target", "cut.delegation", "cut.addresses", "cut.udp", "cut.tcp",
                                "cut.authority", "cut.recursion", "cut.transfer", "cut.serials", "answers.types",
                                "answers.absent", "answers.negative_ttl", "answers.case", "answers.edns",
                                "answers.size", "answers.rate", "caa.climb", "caa.policy", "write.credential",
                                "write.propagation", "write.two_values", "write.removal", "views.resolvers",
                                "views.names", "views.port", "views.api_certificate")
                    self.graded(findings, "WARN", "cut.count", "cut.reach")
                # The zone of its own is found by every client of RFC 2136, the one behind a CNAME by none.
                own = self.examine(net, "www.corp.test", "--read-only")
                behind = self.examine(net, "api.corp.test", "--read-only")
                for client in ("certbot", "lego", "cert-manager", "nsupdate"):
                    self.graded(own, "OK", f"write.discovery.{client}")
                    self.graded(behind, "WARN", f"write.discovery.{client}")
                self.assertEqual(net.dig(servers.ASSAY_ADDRESS, "_acme-challenge.www.corp.test", "TXT"), [])

    def test_what_the_dns_team_did_not_do_or_did_wrong(self):
        with lab.Lab(corporate_records=CORPORATE_RECORDS) as net:
            self.nothing_is_set_up(net)
            lame = self.examine(net, "lame.corp.test", code=1)
            self.graded(lame, "FAIL", "cut.delegation", "cut.authority", "parent.target", "parent.path")
            self.graded(lame, "OK", "parent.pointer")
            self.assertIn("Lame delegation", lame["cut.delegation"]["sentence"])
            gone = self.examine(net, "gone.corp.test", code=1)
            self.graded(gone, "FAIL", "parent.target")
            self.assertIn("7f3k9.nowhere.test.", gone["parent.target"]["remedies"][0]["remove"][0])

    def nothing_is_set_up(self, net):
        findings = self.examine(net, "nobody.corp.test", code=1)
        self.graded(findings, "FAIL", "parent.pointer")
        self.graded(findings, "OK", "cut.authority", "write.propagation")
        by_cname = findings["parent.pointer"]["remedies"][0]
        self.assertEqual(by_cname["zone"], "corp.test.")
        shown = net.cli("doctor", "nobody.corp.test", check=False).stdout
        for text in ("_acme-challenge.nobody.corp.test. 3600 IN CNAME", "_acme-challenge.nobody.corp.test. 3600 IN NS",
                     "update add", "knotc zone-set", "Add-DnsServerResourceRecord", '"Action":"UPSERT"'):
            self.assertIn(text, shown)
        # What is to be pasted is what Knot takes, and afterwards the doctor is content.
        commands = by_cname["knot"].replace("knotc ", f"knotc -s {net.folder}/corporate/knot.sock ")
        subprocess.run(["sh", "-e"], input=commands, text=True, check=True, capture_output=True)
        findings = self.examine(net, "nobody.corp.test", code=4)
        self.graded(findings, "OK", "parent.pointer", "parent.path", "parent.target", "write.propagation")

    def test_servers_that_are_wrong(self):
        with lab.Lab(root_records=ROOT_RECORDS) as net, ScriptedServer(ODD_ADDRESS, odd_zone), \
                ScriptedServer(SECONDARY_ADDRESS, of_zone("_acme-challenge.tcp.odd.test.", []), tcp=False):
            both = self.examine(net, "both.odd.test", code=1)
            self.graded(both, "FAIL", "parent.pointer")
            self.assertIn("side by side", both["parent.pointer"]["sentence"])
            self.assertIn('TXT "left over"', both["parent.pointer"]["remedies"][0]["remove"][0])
            # One of two name servers refuses.
            self.graded(both, "FAIL", "parent.servers")
            self.assertIn(f"({servers.ASSAY_ADDRESS}:53): REFUSED", both["parent.servers"]["sentence"])
            blocked = self.examine(net, "tcp.odd.test", code=1)
            self.graded(blocked, "FAIL", "cut.tcp")
            self.graded(blocked, "OK", "cut.udp", "cut.delegation")
            self.assertIn(f"({SECONDARY_ADDRESS}:53): Connection refused over TCP", blocked["cut.tcp"]["sentence"])


class Wait(unittest.TestCase):
    APEX = "_acme-challenge.two.corp.test"

    def present(self, net, value, *options):
        return net.cli("txt", "present", "--wait", *options, self.APEX, value, check=False)

    def test_until_every_name_server_serves_the_value(self):
        values = ["old"]
        with lab.Lab(corporate_records=CORPORATE_RECORDS) as net, \
                ScriptedServer(SECONDARY_ADDRESS, of_zone(self.APEX + ".", values)):
            net.cli("zone", "rrset", "put", "ns2.acme.test", "A", SECONDARY_ADDRESS, "--ttl", "60s")
            net.cli("zone", "create", self.APEX, "--name-server", "ns1.acme.test", "--name-server", "ns2.acme.test")
            stale = self.present(net, "new", "--wait-timeout", "1s")
            self.assertEqual(stale.returncode, 1, stale.stdout)
            self.assertIn(f'ns2.acme.test. ({SECONDARY_ADDRESS}:53) says TXT "old"', stale.stdout)
            self.assertIn("is published", stale.stdout)
            self.assertEqual(net.dig(servers.ASSAY_ADDRESS, self.APEX, "TXT"), ['"new"'])
            values.append("new")
            served = self.present(net, "new")
            self.assertEqual(served.returncode, 0, served.stdout)
            for text in (f"served by ns1.acme.test. ({servers.ASSAY_ADDRESS}:53)",
                         f"served by ns2.acme.test. ({SECONDARY_ADDRESS}:53)", "safe to validate from"):
                self.assertIn(text, served.stdout)


if __name__ == "__main__":
    lab.run()
