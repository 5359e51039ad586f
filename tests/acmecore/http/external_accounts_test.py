"""RFC 8555 §7.3.4, external account binding: T22 to T27, what the bound account may do, and what the directory says."""
import hashlib
import hmac
import json
import unittest

import wire
from wire import ABSENT, Key, b64, unb64, with_members

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
THREADS = 32


class ExternalAccountTest(wire.WireTest):
    server_arguments = ("directory:default=optional", "directory:strict=required", "directory:open=off")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.strict = cls.server.request("GET", "/acme/strict/directory").json()
        cls.open = cls.server.request("GET", "/acme/open/directory").json()

    def external_account_key(self, **wanted):
        return self.server.external_account_key(directory="strict", **wanted)

    def binding(self, key, external, url=None, protected=None, payload=None, mac=None, mac_key=None):
        """A binding of `key` to `external`: good, but for what is given."""
        header = with_members({"alg": "HS256", "kid": external["kid"], "url": url or self.strict["newAccount"]},
                              protected or {})
        payload = key.jwk() if payload is None else payload
        secret = unb64(external["mac_key"]) if mac_key is None else mac_key
        digest = HASHES.get(header.get("alg"), hashlib.sha256)
        return wire.jws(None, header, payload, mac or (lambda text: hmac.new(secret, text, digest).digest()))

    def ask(self, binding, key, url=None, **members):
        url = url or self.strict["newAccount"]
        payload = with_members({"externalAccountBinding": binding}, members)
        return self.send(url, self.draft(url, payload, key))

    def bound_account(self, external, key=None):
        key = key or Key()
        reply = self.ask(self.binding(key, external), key)
        self.assertEqual(reply.status, 201, reply)
        return wire.Account(key, reply.headers["Location"], reply)

    def unused(self, external):
        """The key would still make an account."""
        self.bound_account(external)


