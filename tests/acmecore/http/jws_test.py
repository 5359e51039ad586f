"""RFC 8555 §6.2 and §6.4: J01 to J64, and the neighbours of each."""
import hmac
import hashlib
import json
import math
import unittest

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

import wire
from wire import ABSENT, Key, b64, unb64

ALGORITHMS = {"ES256", "ES384", "ES512", "EdDSA", "Ed25519", "RS256"}


def octets(number):
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


class JwsTest(wire.WireTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.new_account(cls())

    def ask(self, account=None, **draft):
        """The smallest request that is signed: a POST-as-GET of the account."""
        account = account or self.account
        return self.post(account, account.url, **draft)


class Algorithms(JwsTest):
    def test_every_accepted_algorithm_is_accepted(self):
        for alg in ("ES256", "ES384", "ES512", "EdDSA", "RS256"):
            account = self.new_account(Key(alg))
            self.assertEqual(self.ask(account).status, 200, alg)
        self.assertEqual(self.ask(self.new_account(Key("EdDSA")), protected={"alg": "Ed25519"}).status, 200)

    def refused_algorithm(self, reply):
        self.refused(reply, 400, "badSignatureAlgorithm")
        self.assertEqual(set(reply.json()["algorithms"]), ALGORITHMS)

    def test_J01_J02_alg_none(self):
        self.refused_algorithm(self.ask(protected={"alg": "none"}, sign=lambda message: b""))
        self.refused_algorithm(self.ask(protected={"alg": "none"}))

    def test_J03_alg_none_in_other_cases(self):
        for alg in ("None", "NONE", "nOnE", " none", "none "):
            self.refused_algorithm(self.ask(protected={"alg": alg}, sign=lambda message: b""))

    def test_J04_to_J08_hmac_with_the_public_key_as_the_secret(self):
        public = self.account.key.private.public_key()
        encodings, formats = serialization.Encoding, serialization.PublicFormat
        secrets = (public.public_bytes(encodings.DER, formats.SubjectPublicKeyInfo),
                   public.public_bytes(encodings.PEM, formats.SubjectPublicKeyInfo),
                   public.public_bytes(encodings.X962, formats.UncompressedPoint),
                   json.dumps(self.account.key.jwk()).encode(), b"")
        for secret in secrets:
            for alg, digest in (("HS256", hashlib.sha256), ("HS384", hashlib.sha384), ("HS512", hashlib.sha512)):
                sign = lambda message: hmac.new(secret, message, digest).digest()
                self.refused_algorithm(self.ask(protected={"alg": alg}, sign=sign))

    def test_J09_an_unknown_alg(self):
        for alg in ("ES1024", "es256", "ES256K", "PS256", "RS1", "RS384", "ML-DSA-44", "A256KW", "ES256\0"):
            self.refused_algorithm(self.ask(protected={"alg": alg}))

    def test_J10_no_alg(self):
        for alg in (ABSENT, 1, None, ["ES256"], True):
            self.refused(self.ask(protected={"alg": alg}), 400, "malformed")
        self.refused_algorithm(self.ask(protected={"alg": ""}))

    def test_J47_pss_under_rs256(self):
        account = self.new_account(Key("RS256"))
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        sign = lambda message: account.key.private.sign(message, pss, hashes.SHA256())
        self.refused(self.ask(account, sign=sign), 400, "malformed")

    def test_J48_an_algorithm_for_another_type_of_key(self):
        for key_alg in ("ES256", "ES384", "EdDSA", "RS256"):
            account = self.new_account(Key(key_alg))
            for alg in ALGORITHMS - {key_alg, "Ed25519"}:
                self.refused(self.ask(account, protected={"alg": alg}), 400, "malformed")


class Signatures(JwsTest):
    def test_J40_J41_one_bit_flipped(self):
        for alg in ("ES256", "ES384", "ES512", "EdDSA", "RS256"):
            account = self.new_account(Key(alg))
            for octet in (0, -1):
                def sign(message):
                    signature = bytearray(account.key.sign(message))
                    signature[octet] ^= 1
                    return bytes(signature)
                self.refused(self.ask(account, sign=sign), 400, "malformed")

    def test_J42_numbers_that_no_signature_has(self):
        order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
        zero, n, one = bytes(32), order.to_bytes(32, "big"), (1).to_bytes(32, "big")
        for signature in (zero + zero, n + n, zero + one, one + zero, n + one, b"\xff" * 64):
            self.refused(self.ask(sign=lambda message: signature), 400, "malformed")

    def test_J43_der(self):
        self.refused(self.ask(sign=self.account.key.der_signature), 400, "malformed")

    def test_J44_other_sizes(self):
        sign = self.account.key.sign
        for change in (lambda s: s + b"\0", lambda s: b"\0" + s, lambda s: s[:-1], lambda s: s[1:], lambda s: b"",
                       lambda s: s[:32], lambda s: b"\0" + s[:32] + b"\0" + s[32:], lambda s: s + s):
            self.refused(self.ask(sign=lambda message: change(sign(message))), 400, "malformed")

    def test_rsa_and_eddsa_of_other_sizes(self):
        for alg in ("RS256", "EdDSA"):
            account = self.new_account(Key(alg))
            for change in (lambda s: s + b"\0", lambda s: b"\0" + s, lambda s: s[:-1], lambda s: s[1:], lambda s: b""):
                sign = lambda message: change(account.key.sign(message))
                self.refused(self.ask(account, sign=sign), 400, "malformed")

    def test_J45_the_payload_or_the_header_exchanged(self):
        other = self.draft(self.account.url, {"contact": []}, self.account.key, self.account.url)
        for member in ("payload", "protected"):
            self.refused(self.ask(outer={member: other[member]}), 400, "malformed")

    def test_J46_another_accounts_key(self):
        other = self.new_account()
        self.refused(self.ask(sign=other.key.sign), 400, "malformed")

    def test_a_key_that_only_looks_like_the_accounts(self):
        # The same account and key id, and the attacker's key beside it.
        attacker = Key()
        self.refused(self.ask(protected={"jwk": attacker.jwk()}, sign=attacker.sign), 400, "malformed")


class Keys(JwsTest):
    def new_account_with_jwk(self, jwk, key=None):
        key, url = key or Key(), self.url["newAccount"]
        return self.send(url, self.draft(url, {}, key, protected={"jwk": jwk}))

    def test_a_jwk_that_is_no_key(self):
        good = Key().jwk()
        for jwk in (None, 1, "x", [], {}, {"kty": "EC"}, {**good, "x": 1}, {**good, "x": good["x"] + "="},
                    {**good, "x": good["x"][:-4]}, wire.with_members(good, {"y": ABSENT}), {**good, "kty": 1},
                    {**good, "x": good["x"] + "AAAA"}):
            self.refused(self.new_account_with_jwk(jwk), 400, "malformed")

    def test_a_key_that_we_do_not_take(self):
        good = Key().jwk()
        off_curve = {**good, "y": b64(bytes(31) + b"\1")}
        infinity = {**good, "x": b64(bytes(32)), "y": b64(bytes(32))}
        symmetric = {"kty": "oct", "k": b64(bytes(32))}
        other_curve = {**good, "crv": "secp256k1"}
        private = {**good, "d": b64(bytes(32))}
        x25519 = {"kty": "OKP", "crv": "X25519", "x": b64(bytes(32))}
        for jwk in (off_curve, infinity, symmetric, other_curve, private, x25519, {**good, "kty": "XX"}):
            self.refused(self.new_account_with_jwk(jwk), 400, "badPublicKey")

    def test_an_rsa_key_that_we_do_not_take(self):
        numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
        small = rsa.generate_private_key(65537, 1024)
        self.refused(self.new_account_with_jwk(Key("RS256", small).jwk(), Key("RS256", small)), 400, "badPublicKey")
        n, e = numbers.n, numbers.e
        for modulus, exponent in ((n, 1), (n, 2), (n, 3), (n, 65535), (n, 65536), (n & ~1, e), (n << 6200, e), (3 * n, e),
                                  (1 << 2047 | 1, 3)):
            jwk = {"kty": "RSA", "n": b64(octets(modulus)), "e": b64(octets(exponent))}
            self.refused(self.new_account_with_jwk(jwk, Key("RS256")), 400, "badPublicKey")

    def test_an_rsa_key_that_others_can_factor(self):
        prime = rsa.generate_private_key(65537, 2048).private_numbers().p
        neighbour = prime + 2
        while any(neighbour % small == 0 for small in range(3, 752, 2)):
            neighbour += 2
        # ROCA: a power of 65537 modulo the product of the primes up to 167.
        primes = [n for n in range(2, 168) if all(n % d for d in range(2, n))]
        primorial = math.prod(primes)
        fingerprint = (1 << 2047) // primorial * primorial + pow(65537, 123456789, primorial)
        while fingerprint.bit_length() < 2048 or any(fingerprint % small == 0 for small in range(3, 752, 2)):
            fingerprint += primorial
        for modulus in (prime * prime, prime * neighbour, fingerprint):
            jwk = {"kty": "RSA", "n": b64(octets(modulus)), "e": b64(octets(65537))}
            self.refused(self.new_account_with_jwk(jwk, Key("RS256")), 400, "badPublicKey")

    def test_an_algorithm_for_another_type_of_jwk(self):
        url = self.url["newAccount"]
        for key_alg, alg in (("RS256", "ES256"), ("ES256", "ES384"), ("ES256", "RS256"), ("EdDSA", "ES256"),
                             ("ES384", "EdDSA")):
            key = Key(key_alg)
            self.refused(self.send(url, self.draft(url, {}, key, protected={"alg": alg})), 400, "malformed")

    def test_a_jwk_in_another_order_and_with_more_members_is_the_same_account(self):
        for alg in ("ES256", "RS256", "EdDSA"):
            account = self.new_account(Key(alg))
            jwk = account.key.jwk()
            for same in (dict(reversed(list(jwk.items()))), {"kid": "mine", "use": "sig", **jwk, "x5c": []}):
                reply = self.new_account_with_jwk(same, account.key)
                self.assertEqual((reply.status, reply.headers["Location"]), (200, account.url))

    def test_a_jwk_for_another_algorithm(self):
        key = Key()
        self.refused(self.new_account_with_jwk({**key.jwk(), "alg": "RS256"}, key), 400, "malformed")
        self.assertEqual(self.new_account_with_jwk({**key.jwk(), "alg": "ES256"}, key).status, 201)

    def test_J49_both_kid_and_jwk(self):
        self.refused(self.ask(protected={"jwk": self.account.key.jwk()}), 400, "malformed")

    def test_J50_neither_kid_nor_jwk(self):
        self.refused(self.ask(protected={"kid": ABSENT}), 400, "malformed")

    def test_J51_kid_on_new_account(self):
        self.refused(self.post(self.account, self.url["newAccount"], {}), 400, "malformed")

    def test_J52_J53_jwk_where_the_account_must_be_named(self):
        by_jwk = {"kid": ABSENT, "jwk": self.account.key.jwk()}
        order = {"identifiers": [{"type": "dns", "value": "a.test"}]}
        self.refused(self.post(self.account, self.url["newOrder"], order, by_jwk), 400, "malformed")
        self.refused(self.ask(protected=by_jwk), 400, "malformed")
        self.refused(self.post(self.account, self.url["keyChange"], {}, by_jwk), 400, "malformed")

    def test_J54_a_kid_that_names_no_account(self):
        own = self.account.url.rsplit("/", 1)[1]
        for change in ("0" * 26, own[:-2] + ("1" if own[-2] == "0" else "0") + own[-1]):
            kid = self.account.url.rsplit("/", 1)[0] + "/" + change
            self.refused(self.ask(protected={"kid": kid}), 400, "accountDoesNotExist")

    def test_J55_a_kid_that_is_no_account_url(self):
        url = self.account.url
        path = url.removeprefix(self.server.origin)
        for kid in ("https://evil.test" + path, path, url.replace("https:", "http:"),
                    url.replace("localhost", "LOCALHOST"), url.rsplit("/", 1)[1],
                    url.replace("localhost:", "user@localhost:")):
            self.refused(self.ask(protected={"kid": kid}), 400, "malformed")
        for kid in ("", url + "?x", url + "/", url + "#x", url + "/orders", url + "\0", url + "%00", url.upper(),
                    url[:-1], url + "/../" + url.rsplit("/", 1)[1]):
            self.refused_somehow(self.ask(protected={"kid": kid}))
        for kid in (1, None, [url], {"url": url}):
            self.refused(self.ask(protected={"kid": kid}), 400, "malformed")

    def test_J56_a_huge_kid(self):
        self.refused(self.ask(protected={"kid": self.account.url + "x" * 100_000}), 413, "malformed")
        self.refused_somehow(self.ask(protected={"kid": self.account.url + "x" * 20_000}))


class Urls(JwsTest):
    def test_J57_no_url(self):
        for url in (ABSENT, 1, None, ["x"]):
            self.refused(self.ask(protected={"url": url}), 400, "malformed")

    def test_J58_the_url_of_another_resource(self):
        self.refused(self.ask(protected={"url": self.url["newOrder"]}), 403, "unauthorized")

    def test_J59_a_url_that_is_spelled_otherwise(self):
        url = self.account.url
        for other in (url.replace("https:", "http:"), url + "?x", url + "/", url.replace("localhost", "evil.test"),
                      url.replace("localhost", "127.0.0.1"), url.replace("localhost", "LOCALHOST"), "",
                      url.removeprefix(self.server.origin), url + "#", url.replace("/acme/", "/acme/./"), url + " "):
            self.refused(self.ask(protected={"url": other}), 403, "unauthorized")

    def test_the_host_of_the_request_does_not_help_a_url(self):
        url = self.account.url.replace("localhost", "evil.test")
        host = "evil.test:" + self.server.port
        for headers in ({"Host": host}, {"X-Forwarded-Host": host}, {"Forwarded": "host=" + host},
                        {"X-Original-URL": url}, {"X-Forwarded-Proto": "https", "X-Forwarded-Host": host}):
            body = json.dumps(self.draft(url, "", self.account.key, self.account.url))
            reply = self.server.request("POST", self.account.url, body, {"Content-Type": wire.JOSE_JSON, **headers})
            self.refused(reply, 403, "unauthorized")


class Serializations(JwsTest):
    def compact(self):
        body = self.draft(self.account.url, "", self.account.key, self.account.url)
        return ".".join((body["protected"], body["payload"], body["signature"]))

    def test_J60_an_unprotected_header(self):
        for header in ({}, {"x": 1}, {"alg": "none"}, None):
            self.refused(self.ask(outer={"header": header}), 400, "malformed")

    def test_J61_kid_nonce_and_url_in_the_unprotected_header_only(self):
        header = {"kid": self.account.url, "nonce": self.server.nonce(), "url": self.account.url}
        missing = {name: ABSENT for name in header}
        self.refused(self.ask(protected=missing, outer={"header": header}), 400, "malformed")

    def test_J62_J63_the_general_serialization(self):
        body = self.draft(self.account.url, "", self.account.key, self.account.url)
        one = {"protected": body["protected"], "signature": body["signature"]}
        for signatures in ([one], [one, one], [], None):
            general = {"payload": body["payload"], "signatures": signatures}
            self.refused(self.send(self.account.url, general), 400, "malformed")
            self.refused(self.send(self.account.url, {**body, "signatures": signatures}), 400, "malformed")

    def test_J64_the_compact_serialization(self):
        self.refused(self.send(self.account.url, self.compact()), 400, "malformed")
        self.refused(self.send(self.account.url, json.dumps(self.compact())), 400, "malformed")

    def test_detached_and_unencoded_payloads(self):
        self.refused(self.ask(outer={"payload": ABSENT}), 400, "malformed")
        self.refused(self.ask(protected={"b64": False, "crit": ["b64"]}), 400, "malformed")
        self.refused(self.ask(protected={"crit": ["x"], "x": 1}), 400, "malformed")

    def test_a_protected_header_that_is_no_object_or_has_a_name_twice(self):
        good = self.draft(self.account.url, "", self.account.key, self.account.url)
        header = unb64(good["protected"]).decode()
        for text in ("", "[]", "null", "x", header[:-1], header + header, header[:-1] + ',"alg":"none"}',
                     header[:-1] + ',"kid":"x"}'):
            protected = b64(text.encode())
            signature = b64(self.account.key.sign(f"{protected}.".encode()))
            body = {"protected": protected, "payload": "", "signature": signature}
            self.refused(self.send(self.account.url, body), 400, "malformed")


if __name__ == "__main__":
    unittest.main()
