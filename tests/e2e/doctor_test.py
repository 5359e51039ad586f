"""`assay doctor` and `assay txt present --wait` among real name servers, and some that are wrong on purpose."""
import json
import subprocess
import unittest
import urllib.request

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
_acme-challenge.text 3600 TXT "from the last provider"
*.shadow 3600 CNAME 7f3k9.acme.test.
_acme-challenge.loop 3600 CNAME elsewhere
elsewhere 3600 CNAME _acme-challenge.loop
_acme-challenge.nameless 3600 NS absent.corp.test.
_acme-challenge.alias 3600 NS alias.corp.test.
alias 3600 CNAME ns1.acme.test.
_acme-challenge.fresh 3600 CNAME x.fresh.corp.test.
caa 3600 CAA 0 issue "other.test"
caa 3600 CAA 0 iodef "mailto:security@corp.test"
"""
# Clients register names for themselves, with a label of their choice.
REGISTRATION = """[publish]
listen = ["127.0.0.1:8445"]
plain_http = true
[publish.registration]
access = "guarded"
zone = "acme.test"
networks = ["127.0.0.0/8"]
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


class Examining(unittest.TestCase):
    def examine(self, net, name, *options, code=None, token_file=None):
        """The findings by their ids."""
        done = net.cli("doctor", name, "--output", "json", *options, check=False, token_file=token_file)
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

    def carry_out(self, net, remedy):
        """Pastes what is meant for Knot into the lab's; what is meant for Route 53 can be read, at least."""
        self.assertTrue(json.loads(remedy["route53"])["Changes"])
        commands = remedy["knot"].replace("knotc ", f"knotc -s {net.folder}/corporate/knot.sock ")
        subprocess.run(["sh", "-e"], input=commands, text=True, check=True, capture_output=True)