class Bindings(ExternalAccountTest):
    def test_the_directory_says_whether_one_is_required(self):
        self.assertIs(self.strict["meta"]["externalAccountRequired"], True)
        self.assertIs(self.server.directory["meta"]["externalAccountRequired"], False)
        self.assertIs(self.open["meta"]["externalAccountRequired"], False)

    def test_a_good_binding_makes_an_account_and_is_reflected(self):
        for alg in ("HS256", "HS384", "HS512"):
            external, key = self.external_account_key(), Key()
            binding = self.binding(key, external, protected={"alg": alg})
            reply = self.ask(binding, key)
            self.assertEqual(reply.status, 201, reply)
            self.assertEqual(reply.json()["externalAccountBinding"], binding)
            account = wire.Account(key, reply.headers["Location"], reply)
            self.assertEqual(self.get(account, account.url)["externalAccountBinding"], binding)
            updated = self.post(account, account.url, {"contact": ["mailto:a@corp.test"]})
            self.assertEqual(updated.json()["externalAccountBinding"], binding)

    def test_each_kind_of_account_key_can_be_bound(self):
        for alg in ("ES384", "ES512", "EdDSA", "RS256"):
            self.bound_account(self.external_account_key(), Key(alg))

    def test_a_key_that_has_its_account_needs_no_binding_and_uses_none_up(self):
        external = self.external_account_key(uses_max=2)
        account = self.bound_account(external)
        for binding in (ABSENT, self.binding(account.key, external), "rubbish"):
            reply = self.ask(binding, account.key)
            self.assertEqual((reply.status, reply.headers["Location"]), (200, account.url))
        self.unused(external)

    def test_a_binding_cannot_be_changed_later(self):
        account, other = self.bound_account(self.external_account_key()), self.external_account_key()
        before = self.get(account, account.url)
        reply = self.post(account, account.url, {"externalAccountBinding": self.binding(account.key, other)})
        self.assertEqual((reply.status, reply.json()), (200, before))
        self.unused(other)

    def test_T22_none_where_it_is_required(self):
        self.refused(self.ask(ABSENT, Key()), 403, "externalAccountRequired")
        reply = self.ask(ABSENT, Key(), onlyReturnExisting=True)
        self.refused(reply, 400, "accountDoesNotExist")

    def test_T23_a_header_that_is_wrong(self):
        external = self.external_account_key()
        changes = [{"alg": alg} for alg in ("none", "RS256", "ES256", "HS1", "hs256", ABSENT, 256)]
        changes += [{"nonce": self.server.nonce()}, {"nonce": ""}, {"jwk": Key().jwk()}, {"crit": ["exp"]}, {"b64": False}]
        changes += [{"url": url} for url in (ABSENT, self.strict["newOrder"], self.url["newAccount"], "", 1)]
        changes += [{"kid": kid} for kid in (ABSENT, 1, None, [])]
        for change in changes:
            key = Key()
            self.refused(self.ask(self.binding(key, external, protected=change), key), 400, "malformed")
        self.unused(external)

    def test_T23_what_is_no_flattened_jws(self):
        external, key = self.external_account_key(), Key()
        good = self.binding(key, external)
        bad = [None, "x", 1, [], [good], {}, json.dumps(good)]
        bad += [{name: value for name, value in good.items() if name != left_out} for left_out in good]
        bad += [{**good, name: value} for name in good for value in ("=", good[name] + "=", 1, None)]
        bad += [{**good, "signatures": []}, {**good, "header": {}}]
        for binding in bad:
            self.refused(self.ask(binding, key), 400, "malformed")
        self.unused(external)

    def test_T24_a_payload_that_is_not_the_key_of_the_request(self):
        external = self.external_account_key()
        for payload in (Key().jwk(), Key("RS256").jwk(), {}, "", "x", "[]", "null", {"kty": "EC"}):
            key = Key()
            self.refused(self.ask(self.binding(key, external, payload=payload), key), 400, "malformed")
        key = Key()
        jwk = dict(reversed(list({**key.jwk(), "use": "sig", "kid": "mine"}.items())))
        self.assertEqual(self.ask(self.binding(key, external, payload=jwk), key).status, 201)  # the same key

    def test_T24_a_mac_that_is_wrong(self):
        external, key = self.external_account_key(), Key()
        good = self.binding(key, external)
        mac = unb64(good["signature"])
        bad = [bytes([mac[0] ^ 1]) + mac[1:], mac[:-1] + bytes([mac[-1] ^ 128]), mac[:-1], mac[:16], mac[:1], b"", mac + b"\0",
               mac + mac, bytes(len(mac))]
        for other in bad:
            self.refused(self.ask({**good, "signature": b64(other)}, key), 403, "unauthorized")
        for mac_key in (b"", bytes(32), external["mac_key"].encode(), external["kid"].encode(),
                        unb64(external["mac_key"])[:31]):
            self.refused(self.ask(self.binding(key, external, mac_key=mac_key), key), 403, "unauthorized")
        # A MAC of another header or payload than it stands with.
        other = self.binding(key, external, protected={"typ": "x"})
        self.refused(self.ask({**good, "protected": other["protected"]}, key), 403, "unauthorized")
        longer = self.binding(key, external, protected={"alg": "HS512"})
        self.refused(self.ask({**longer, "signature": b64(unb64(longer["signature"])[:32])}, key), 403, "unauthorized")
        self.unused(external)

    def test_T25_an_unknown_key_and_a_wrong_mac_read_the_same(self):
        external, key = self.external_account_key(), Key()
        wrong = self.ask(self.binding(key, external, mac_key=b"x" * 32), key)
        for kid in ("unknown", "", "e" * 26, "k" * 5000, "../" + external["kid"], external["kid"].upper(), "\0", "ü"):
            unknown = self.ask(self.binding(key, {**external, "kid": kid}), key)
            self.assertEqual((unknown.status, unknown.json()), (wrong.status, wrong.json()))
        self.refused(wrong, 403, "unauthorized")
        self.unused(external)

    def test_T26_a_key_of_another_directory_or_past_its_time(self):
        for external in (self.server.external_account_key(), self.server.external_account_key(directory="gone"),
                         self.external_account_key(expires="2020-01-01T00:00:00Z"), self.external_account_key(disabled=True),
                         self.external_account_key(uses_max=0)):
            key = Key()
            self.refused(self.ask(self.binding(key, external), key), 403, "unauthorized")
            # Whoever has not the MAC key does not learn which of these it is.
            wrong = self.ask(self.binding(key, external, mac_key=b"x" * 32), key)
            self.assertIn("no such key, or the MAC", wrong.json()["detail"])

    def test_a_binding_for_another_accounts_key_cannot_be_replayed(self):
        external, victim, thief = self.external_account_key(), Key(), Key()
        stolen = self.binding(victim, external)
        self.refused(self.ask(stolen, thief), 400, "malformed")
        self.assertEqual(self.ask(stolen, victim).status, 201)
        self.refused(self.ask(stolen, thief), 400, "malformed")

    def test_a_used_up_key_makes_no_further_account(self):
        external = self.external_account_key(uses_max=2)
        for _ in range(2):
            self.bound_account(external)
        key = Key()
        self.refused(self.ask(self.binding(key, external), key), 403, "unauthorized")

    def test_a_request_that_is_refused_for_something_else_uses_nothing_up(self):
        external, key = self.external_account_key(), Key()
        binding = self.binding(key, external)
        self.refused(self.ask(binding, key, contact=["ftp://corp.test"]), 400, "unsupportedContact")
        self.refused(self.ask(binding, key, onlyReturnExisting=True), 400, "accountDoesNotExist")
        self.assertEqual(self.ask(binding, key).status, 201)


