"""Requests that want something else than ACME: bodies without end, ways around the routes, a store that is full."""
import gzip
import json
import unittest

import wire
from wire import Key, b64, csr

BODY_MAX = 64 * 1024


class Bodies(wire.WireTest):
    def sent(self, head, pieces=()):
        """The answer to a POST to newAccount."""
        return self.raw(b"POST /acme/new-account HTTP/1.1\r\nHost: localhost\r\n"
                        b"Content-Type: application/jose+json\r\n" + head + b"\r\n\r\n", pieces)

    def test_a_body_that_is_too_large_is_413_before_it_is_sent(self):
        for length in (BODY_MAX + 1, 1024 * 1024, 10**12, 10**18):
            self.refused(self.sent(b"Content-Length: %d" % length), 413, "malformed")

    def test_a_body_of_the_largest_size_is_read(self):
        body = json.dumps({"protected": "", "payload": "", "signature": "A" * (BODY_MAX - 100)}).encode()
        body += b" " * (BODY_MAX - len(body))
        self.refused(self.sent(b"Content-Length: %d" % len(body), [body]), 400, "malformed")

    def test_chunks_without_end_are_413(self):
        for chunk in (b"1000\r\n" + b"a" * 4096 + b"\r\n", b"1\r\na\r\n", b"1;x=" + b"y" * 200 + b"\r\na\r\n"):
            reply = self.sent(b"Transfer-Encoding: chunked", [chunk * 64] * 2000)
            self.refused(reply, 413, "malformed")

    def test_a_compressed_body_is_not_unpacked(self):
        body = gzip.compress(bytes(20_000_000))
        self.assertLess(len(body), BODY_MAX)
        for coding in (b"gzip", b"GZIP", b"deflate", b"br, gzip"):
            head = b"Content-Encoding: " + coding + b"\r\nContent-Length: %d" % len(body)
            self.refused(self.sent(head, [body]), 400, "malformed")
        url = self.url["newAccount"]
        good = gzip.compress(json.dumps(self.draft(url, {}, Key())).encode())
        self.refused(self.sent(b"Content-Encoding: gzip\r\nContent-Length: %d" % len(good), [good]), 400, "malformed")


class Detours(wire.WireTest):
    PATHS = ("/admin", "/admin/../directory", "/enable/x", "/acme/admin", "/directory?q=/static/", "/directory;",
             "/directory;/static/", "/acme/new-order;", "/acme/new-order?x=/acme/new-nonce",
             "/acme/new-nonce?_method=POST", "/%2561cme/new-order", "/acme%2fnew-order", "/%61cme/new-order",
             "/acme/new-order%00", "/acme/new-order/.", "/static/../acme/new-order", "/acme/new-nonce/../new-order",
             "/acme\\new-order", "/metrics", "/debug/pprof", "/.well-known/acme-challenge/x", "/healthz",
             "/acme/new-order#x")

    def test_no_way_leads_around_the_routes(self):
        account = self.new_account()
        for path in self.PATHS:
            for method in ("GET", "HEAD", "PUT", "OPTIONS"):
                self.assertEqual(self.server.request(method, path).status, 404, path)
            self.refused(self.post(account, self.server.origin + path), 404, "malformed")

    def test_no_header_makes_another_method_or_path_of_a_request(self):
        for headers in ({"X-HTTP-Method-Override": "POST"}, {"X-HTTP-Method": "POST"}, {"X-Method-Override": "POST"},
                        {"X-Original-URL": "/directory"}, {"X-Rewrite-URL": "/directory"}):
            self.refused(self.server.request("GET", self.url["newOrder"], headers=headers), 405, "malformed")
            self.assertEqual(self.server.request("GET", "/admin", headers=headers).status, 404)
        reply = self.server.request("GET", "/directory", headers={"X-HTTP-Method-Override": "DELETE"})
        self.assertEqual(reply.status, 200)


class PublicNames(wire.WireTest):
    """With the policy of a CA that is for public names."""
    server_arguments = ("public_names=true",)

    def ask(self, *names):
        identifiers = [{"type": "dns", "value": name} for name in names]
        return self.post(self.account, self.url["newOrder"], {"identifiers": identifiers})

    def test_names_that_nobody_can_own_are_rejected(self):
        self.account = self.new_account()
        for name in ("com", "*.com", "co.uk", "*.co.uk", "localhost", "a.localhost", "a.internal", "a.onion",
                     "a.local", "a.corp", "a.test", "a.example", "a.invalid", "1.2.0.192.in-addr.arpa", "*.ip6.arpa",
                     "a.home.arpa"):
            reply = self.ask("a.hallmarks.dev", name)
            self.refused(reply, 403, "rejectedIdentifier")
            subproblems = reply.json()["subproblems"]
            self.assertEqual([sub["identifier"]["value"] for sub in subproblems], [name])
        self.assertEqual(self.get(self.account, self.account.url + "/orders"), {"orders": []})
        for name in ("hallmarks.dev", "*.hallmarks.dev", "a.co.uk", "*.a.co.uk", "localhost.hallmarks.dev"):
            self.assertEqual(self.ask(name).status, 201, name)


