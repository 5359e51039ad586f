"""RFC 8555 §7.3.5: K01 to K12, and what follows a change."""
import unittest

import wire
from wire import ABSENT, Key, jws, with_members


class KeyChange(wire.WireTest):
    def inner(self, account, key, protected=None, payload=None, sign=None, signer=None):
        header = {"alg": key.alg, "jwk": key.jwk(), "url": self.url["keyChange"]}
        change = {"account": account.url, "oldKey": account.key.jwk()}
        if isinstance(payload, dict) or payload is None:
            payload = with_members(change, payload or {})
        return jws(signer or key, with_members(header, protected or {}), payload, sign)

    def change(self, account, key=None, outer=None, **inner):
        body = with_members(self.inner(account, key or Key(), **inner), outer or {})
        return self.post(account, self.url["keyChange"], body)

    def refused_change(self, account=None, **inner):
        account = account or self.new_account()
        self.refused(self.change(account, **inner), 400, "malformed")
        self.assertEqual(self.post(account, account.url).status, 200)

    def test_the_new_key_is_the_accounts_and_the_old_one_nobodys(self):
        for old_alg, new_alg in (("ES256", "ES384"), ("ES256", "RS256"), ("RS256", "EdDSA"), ("ES384", "ES256")):
            account, key = self.new_account(Key(old_alg)), Key(new_alg)
            order = self.new_order(account, "a.key-change.test")
            reply = self.change(account, key)
            self.assertEqual(reply.status, 200, reply)
            self.refused(self.post(account, account.url), 400, "malformed")
            moved = wire.Account(key, account.url, reply)
            self.assertEqual(self.post(moved, account.url).status, 200)
            url = self.url["newAccount"]
            gone = self.send(url, self.draft(url, {"onlyReturnExisting": True}, account.key))
            self.refused(gone, 400, "accountDoesNotExist")
            # Pending work goes on, and the old key is free for another account.
            self.assertEqual(self.respond(moved, order)["status"], "ready")
            self.assertNotEqual(self.new_account(account.key).url, account.url)
            self.assertEqual(self.new_account(key).url, account.url)

    def test_K01_K02_signed_with_another_key(self):
        account = self.new_account()
        self.refused_change(account, sign=Key().sign)
        self.refused_change(account, sign=account.key.sign)
        self.refused_change(account, outer={"signature": ""})

    def test_K03_alg_none(self):
        account = self.new_account()
        for alg in ("none", "HS256"):
            reply = self.change(account, protected={"alg": alg}, sign=lambda message: b"")
            self.refused(reply, 400, "badSignatureAlgorithm")

    def test_K04_without_jwk(self):
        account = self.new_account()
        self.refused_change(account, protected={"jwk": ABSENT})
        self.refused_change(account, protected={"jwk": ABSENT, "kid": account.url})
        self.refused_change(account, protected={"kid": account.url})

    def test_K05_K06_another_url_or_none(self):
        for url in (self.url["newOrder"], self.url["keyChange"] + "/", "", 1, ABSENT):
            account = self.new_account()
            self.refused_somehow(self.change(account, protected={"url": url}))
            self.assertEqual(self.post(account, account.url).status, 200)
        self.refused_change(protected={"url": self.url["newOrder"]})

    def test_K07_with_a_nonce(self):
        self.refused_change(protected={"nonce": self.server.nonce()})

    def test_K08_K11_another_account_or_none(self):
        other = self.new_account()
        for account in (other.url, other.url + "/", "", None, 1, ABSENT):
            self.refused_change(payload={"account": account})

    def test_K09_K10_another_old_key_or_none(self):
        for key in (Key().jwk(), {}, None, "x", ABSENT):
            account = self.new_account()
            self.refused_somehow(self.change(account, payload={"oldKey": key}))
            self.assertEqual(self.post(account, account.url).status, 200)
        self.refused_change(payload={"oldKey": Key().jwk()})

    def test_K12_an_inner_payload_that_is_no_object(self):
        for payload in ("", "x", [], "null", "1"):
            self.refused_change(payload=payload)

    def test_an_outer_payload_that_is_no_jws(self):
        account = self.new_account()
        for payload in ("", {}, [], "x", {"protected": "", "payload": "", "signature": ""}):
            self.refused(self.post(account, self.url["keyChange"], payload), 400, "malformed")

    def test_the_same_key_again(self):
        account = self.new_account()
        self.refused_change(account, key=account.key)

    def test_a_key_that_we_do_not_take(self):
        account = self.new_account()
        jwk = Key().jwk()
        self.refused(self.change(account, protected={"jwk": {**jwk, "y": jwk["x"]}}), 400, "badPublicKey")

    def test_the_key_of_another_account_is_409_with_its_url(self):
        account, other = self.new_account(), self.new_account()
        reply = self.change(account, other.key)
        self.refused(reply, 409, "malformed")
        self.assertEqual(reply.headers["Location"], other.url)
        self.assertEqual(self.post(account, account.url).status, 200)


if __name__ == "__main__":
    unittest.main()
