"""DNS over TLS, the PROXY protocol, the query log and dnstap, seen by programs that nobody here wrote."""
import json
import re
import signal
import socket
import struct
import unittest

import lab
import servers

OURS, RESOLVER = servers.ASSAY_ADDRESS, servers.RESOLVER_ADDRESS
NAME = "_acme-challenge.www.corp.test"
HOST = "ns1.acme.test"
PROXY = "127.0.0.99"
SETTINGS = f"""
[dns.tls]
listen = ["{OURS}:853"]
names = ["{HOST}"]
[dns.query_log]
file = "{{folder}}/queries"
[dns.dnstap]
file = "{{folder}}/dnstap"
identity = "{HOST}"
[dns.proxy]
trusted = ["{PROXY}"]
"""


class Edges(unittest.TestCase):
    def test_dns_over_tls(self):
        with lab.Lab(settings=SETTINGS) as net:
            net.cli("txt", "present", NAME, "value")
            root = net.ready["root_file"]
            self.openssl_agrees(net, root)
            self.kdig_agrees(net, root)
            self.unbound_asks_over_tls(net, root)
            before = self.serial(net)
            net.assay.send_signal(signal.SIGHUP)
            lab.wait_until(lambda: self.serial(net) != before, "a new certificate")

    def test_every_certificate_of_our_own_has_a_subject(self):
        with lab.Lab(settings=SETTINGS) as net:
            for listener in ("dns_tls", "acme", "grpc"):
                address, = net.ready[listener]
                shown = net.command(["bash", "-c", f"openssl s_client -connect {address} -showcerts </dev/null 2>/dev/null | "
                                                   "openssl x509 -noout -subject -nameopt RFC2253"]).stdout
                self.assertEqual(shown, f"subject=CN={HOST}\n", listener)

    def s_client(self, net, *options):
        return net.command(["openssl", "s_client", "-connect", f"{OURS}:853", *options], check=False).stdout

    def openssl_agrees(self, net, root):
        shown = self.s_client(net, "-alpn", "dot", "-CAfile", root, "-verify_hostname", HOST, "-verify_return_error")
        for expected in ("Verification: OK", "ALPN protocol: dot", "TLSv1.3"):
            self.assertIn(expected, shown)
        self.assertIn("No ALPN negotiated", self.s_client(net))
        self.assertIn("no application protocol", self.s_client(net, "-alpn", "h2"))
        self.assertIn("TLSv1.2", self.s_client(net, "-tls1_2", "-alpn", "dot"))
        self.assertIn("Reused, ", self.resumed(net))

    def kdig_agrees(self, net, root):
        """GnuTLS, and it takes no certificate without a subject."""
        def kdig(*options):
            return net.command(["kdig", f"@{OURS}", "+tls", "+tls-ca=" + root, *options, NAME, "TXT"], check=False).stdout

        shown = kdig("+tls-hostname=" + HOST)
        for expected in ("TLS session (TLS1.3)", "status: NOERROR", '"value"', "PADDING"):
            self.assertIn(expected, shown)
        self.assertNotIn('"value"', kdig("+tls-hostname=other.acme.test"))

    def resumed(self, net):
        session = net.folder / "session"
        self.s_client(net, "-alpn", "dot", "-sess_out", session, "-tls1_2")
        return self.s_client(net, "-alpn", "dot", "-sess_in", session, "-tls1_2")

    def serial(self, net):
        return net.command(["bash", "-c", f"openssl s_client -connect {OURS}:853 </dev/null 2>/dev/null | "
                                          "openssl x509 -noout -serial"]).stdout

    def unbound_asks_over_tls(self, net, root):
        conf = servers.write(net.folder / "forwarder.conf", f"""server:
    interface: {RESOLVER}
    port: 53
    username: ""
    chroot: ""
    directory: "{net.folder}"
    pidfile: ""
    use-syslog: no
    do-not-query-localhost: no
    access-control: 127.0.0.0/8 allow
    module-config: "iterator"
    local-zone: "test." nodefault
    tls-cert-bundle: "{root}"
remote-control:
    control-enable: no
stub-zone:
    name: "{NAME}"
    stub-addr: {OURS}@853#{HOST}
    stub-tls-upstream: yes
""")
        forwarder = net.start("forwarder", ["unbound", "-d", "-c", str(conf)])
        lab.wait_until(lambda: lab.answers_dns(RESOLVER), "unbound", forwarder)
        self.assertEqual(net.dig(RESOLVER, NAME, "TXT"), ['"value"'])
        forwarder.terminate()
        forwarder.wait()

    def test_what_was_asked_is_told(self):
        with lab.Lab(settings=SETTINGS) as net:
            net.cli("txt", "present", NAME, "hidden-value")
            self.assertEqual(net.dig(OURS, NAME, "TXT"), ['"hidden-value"'])
            self.assertEqual(net.dig(OURS, "elsewhere.test", "A", "+tcp"), [])
            self.proxy_asks()
            log = net.folder / "queries"
            lab.wait_until(lambda: "198.51.100.7" in log.read_text(), "the proxied query in the log")
            lines = [json.loads(line) for line in log.read_text().splitlines()]
            asked = [(line["client"], line["transport"], line["name"], line["type"], line["rcode"]) for line in lines]
            self.assertIn((OURS, "udp", NAME + ".", "TXT", "NOERROR"), [("127.0.0.12", *a[1:]) for a in asked])
            self.assertIn(("tcp", "elsewhere.test.", "A", "REFUSED"), [a[1:] for a in asked])
            self.assertIn(("198.51.100.7", "udp", NAME + ".", "TXT", "NOERROR"), asked)
            self.assertNotIn("hidden-value", log.read_text())
            log.rename(net.folder / "queries.1")
            net.assay.send_signal(signal.SIGHUP)
            lab.wait_until(log.exists, "a new query log")
            net.assay.terminate()
            net.assay.wait()
            self.dnstap_read_agrees(net)

    def proxy_asks(self):
        """A datagram with a PROXY header in front, as a load balancer sends it."""
        question = b"\0\7\0\0\0\1\0\0\0\0\0\0" + b"".join(
            bytes([len(label)]) + label.encode() for label in NAME.split(".")) + b"\0\0\x10\0\1"
        header = b"\r\n\r\n\0\r\nQUIT\n\x21\x12\0\x0c" + bytes([198, 51, 100, 7, 192, 0, 2, 1]) + struct.pack(">HH", 4711, 53)
        with socket.socket(type=socket.SOCK_DGRAM) as proxy:
            proxy.settimeout(20)
            proxy.bind((PROXY, 0))
            proxy.sendto(header + question, (OURS, 53))
            self.assertEqual(proxy.recv(2048)[:2], b"\0\7")

    def dnstap_read_agrees(self, net):
        # SIGHUP begins a second file, unless the server ends first.
        files = [file for file in (net.folder / "dnstap.1", net.folder / "dnstap") if file.exists()]
        shown = "".join(net.command(["dnstap-read", "-p", file], check=False).stdout for file in files)
        self.assertRegex(shown, r"AQ 127\.0\.0\.1:\d+ .* UDP .*" + re.escape(NAME) + "/IN/TXT")
        self.assertRegex(shown, r"AR 127\.0\.0\.1:\d+ .* UDP .*" + re.escape(NAME) + "/IN/TXT")
        self.assertIn("AQ 198.51.100.7:4711", shown)
        self.assertRegex(shown, r"TCP .*elsewhere\.test/IN/A")
        self.assertIn("status: REFUSED", shown)


if __name__ == "__main__":
    lab.run()
