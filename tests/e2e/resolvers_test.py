"""dig, kdig, delv and three resolvers in front of us agree with what was published."""
import subprocess

import lab
import servers

OURS, RESOLVER = servers.ASSAY_ADDRESS, servers.RESOLVER_ADDRESS
DIRECT = "_acme-challenge.www.corp.test"
ALIAS = "_acme-challenge.api.corp.test"


class Resolvers(lab.CertificateChecks):
    def test_agree_with_our_answers(self):
        """Unbound with QNAME minimisation, 0x20, RFC 8020 and aggressive NSEC, as public CAs run it."""
        self.agrees("unbound", "nsd")

    def test_bind_agrees(self):
        self.agrees("bind", "knot")

    def test_knot_resolver_agrees(self):
        self.agrees("knot", "bind")

    def agrees(self, kind, corporate):
        with lab.Lab(corporate=corporate) as net:
            net.start_resolver(kind)
            for value in ("first", "second"):
                net.cli("txt", "present", DIRECT, value)
                net.cli("txt", "present", "7f3k9.acme.test", value)
            both = ['"first"', '"second"']
            for options in ((), ("+tcp",), ("+noedns",), ("+dnssec",)):
                self.assertEqual(sorted(net.dig(OURS, DIRECT, "TXT", *options)), both, options)
            self.assertEqual(sorted(net.dig(RESOLVER, DIRECT, "TXT")), both)
            self.assertEqual(sorted(net.dig(RESOLVER, ALIAS, "TXT")), both + ["7f3k9.acme.test."])
            self.kdig_sees_both(net)
            self.delv_sees_both_unsigned(net)
            self.says_what_is_not_there(net)

    def kdig_sees_both(self, net):
        shown = net.command(["kdig", "+short", f"@{OURS}", DIRECT, "TXT"]).stdout
        self.assertEqual(sorted(shown.split()), ['"first"', '"second"'])

    def delv_sees_both_unsigned(self, net):
        anchor = net.trust_anchor.read_text().split()
        keys = servers.write(net.folder / "delv.keys", "trust-anchors { . static-ds %s; };\n" %
                             " ".join(anchor[2:5] + ['"' + anchor[5] + '"']))
        shown = net.command(["delv", "-a", keys, "+root", f"@{RESOLVER}", DIRECT, "TXT"]).stdout
        self.assertIn("unsigned answer", shown)
        self.assertIn('"first"', shown)
        self.assertIn('"second"', shown)

    def says_what_is_not_there(self, net):
        """RCODE and SOA as a resolver needs them (RFC 2308), both from us and through the resolver."""
        for server in (OURS, RESOLVER):
            for name, rrtype, status in ((DIRECT, "CAA", "NOERROR"), (DIRECT, "TYPE65280", "NOERROR"),
                                         ("no." + DIRECT, "TXT", "NXDOMAIN"), ("acme.test", "MX", "NOERROR")):
                shown = subprocess.run(["dig", f"@{server}", name, rrtype], capture_output=True, text=True, check=True).stdout
                self.assertIn(f"status: {status}", shown)
                self.assertRegex(shown, r"\sIN\s+SOA\s", f"{server} {name} {rrtype}")
        foreign = subprocess.run(["dig", f"@{OURS}", "corp.test", "SOA"], capture_output=True, text=True, check=True).stdout
        self.assertIn("status: REFUSED", foreign)

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