class Doctor(Examining):
    def test_right_delegations_held_by_each_server(self):
        for corporate in ("knot", "nsd", "bind"):
            with self.subTest(corporate), lab.Lab(corporate=corporate) as net:
                net.start_resolver()
                for name in ("www.corp.test", "*.api.corp.test"):
                    # Nothing failed; one name server alone is worth a warning.
                    findings = self.examine(net, name, code=4)
                    self.graded(findings, "OK", "parent.servers", "parent.agreement", "parent.pointer", "parent.path",
                                "parent.target", "parent.registration", "cut.delegation", "cut.addresses", "cut.udp", "cut.tcp",
                                "cut.authority", "cut.recursion", "cut.transfer", "cut.serials", "answers.types",
                                "answers.absent", "answers.negative_ttl", "answers.case", "answers.edns",
                                "answers.size", "answers.rate", "caa.climb", "caa.policy", "credential.state",
                                "credential.scope", "credential.source", "credential.clock", "write.credential",
                                "write.propagation", "write.two_values", "write.removal", "views.resolvers",
                                "views.names", "views.port", "views.api_certificate")
                    self.graded(findings, "WARN", "cut.count", "cut.reach", "caa.account")
                # The zone of its own is found by every client of RFC 2136, the one behind a CNAME by none.
                own = self.examine(net, "www.corp.test", "--read-only")
                behind = self.examine(net, "api.corp.test", "--read-only")
                for client in ("certbot", "lego", "cert-manager", "nsupdate"):
                    self.graded(own, "OK", f"write.discovery.{client}")
                    self.graded(behind, "WARN", f"write.discovery.{client}")
                self.assertEqual(net.dig(servers.ASSAY_ADDRESS, "_acme-challenge.www.corp.test", "TXT"), [])

    def test_what_is_pasted_for_bind_is_what_nsupdate_takes(self):
        with lab.Lab(corporate="bind") as net:
            findings = self.examine(net, "nobody.corp.test", "--read-only", code=1)
            for remedy in findings["parent.pointer"]["remedies"]:
                self.nsupdate(remedy["bind"])
                self.assertEqual(self.pointer_at(net), remedy["add"])
                self.nsupdate(remedy["bind"].replace("update add", "update delete").replace(" 3600", ""))
            [by_cname, _] = findings["parent.pointer"]["remedies"]
            self.nsupdate(by_cname["bind"])
            self.graded(self.examine(net, "nobody.corp.test", code=4), "OK", "parent.pointer", "parent.path",
                        "parent.target", "write.propagation")

    def nsupdate(self, commands):
        subprocess.run(["nsupdate"], input=f"server {servers.CORPORATE_ADDRESS}\n{commands}", text=True, check=True)

    def pointer_at(self, net):
        shown = net.command(["dig", "+norec", "+noall", "+answer", "+authority", f"@{servers.CORPORATE_ADDRESS}",
                             "_acme-challenge.nobody.corp.test", "TXT"]).stdout
        return [" ".join(line.split()) for line in shown.splitlines() if line.startswith("_acme-challenge.nobody")]

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
            self.zone_that_is_not_delegated_yet(net)
            self.other_records_in_the_way(net)
            self.name_servers_without_an_address(net)
            self.other_cas(net)

    def zone_that_is_not_delegated_yet(self, net):
        net.cli("zone", "create", "fresh.corp.test", "--name-server", "ns1.fresh.corp.test")
        net.cli("zone", "rrset", "put", "ns1.fresh.corp.test", "A", servers.ASSAY_ADDRESS, "--ttl", "60s")
        fresh = self.examine(net, "fresh.corp.test", code=1)
        self.graded(fresh, "FAIL", "cut.delegation")
        self.graded(fresh, "OK", "cut.authority", "write.propagation")
        [remedy] = fresh["cut.delegation"]["remedies"]
        self.assertEqual(remedy["add"], ["fresh.corp.test. 3600 IN NS ns1.fresh.corp.test.",
                                         f"ns1.fresh.corp.test. 3600 IN A {servers.ASSAY_ADDRESS}"])
        self.carry_out(net, remedy)
        self.graded(self.examine(net, "fresh.corp.test", code=4), "OK", "cut.delegation", "cut.addresses",
                    "parent.path", "parent.target", "write.propagation")

    def other_records_in_the_way(self, net):
        text = self.examine(net, "text.corp.test", code=1)
        self.graded(text, "FAIL", "parent.pointer")
        remedy = text["parent.pointer"]["remedies"][0]
        self.assertIn('TXT "from the last provider"', remedy["remove"][0])
        self.carry_out(net, remedy)
        self.graded(self.examine(net, "text.corp.test", code=4), "OK", "parent.pointer", "parent.path", "parent.target")
        shadow = self.examine(net, "a.shadow.corp.test", code=4)
        self.graded(shadow, "WARN", "parent.pointer")
        self.assertIn("a wildcard", shadow["parent.pointer"]["sentence"])
        loop = self.examine(net, "loop.corp.test", code=1)
        self.graded(loop, "FAIL", "parent.target")
        self.assertIn("_acme-challenge.loop.corp.test. 3600 IN CNAME elsewhere.corp.test.",
                      loop["parent.target"]["remedies"][0]["remove"])

    def name_servers_without_an_address(self, net):
        nameless = self.examine(net, "nameless.corp.test", code=1)
        self.graded(nameless, "FAIL", "cut.addresses", "cut.delegation", "parent.path")
        self.assertIn("absent.corp.test. has no address (NXDOMAIN)", nameless["cut.addresses"]["sentence"])
        alias = self.examine(net, "alias.corp.test", code=1)
        self.graded(alias, "FAIL", "cut.addresses")
        self.assertIn("alias.corp.test. is a CNAME", alias["cut.addresses"]["sentence"])
        # Of two that the parent names, ours has one: the other is to go, and nothing else.
        net.cli("zone", "create", "_acme-challenge.two.corp.test", "--name-server", "ns1.acme.test")
        two = self.examine(net, "two.corp.test", code=1)
        self.graded(two, "WARN", "cut.delegation")
        remedy = two["cut.delegation"]["remedies"][0]
        self.assertEqual(remedy["remove"], ["_acme-challenge.two.corp.test. 3600 IN NS ns2.acme.test."])
        self.assertIn('[{"Value":"ns1.acme.test."}]', remedy["route53"])
        self.carry_out(net, remedy)
        self.graded(self.examine(net, "two.corp.test", code=4), "OK", "cut.delegation", "cut.addresses")

    def other_cas(self, net):
        """CAA lets another CA alone, until what is suggested is done; what stood beside it stays."""
        options = ("--issuer", "ca.test", "--account", "https://ca.test/account/1", "--read-only")
        caa = self.examine(net, "caa.corp.test", *options)
        self.graded(caa, "FAIL", "caa.policy")
        self.carry_out(net, caa["caa.policy"]["remedies"][0])
        caa = self.examine(net, "caa.corp.test", *options)
        self.graded(caa, "OK", "caa.policy")
        self.graded(caa, "WARN", "caa.account")
        self.carry_out(net, caa["caa.account"]["remedies"][0])
        self.graded(self.examine(net, "caa.corp.test", *options), "OK", "caa.policy", "caa.account")
        self.assertEqual(sorted(net.dig(servers.CORPORATE_ADDRESS, "caa.corp.test", "CAA")), [
            '0 iodef "mailto:security@corp.test"', '0 issue "ca.test; accounturi=https://ca.test/account/1; '
            'validationmethods=dns-01"', '0 issue "other.test"'])

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
        self.carry_out(net, by_cname)
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


    def test_from_here_sees_what_the_server_sees(self):
        with lab.Lab(corporate_records=CORPORATE_RECORDS) as net:
            net.start_resolver()
            here = ("--from-here", "--root-hints", str(net.root_hints), "--trust-anchors", str(net.trust_anchor))
            for name in ("www.corp.test", "*.api.corp.test", "nobody.corp.test", "lame.corp.test"):
                with self.subTest(name):
                    graded = [{id: finding["grade"] for id, finding in self.examine(net, name, *options).items()}
                              for options in ((), here)]
                    self.assertEqual(graded[0], graded[1])
            self.assertEqual(net.dig(servers.ASSAY_ADDRESS, "_acme-challenge.www.corp.test", "TXT"), [])
            # The public root knows nothing of the lab, where the root servers cannot be reached.
            self.graded(self.examine(net, "www.corp.test", "--from-here", "--read-only", code=1), "FAIL",
                        "parent.servers")
            self.assertIn("root.hints.missing", self.said(net, "--root-hints", str(net.folder / "root.hints.missing")))
            net.kill_assay()
            done = net.cli("doctor", "www.corp.test", *here, check=False)
            self.assertEqual(done.returncode, 3, done.stdout)

    def said(self, net, *options):
        done = net.cli("doctor", "www.corp.test", "--from-here", *options, check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        return done.stdout

    def test_resolvers_that_see_something_else(self):
        with lab.Lab() as net, ScriptedServer(ODD_ADDRESS, of_zone("inside.test.", [])):
            net.start_resolver()
            split = self.examine(net, "www.corp.test", "--read-only", "--resolver", f"{servers.RESOLVER_ADDRESS}:53",
                                 "--resolver", f"{ODD_ADDRESS}:53")
            self.graded(split, "WARN", "views.resolvers")
            self.assertIn(f"{ODD_ADDRESS}:53: REFUSED", split["views.resolvers"]["sentence"])
            self.assertNotIn(f"{servers.RESOLVER_ADDRESS}:53:", split["views.resolvers"]["sentence"])
            self.assertIn("--dns01-recursive-nameservers-only", split["views.resolvers"]["sentence"])


class Registrations(Examining):
    def register(self, label):
        """As a client of acme-dns does; returns its user name."""
        request = urllib.request.Request("http://127.0.0.1:8445/register", json.dumps({"subdomain": label}).encode())
        with urllib.request.urlopen(request) as response:
            self.assertEqual(response.status, 201)
            return json.loads(response.read())["username"]

    def credential_of(self, net, user):
        listed = json.loads(net.cli("credential", "list", "--output", "json").stdout)
        return next(credential["id"] for credential in listed["credentials"] if credential["userName"] == user)

    def test_live_expired_elsewhere_and_dangling(self):
        with lab.Lab(settings=REGISTRATION) as net:
            # Whoever may register can have this name.
            findings = self.examine(net, "api.corp.test", "--read-only", code=4)
            self.graded(findings, "WARN", "parent.registration")
            self.assertIn("dangles", findings["parent.registration"]["sentence"])
            credential = self.credential_of(net, self.register("7f3k9"))
            self.lives_and_expires(net, credential)
            self.is_used_from_elsewhere(net, credential)
            net.cli("credential", "delete", credential)
            findings = self.examine(net, "api.corp.test", code=1)
            self.graded(findings, "FAIL", "parent.registration")
            remedy = findings["parent.registration"]["remedies"][0]
            self.assertEqual(remedy["remove"], ["_acme-challenge.api.corp.test. 3600 IN CNAME 7f3k9.acme.test."])
            self.carry_out(net, remedy)
            self.graded(self.examine(net, "api.corp.test", code=4), "OK", "parent.pointer", "parent.target")

    def lives_and_expires(self, net, credential):
        findings = self.examine(net, "api.corp.test", "--credential", credential, code=4)
        self.graded(findings, "OK", "parent.registration", "credential.state", "credential.scope", "credential.source")
        self.graded(findings, "SKIPPED", "credential.keys")
        net.cli("credential", "update", credential, "--expires", "2020-01-01T00:00:00Z", "--tsig-key", "hmac-md5:old")
        findings = self.examine(net, "api.corp.test", "--credential", credential, code=1)
        self.graded(findings, "FAIL", "parent.registration", "credential.state", "credential.keys")
        for check in ("parent.registration", "credential.state"):
            self.assertIn(f"assay credential update {credential} --expires", findings[check]["sentence"])
        net.cli("credential", "update", credential, "--never-expires", "--remove-tsig-key", "old", "--tsig-key", "new")
        findings = self.examine(net, "api.corp.test", "--credential", credential, code=4)
        self.graded(findings, "OK", "parent.registration", "credential.state", "credential.keys")
        # What it may write at is not what www.corp.test leads to.
        findings = self.examine(net, "www.corp.test", "--credential", credential, code=1)
        self.graded(findings, "FAIL", "parent.registration", "credential.scope")

    def is_used_from_elsewhere(self, net, credential):
        net.cli("credential", "update", credential, "--source", "192.0.2.0/24")
        for client, grade in (("127.0.0.1", "FAIL"), ("192.0.2.7", "OK"), (None, "SKIPPED")):
            options = ("--client", client) if client else ()
            findings = self.examine(net, "api.corp.test", "--read-only", "--credential", credential, *options)
            self.graded(findings, grade, "credential.source")

    def test_a_tenant_is_led_to_its_own_name(self):
        with lab.Lab() as net:
            made = json.loads(net.cli("credential", "create", "--name", "mine.acme.test", "--output", "json").stdout)
            other = json.loads(net.cli("credential", "create", "--name", "7f3k9.acme.test", "--output", "json").stdout)
            token = servers.write(net.folder / "tenant", made["password"] + "\n")
            token.chmod(0o600)
            here = ("--from-here", "--root-hints", str(net.root_hints), "--trust-anchors", str(net.trust_anchor))
            findings = self.examine(net, "nobody.corp.test", *here, code=1, token_file=token)
            self.graded(findings, "WARN", "parent.registration")
            self.assertIn("orphan", findings["parent.registration"]["sentence"])
            self.graded(findings, "OK", "credential.scope", "write.credential", "write.propagation")
            [remedy] = findings["parent.pointer"]["remedies"]
            self.assertEqual(remedy["add"], ["_acme-challenge.nobody.corp.test. 3600 IN CNAME mine.acme.test."])
            self.carry_out(net, remedy)
            findings = self.examine(net, "nobody.corp.test", *here, code=4, token_file=token)
            self.graded(findings, "OK", "parent.registration", "parent.target", "credential.state", "write.credential",
                        "write.removal")
            # It is not told of others, and has nobody look around in the server's network.
            findings = self.examine(net, "api.corp.test", *here, code=1, token_file=token)
            self.graded(findings, "FAIL", "parent.registration", "credential.scope", "write.credential")
            self.assertNotIn(other["credential"]["id"], json.dumps(findings))
            for options, reason in (((*here, "--credential", other["credential"]["id"]), '"credentials"'),
                                    ((), "--from-here")):
                refused = net.cli("doctor", "api.corp.test", *options, check=False, token_file=token)
                self.assertEqual(refused.returncode, 1, refused.stdout)
                self.assertIn(reason, refused.stdout)


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