class OurTrouble(wire.WireTest):
    """RFC 8555 §6.7, §6.6: our trouble is ours to know; clients come again where that helps."""

    # Nothing of how we are made.
    INSIDE = ("lmdb", "mdb_", "memory", ".cpp", "assay", "std::", "0x", "revision", "batch", "exception", "disk", "record",
              "protobuf")

    def trouble(self, url, body, status):
        reply = self.server.request("POST", url, json.dumps(body), {"Content-Type": wire.JOSE_JSON})
        self.assertEqual((reply.status, reply.error), (status, "serverInternal"), reply)
        self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
        self.assertRegex(reply.headers.get("Retry-After", ""), r"^\d+$" if status == 503 else "^$")
        self.assertEqual(len(reply.headers.get_all("Replay-Nonce")), 1)
        self.assertEqual(reply.links("index"), [self.server.origin + "/directory"])
        for word in self.INSIDE:
            self.assertNotIn(word, reply.body.decode().lower())


class SpoiledRecord(OurTrouble):
    def test_what_cannot_be_read_is_500_and_says_nothing_of_us(self):
        account = self.new_account()
        spoiled, ready = self.new_order(account, "a.hostile.test"), self.ready_order(account, "b.hostile.test")
        self.server.spoil(spoiled["url"])
        for url, payload in ((spoiled["url"], ""), (spoiled["finalize"], {"csr": b64(csr("a.hostile.test"))}),
                             (account.url + "/orders", "")):
            self.trouble(url, self.draft(url, payload, account.key, account.url), 500)
        # All else goes on.
        self.assertEqual(self.get(account, spoiled["authorizations"][0])["status"], "pending")
        reply = self.post(account, ready["finalize"], {"csr": b64(csr("b.hostile.test"))})
        self.assertEqual(reply.status, 200, reply)


class FullStore(OurTrouble):
    def tearDown(self):
        self.server.change("store_full=false")
        super().tearDown()

    def test_what_cannot_be_kept_is_503_and_says_nothing_of_the_store(self):
        account = self.new_account()
        order, ready = self.new_order(account, "a.hostile.test"), self.ready_order(account, "b.hostile.test")
        authorization = order["authorizations"][0]
        challenge = self.get(account, authorization)["challenges"][0]["url"]
        der, _, _ = self.issue(account, "c.hostile.test")
        self.server.change("store_full=true")
        new_account, new_key = self.url["newAccount"], Key()
        change = wire.jws(new_key, {"alg": new_key.alg, "jwk": new_key.jwk(), "url": self.url["keyChange"]},
                          {"account": account.url, "oldKey": account.key.jwk()})
        request = {"csr": b64(csr("b.hostile.test"))}
        identifiers = [{"type": "dns", "value": "d.hostile.test"}]
        self.trouble(new_account, self.draft(new_account, {}, Key()), 503)
        for url, payload in ((self.url["newOrder"], {"identifiers": identifiers}), (challenge, {}),
                             (ready["finalize"], request), (account.url, {"contact": ["mailto:a@corp.test"]}),
                             (account.url, {"status": "deactivated"}), (authorization, {"status": "deactivated"}),
                             (self.url["keyChange"], change), (self.url["revokeCert"], {"certificate": b64(der)})):
            self.trouble(url, self.draft(url, payload, account.key, account.url), 503)
        # Reads go on, and nothing of it was done.
        self.assertEqual(self.get(account, authorization)["status"], "pending")
        self.assertEqual(self.get(account, ready["url"])["status"], "ready")
        self.server.change("store_full=false")
        self.assertEqual(self.get(account, account.url)["status"], "valid")
        self.assertEqual(self.respond(account, order)["status"], "ready")
        self.assertEqual(self.post(account, ready["finalize"], request).status, 200)
        self.assertEqual(self.post(account, self.url["revokeCert"], {"certificate": b64(der)}).status, 200)


if __name__ == "__main__":
    unittest.main()
