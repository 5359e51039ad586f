"""Faults of the test server, by which clients are tested: what they look like, and that no shipped program has them."""
import os
import pathlib
import subprocess
import tempfile
import unittest

import wire
from wire import Key, b64, csr

MARK = b"a fault that a test asked for"
OFF = ("bad_nonce=0", "rate_limited=0", "unavailable=0", "authorization_reuse_percent=0", "validation_ms=0")


class Faults(wire.WireTest):
    server_arguments = ("seed=20",)

    def tearDown(self):
        self.server.change(*OFF)
        super().tearDown()

    def test_a_rejected_nonce_looks_like_a_real_one_and_the_new_one_works(self):
        self.server.change("bad_nonce=100")
        url, key = self.url["newAccount"], Key()
        self.assertEqual(self.server.request("HEAD", self.url["newNonce"]).status, 200)
        reply = self.send(url, self.draft(url, {}, key))
        self.refused(reply, 400, "badNonce")
        self.assertEqual(reply.json()["detail"].encode(), MARK)
        self.server.change("bad_nonce=0")
        fresh = {"nonce": reply.headers["Replay-Nonce"]}
        self.assertEqual(self.send(url, self.draft(url, {}, key, protected=fresh)).status, 201)

    def test_a_client_that_tries_again_gets_its_certificate(self):
        self.server.change("bad_nonce=30")
        send, rejected = self.send, []

        def persistent(url, body, *arguments, **options):
            reply = send(url, body, *arguments, **options)
            while reply.status == 400 and reply.error == "badNonce":
                rejected.append(url)
                reply = send(url, self.again(body, reply.headers["Replay-Nonce"]), *arguments, **options)
            return reply

        self.send = persistent
        self.keys = []
        account = self.new_account()
        self.keys.append(account.key)
        for number in range(5):
            self.issue(account, f"a{number}.faults.test", f"*.a{number}.faults.test")
        self.assertGreater(len(rejected), 5)
        self.assertEqual(self.told()["badNonce"], len(rejected))

    def told(self):
        self.server.process.stdin.write("faults\n")
        self.server.process.stdin.flush()
        return wire.json.loads(self.server.process.stdout.readline())

    def draft(self, url, payload, key, kid=None, protected=None, sign=None):
        self.last = (url, payload, key, kid, protected, sign)
        return super().draft(url, payload, key, kid, protected, sign)

    def again(self, _, nonce):
        """The request that was drafted last, with another nonce."""
        url, payload, key, kid, protected, sign = self.last
        return super().draft(url, payload, key, kid, {**(protected or {}), "nonce": nonce}, sign)

    def test_429_and_503_say_when_to_come_again_and_do_nothing(self):
        account = self.new_account()
        for fault, status, error in (("rate_limited", 429, "rateLimited"), ("unavailable", 503, "serverInternal")):
            self.server.change(fault + "=100")
            for method, url, body in (("GET", "/directory", None), ("HEAD", self.url["newNonce"], None),
                                      ("POST", account.url, wire.json.dumps(self.good_deactivation(account)))):
                reply = self.server.request(method, url, body, {"Content-Type": wire.JOSE_JSON})
                self.assertEqual((reply.status, reply.headers["Retry-After"]), (status, "1"))
                self.assertEqual(len(reply.headers.get_all("Replay-Nonce")), 1)
                if method != "HEAD":
                    self.assertEqual(reply.error, error)
            self.server.change(fault + "=0")
            self.assertEqual(self.get(account, account.url)["status"], "valid")

    def good_deactivation(self, account):
        nonce = {"nonce": self.server.nonces.pop()} if self.server.nonces else {"nonce": "x" * 22}
        return super().draft(account.url, {"status": "deactivated"}, account.key, account.url, nonce)

    def test_authorizations_are_reused_as_often_as_is_asked_for(self):
        account = self.new_account()
        proved = self.ready_order(account, "a.reused.test")["authorizations"]
        self.server.change("authorization_reuse_percent=50")
        orders = [self.new_order(account, "a.reused.test") for _ in range(20)]
        reused = [order for order in orders if order["authorizations"] == proved]
        self.assertIn(len(reused), range(3, 18))
        for order in orders:
            self.assertEqual(order["status"], "ready" if order in reused else "pending")

    def test_a_validation_may_take_its_time(self):
        account = self.new_account()
        self.server.change("validation_ms=400")
        seen = set()
        for number in range(8):
            url = self.new_order(account, f"a{number}.slowly.test")["authorizations"][0]
            challenge = self.get(account, url)["challenges"][0]["url"]
            seen.add(self.post(account, challenge, {}).json()["status"])
            self.assertEqual(self.poll(account, challenge, "processing")["status"], "valid")
        self.assertIn("processing", seen)


class Shipped(unittest.TestCase):
    """The program that is shipped cannot be asked for faults: they are not in it."""

    def test_no_octet_of_the_faults_is_in_the_program(self):
        for program, has in ((os.environ["ASSAY_WIRE_SERVER"], True), (os.environ["ASSAY"], False)):
            self.assertIs(MARK in pathlib.Path(program).read_bytes(), has, program)

    def test_no_library_of_the_program_is_built_from_them(self):
        root = pathlib.Path(__file__).resolve().parents[3]
        sources = [path for folder in ("base", "proto", "storage", "dnsserver", "acmecore", "validator", "app")
                   for path in (root / folder).rglob("*") if path.suffix in (".h", ".cpp", ".txt")]
        self.assertGreater(len(sources), 300)
        for path in sources:
            text = path.read_text()
            self.assertNotIn("tests/", text if path.suffix == ".txt" else
                             "".join(line for line in text.splitlines() if line.startswith("#include")), path)
            self.assertNotIn("http/faults", text, path)

    def test_neither_its_help_nor_its_configuration_knows_them(self):
        def assay(*arguments):
            done = subprocess.run([os.environ["ASSAY"], *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, timeout=60, check=False)
            return done.returncode, done.stdout

        for arguments in (("--help",), ("serve", "--help"), ("dev", "--help")):
            status, text = assay(*arguments)
            self.assertEqual(status, 0, text)
            self.assertNotRegex(text.lower(), r"\bfault|chaos|nonce")
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder) / "assay.toml"
            for key in ("bad_nonce = 30", "faults = true", "nonce_reject_percent = 30", "unavailable = 10",
                        "authorization_reuse_percent = 50", "validation_ms = 100"):
                for table in ("acme", "validator"):
                    config.write_text(f'state_directory = "{folder}/state"\n[{table}]\n{key}\n')
                    status, text = assay("serve", "--check", "--config", str(config))
                    self.assertNotEqual(status, 0, text)
                    self.assertIn(key.split()[0], text)
        self.assertNotEqual(assay("serve", "--bad-nonce", "30")[0], 0)


if __name__ == "__main__":
    unittest.main()
