"""RFC 8555 §6.5 and §7.2: N01 to N12."""
import unittest

import wire
from wire import ABSENT, Key


class Nonces(wire.WireTest):
    def new_account_with(self, protected=None, outer=None):
        key, url = Key(), self.url["newAccount"]
        return self.send(url, wire.with_members(self.draft(url, {}, key, protected=protected), outer or {}))

    def test_N01_head_of_new_nonce_is_200(self):
        reply = self.server.request("HEAD", self.url["newNonce"])
        self.assertEqual((reply.status, reply.body), (200, b""))
        self.assertIn("no-store", reply.headers["Cache-Control"])
        self.assertEqual(len(reply.headers.get_all("Replay-Nonce")), 1)
        self.assertIn(self.server.origin + "/directory", reply.links("index"))

    def test_N02_get_of_new_nonce_is_204_and_empty(self):
        reply = self.server.request("GET", self.url["newNonce"])
        self.assertEqual((reply.status, reply.body), (204, b""))
        self.assertIn("no-store", reply.headers["Cache-Control"])
        self.assertEqual(len(reply.headers.get_all("Replay-Nonce")), 1)
        self.assertIsNone(reply.headers["Content-Length"])

    def test_N02_new_nonce_answers_post_as_get_too(self):
        account = self.new_account()
        self.assertEqual(self.post(account, self.url["newNonce"]).status, 204)
        self.refused(self.post(account, self.url["newNonce"], {}), 400, "malformed")

    def test_N03_nonces_are_different_and_base64url(self):
        nonces = [self.server.request("HEAD", self.url["newNonce"]).headers["Replay-Nonce"] for _ in range(30)]
        self.assertEqual(len(set(nonces)), 30)
        for nonce in nonces:
            self.assertRegex(nonce, r"^[A-Za-z0-9_-]{16,}$")

    def test_N04_N11_a_nonce_never_given_is_refused_with_one_that_works(self):
        # As long as a real one: a made-up one, and a real one with a bit changed.
        real = self.server.nonce()
        forged = real[:-2] + ("B" if real[-2] == "A" else "A") + real[-1]
        for nonce in ("AAAAAAAAAAAAAAAAAAAAAA", "A" * len(real), forged, real[4:], real + "AAAA"):
            self.server.nonces.clear()
            reply = self.new_account_with({"nonce": nonce})
            self.refused(reply, 400, "badNonce")
            fresh = reply.headers["Replay-Nonce"]
            self.assertEqual(self.new_account_with({"nonce": fresh}).status, 201)

    def test_N05_a_nonce_works_once(self):
        nonce = self.server.nonce()
        self.assertEqual(self.new_account_with({"nonce": nonce}).status, 201)
        self.refused(self.new_account_with({"nonce": nonce}), 400, "badNonce")

    def test_N05_a_whole_request_works_once(self):
        key, url = Key(), self.url["newAccount"]
        body = self.draft(url, {}, key)
        self.assertEqual(self.send(url, body).status, 201)
        self.refused(self.send(url, body), 400, "badNonce")

    def test_a_request_that_is_not_believed_burns_no_nonce(self):
        nonce = self.server.nonce()
        self.refused(self.new_account_with({"nonce": nonce}, {"signature": wire.b64(bytes(64))}), 400, "malformed")
        self.assertEqual(self.new_account_with({"nonce": nonce}).status, 201)

    def test_a_request_that_is_refused_later_burns_its_nonce(self):
        key, url, nonce = Key(), self.url["newAccount"], self.server.nonce()
        self.refused(self.send(url, self.draft(url, [], key, protected={"nonce": nonce})), 400, "malformed")
        self.refused(self.send(url, self.draft(url, {}, key, protected={"nonce": nonce})), 400, "badNonce")

    def test_N06_no_nonce(self):
        self.refused(self.new_account_with({"nonce": ABSENT}), 400, "badNonce")

    def test_N07_a_nonce_that_is_not_base64url(self):
        for nonce in ("a+b/c", "abcd=", "a b", "\u00e9", "abcde"):
            self.refused_somehow(self.new_account_with({"nonce": nonce}))
        self.refused(self.new_account_with({"nonce": "a+b/"}), 400, "malformed")

    def test_N07_an_empty_nonce(self):
        self.refused(self.new_account_with({"nonce": ""}), 400, "badNonce")

    def test_N08_a_nonce_that_is_no_string(self):
        for nonce in (1, 1.5, ["x"], {"x": "y"}, None, True):
            self.refused(self.new_account_with({"nonce": nonce}), 400, "malformed")

    def test_N09_a_nonce_in_the_unprotected_header_only(self):
        header = {"nonce": self.server.nonce()}
        self.refused(self.new_account_with({"nonce": ABSENT}, {"header": header}), 400, "malformed")

    def test_N12_a_huge_nonce(self):
        reply = self.new_account_with({"nonce": "A" * 200_000})
        self.refused(reply, 413, "malformed")
        self.refused(self.new_account_with({"nonce": "A" * 20_000}), 400, "badNonce")


if __name__ == "__main__":
    unittest.main()
