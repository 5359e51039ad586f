"""dig, kdig, delv and three resolvers in front of us agree with what was published.

Unbound, Knot Resolver and BIND start at a signed root, minimise names, and use NSEC aggressively; the first two mix the
case of what they ask (0x20).
"""
import json
import subprocess
import unittest

import lab
import servers

OURS, RESOLVER = servers.ASSAY_ADDRESS, servers.RESOLVER_ADDRESS
DIRECT = "_acme-challenge.www.corp.test"
ALIAS = "_acme-challenge.api.corp.test"
TARGET = "7f3k9.acme.test"
BOTH = ['"first"', '"second"']
SETTINGS = """
[dns.query_log]
file = "{folder}/queries"
"""


class Resolvers(unittest.TestCase):
    def test_dig_and_kdig_agree(self):
        with lab.Lab(corporate="nsd") as net:
            self.publish(net)
            for options in ((), ("+tcp",), ("+noedns",), ("+dnssec",), ("+bufsize=512",), ("+cookie",)):
                self.assertEqual(sorted(net.dig(OURS, DIRECT, "TXT", *options)), BOTH, options)
            for options in ((), ("+tcp",), ("+dnssec", "+nsid")):
                shown = net.command(["kdig", "+short", *options, f"@{OURS}", DIRECT, "TXT"]).stdout
                self.assertEqual(sorted(shown.split()), BOTH, options)
            self.says_what_is_not_there(OURS)
            foreign = self.dig(OURS, "corp.test", "SOA")
            self.assertIn("status: REFUSED", foreign)

    def test_unbound_agrees(self):
        with lab.Lab(corporate="nsd", settings=SETTINGS) as net:
            self.resolver_agrees(net, "unbound")
            self.assertTrue(self.mixes_case(net))

    def test_knot_resolver_agrees(self):
        with lab.Lab(corporate="bind", settings=SETTINGS) as net:
            self.resolver_agrees(net, "knot_resolver")
            self.assertTrue(self.mixes_case(net))

    def test_bind_agrees(self):
        with lab.Lab(corporate="knot", settings=SETTINGS) as net:
            self.resolver_agrees(net, "bind")

    def publish(self, net):
        for value in ("first", "second"):
            net.cli("txt", "present", DIRECT, value)
            net.cli("txt", "present", TARGET, value)

    def resolver_agrees(self, net, program):
        self.publish(net)
        net.start_resolver(program)
        for options in ((), ("+tcp",), ("+dnssec",)):
            self.assertEqual(sorted(net.dig(RESOLVER, DIRECT, "TXT", *options)), BOTH, options)
            self.assertEqual(sorted(net.dig(RESOLVER, ALIAS, "TXT", *options)), BOTH + [TARGET + "."], options)
        self.delv_sees_both_unsigned(net)
        self.says_what_is_not_there(RESOLVER)
        self.sees_below_what_is_empty(net)

    def asked(self, net, name):
        """The queries for `name` that reached us, in any case, as (name, type)."""
        log = net.folder / "queries"

        def found():
            lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
            return [(line["name"], line["type"]) for line in lines if line["name"].lower() == name + "."]

        lab.wait_until(found, f"a query for {name} in the log")
        return found()

    def sees_below_what_is_empty(self, net):
        """Who minimises names asks for the empty ones above it first (RFC 8020)."""
        net.cli("txt", "present", "deep.in.empty.acme.test", "deep")
        self.assertEqual(net.dig(RESOLVER, "deep.in.empty.acme.test", "TXT"), ['"deep"'])
        self.asked(net, "empty.acme.test")
        self.assertEqual(net.dig(RESOLVER, "in.empty.acme.test", "TXT"), [])
        self.assertEqual(net.dig(RESOLVER, "deep.in.empty.acme.test", "TXT"), ['"deep"'])

    def mixes_case(self, net):
        return any(name != name.lower() for name, _ in self.asked(net, DIRECT))

    def delv_sees_both_unsigned(self, net):
        anchor = net.trust_anchor.read_text().split()
        keys = servers.write(net.folder / "delv.keys", "trust-anchors { . static-ds %s; };\n" %
                             " ".join(anchor[2:5] + ['"' + anchor[5] + '"']))
        shown = net.command(["delv", "-a", keys, "+root", f"@{RESOLVER}", DIRECT, "TXT"]).stdout
        self.assertIn("unsigned answer", shown)
        self.assertIn('"first"', shown)
        self.assertIn('"second"', shown)

    def dig(self, server, name, rrtype):
        return subprocess.run(["dig", f"@{server}", name, rrtype], capture_output=True, text=True, check=True).stdout

    def says_what_is_not_there(self, server):
        """RCODE and SOA as a resolver needs them (RFC 2308)."""
        for name, rrtype, status in ((DIRECT, "CAA", "NOERROR"), (DIRECT, "TYPE65280", "NOERROR"),
                                     ("no." + DIRECT, "TXT", "NXDOMAIN"), ("acme.test", "MX", "NOERROR")):
            shown = self.dig(server, name, rrtype)
            self.assertIn(f"status: {status}", shown)
            self.assertRegex(shown, r"\sIN\s+SOA\s", f"{server} {name} {rrtype}")

    def test_negative_answers_end_as_soon_as_a_value_is_there(self):
        with lab.Lab(corporate="knot") as net:
            net.start_resolver()
            self.assertEqual(net.dig(RESOLVER, DIRECT, "TXT"), [])
            net.cli("txt", "present", DIRECT, "now")
            self.assertEqual(net.dig(OURS, DIRECT, "TXT"), ['"now"'])
            # The resolver may keep the negative answer for the zone's negative TTL and no longer.
            ttl = int(net.command(["dig", "+noall", "+authority", f"@{OURS}", "no." + DIRECT, "TXT"]).stdout.split()[1])
            self.assertLessEqual(ttl, 5)
            lab.wait_until(lambda: net.dig(RESOLVER, DIRECT, "TXT") == ['"now"'], "the resolver sees the value",
                           seconds=ttl + 3)


if __name__ == "__main__":
    lab.run()
