"""TLS servers with each kind of certificate, opened by Chromium and by curl; and closed to both under any other name."""
import http.server
import shutil
import ssl
import threading
import unittest

import lab
from certificates import Issued

PAGE = b"<!doctype html><title>opened</title><p id=seen>the page of the server</p>"
SEEN = "the page of the server"
# label: kind of key, names, hosts that it is for, the nearest hosts that it is not for.
SERVERS = {
    "p256": ("P-256", ["www.corp.test"], ["www.corp.test"], ["api.corp.test"]),
    "p384": ("P-384", ["www.corp.test"], ["www.corp.test"], []),
    "rsa2048": ("RSA 2048", ["www.corp.test"], ["www.corp.test"], []),
    "rsa3072": ("RSA 3072", ["www.corp.test"], ["www.corp.test"], []),
    "wildcard": ("P-256", ["*.www.corp.test"], ["any.www.corp.test"], ["www.corp.test", "a.b.www.corp.test"]),
    "several": ("P-256", ["api.corp.test", "www.corp.test", "*.api.corp.test"], ["api.corp.test", "b.api.corp.test"],
                ["c.www.corp.test"]),
}


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_):
        pass


class Connections(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        pass  # whoever does not trust the certificate hangs up


def serve(issued):
    """A TLS server on a free port of loopback; its port, and what ends it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.chain, issued.key)
    server = Connections(("127.0.0.1", 0), Page)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def end():
        server.shutdown()
        server.server_close()
    return server.server_port, end


class Browsers(lab.CertificateChecks):
    @classmethod
    def setUpClass(cls):
        cls.net = lab.Lab().__enter__()
        cls.addClassCleanup(cls.net.__exit__, None)
        cls.ports = {}
        cls.hosts = {}
        for label, (kind, names, good, bad) in SERVERS.items():
            cls.ports[label], end = serve(Issued(cls.net, label, kind, names))
            cls.addClassCleanup(end)
            cls.hosts[label] = (good, bad)

    def url(self, label, host):
        return f"https://{host}:{self.ports[label]}/"

    def test_curl(self):
        def fetch(label, host, root):
            return self.net.command(["curl", "-sS", "--cacert", root, "--connect-to", "::127.0.0.1:",
                                     self.url(label, host)], check=False)
        root = self.net.ready["root_file"]
        for label, (good, bad) in self.hosts.items():
            for host in good:
                self.assertEqual(fetch(label, host, root).stdout, PAGE.decode(), (label, host))
            for host in bad:
                self.assertEqual(fetch(label, host, root).returncode, 60, (label, host))
        other = fetch("p256", "www.corp.test", "/etc/ssl/certs/ca-certificates.crt")
        self.assertEqual(other.returncode, 60)

    def open_in_chromium(self, home, label, host):
        """What is in the page that it shows, and what it says."""
        chromium = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--no-first-run", f"--user-data-dir={home}/profile", "--host-resolver-rules=MAP * 127.0.0.1",
                    "--dump-dom", self.url(label, host)]
        return self.net.command(chromium, check=False, env={"HOME": str(home)}).stdout

    @unittest.skipUnless(shutil.which("chromium"), "chromium is not installed: nothing was opened in it")
    def test_chromium(self):
        trusting, other = (self.net.folder / name for name in ("trusting", "other"))
        for home in (trusting, other):
            (home / ".pki/nssdb").mkdir(parents=True)
            self.net.command(["certutil", "-d", f"sql:{home}/.pki/nssdb", "-N", "--empty-password"])
        self.net.command(["certutil", "-d", f"sql:{trusting}/.pki/nssdb", "-A", "-n", "root", "-t", "C,,", "-a", "-i",
                          self.net.ready["root_file"]])
        for label, (good, bad) in self.hosts.items():
            for host in good:
                shown = self.open_in_chromium(trusting, label, host)
                self.assertIn(SEEN, shown, (label, host))
                self.assertNotIn("ERR_CERT", shown, (label, host))
            for host in bad:
                shown = self.open_in_chromium(trusting, label, host)
                self.assertNotIn(SEEN, shown, (label, host))
                self.assertIn("ERR_CERT_COMMON_NAME_INVALID", shown, (label, host))
        shown = self.open_in_chromium(other, "p256", "www.corp.test")
        self.assertNotIn(SEEN, shown)
        self.assertIn("ERR_CERT_AUTHORITY_INVALID", shown)


if __name__ == "__main__":
    lab.run()