class Modes(ExternalAccountTest):
    def test_where_it_is_optional_it_may_be_left_out_but_not_be_wrong(self):
        url, key = self.url["newAccount"], Key()
        self.assertEqual(self.ask(ABSENT, Key(), url).status, 201)
        external = self.server.external_account_key()
        self.refused(self.ask(self.binding(key, external, url, mac_key=b"x" * 32), key, url), 403, "unauthorized")
        self.refused(self.ask("x", key, url), 400, "malformed")
        reply = self.ask(self.binding(key, external, url), key, url)
        self.assertEqual(reply.status, 201)
        self.assertIn("externalAccountBinding", reply.json())

    def test_where_it_is_off_it_is_neither_looked_at_nor_shown(self):
        url, key = self.open["newAccount"], Key()
        external = self.server.external_account_key(directory="open")
        for binding in (self.binding(key, external, url), self.binding(Key(), external, url), "x"):
            reply = self.ask(binding, Key(), url)
            self.assertEqual(reply.status, 201)
            self.assertNotIn("externalAccountBinding", reply.json())


class Restrictions(ExternalAccountTest):
    def order(self, account, *names):
        identifiers = [{"type": "dns", "value": name} for name in names]
        return self.post(account, self.strict["newOrder"], {"identifiers": identifiers})

    def test_an_order_for_other_names_is_refused_with_each_of_them(self):
        account = self.bound_account(self.external_account_key(names=["corp.test", "*.corp.test"]))
        self.assertEqual(self.order(account, "corp.test", "*.corp.test", "A.corp.test").status, 201)
        reply = self.order(account, "a.corp.test", "other.test", "*.a.corp.test")
        self.refused(reply, 403, "rejectedIdentifier")
        self.assertEqual([(problem["type"], problem["identifier"]) for problem in reply.json()["subproblems"]],
                         [(wire.URN + "rejectedIdentifier", {"type": "dns", "value": name})
                          for name in ("other.test", "*.a.corp.test")])
        for name in ("corp.test.evil.test", "xcorp.test", "a.a.corp.test"):
            self.refused(self.order(account, name), 403, "rejectedIdentifier")

    def test_it_stays_after_a_change_of_the_accounts_key(self):
        account = self.bound_account(self.external_account_key(names=["**.corp.test"]))
        key, url = Key(), self.strict["keyChange"]
        inner = wire.jws(key, {"alg": key.alg, "jwk": key.jwk(), "url": url},
                         {"account": account.url, "oldKey": account.key.jwk()})
        self.assertEqual(self.post(account, url, inner).status, 200)
        account.key = key
        self.assertEqual(self.order(account, "a.b.corp.test").status, 201)
        self.refused(self.order(account, "corp.test"), 403, "rejectedIdentifier")

    def test_a_certificate_lives_no_longer_than_the_key_allows(self):
        account = self.bound_account(self.external_account_key(lifetime_max_s=48 * 3600))
        self.url = {**self.url, **self.strict}
        der, _, _ = self.issue(account, "a.corp.test")
        leaf = wire.x509.load_der_x509_certificate(der)
        self.assertEqual((leaf.not_valid_after - leaf.not_valid_before).total_seconds(), 48 * 3600 - 1)


class Races(ExternalAccountTest):
    def test_T27_one_use_from_many_connections_is_one_account(self):
        for uses in (1, 3):
            external, url = self.external_account_key(uses_max=uses), self.strict["newAccount"]
            nonces = [self.server.request("HEAD", self.strict["newNonce"]).headers["Replay-Nonce"] for _ in range(THREADS)]
            drafts = []
            for nonce in nonces:
                key = Key()
                payload = {"externalAccountBinding": self.binding(key, external)}
                drafts.append((url, self.draft(url, payload, key, protected={"nonce": nonce})))
            replies = self.at_once(drafts)
            self.assertEqual(self.statuses(replies), [201] * uses + [403] * (THREADS - uses))
            self.assertEqual({reply.error for reply in replies if reply.status == 403}, {"unauthorized"})


if __name__ == "__main__":
    unittest.main()
