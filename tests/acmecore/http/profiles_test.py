"""draft-ietf-acme-profiles: what a directory shows, what an order asks for, what its certificate is."""
import datetime
import hashlib
import hmac
import unittest

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

import wire
from wire import b64, csr


class ProfilesTest(wire.WireTest):
    def order(self, account, profile, *names, **more):
        identifiers = [{"type": "dns", "value": name} for name in names or ("a.profiles.test",)]
        payload = wire.with_members({"identifiers": identifiers, "profile": profile}, more)
        return self.post(account, self.url["newOrder"], payload)

    def certificate_by(self, account, profile, name, key=None):
        order = self.order(account, profile, name)
        self.assertEqual(order.status, 201, order)
        ready = self.respond(account, {**order.json(), "url": order.headers["Location"]})
        finalized = self.post(account, ready["finalize"], {"csr": b64(csr(name, key=key))})
        self.assertEqual(finalized.status, 200, finalized)
        valid = self.poll(account, ready["url"], "processing")
        return valid, x509.load_pem_x509_certificate(self.post(account, valid["certificate"]).body)


class Profiles(ProfilesTest):
    server_arguments = ("profiles=true",)

    def test_the_directory_shows_them_with_their_descriptions(self):
        self.assertEqual(self.server.directory["meta"]["profiles"],
                         {"usual": "https://corp.test/profiles#usual", "weekly": "for a week, with a common name"})

    def test_an_order_says_which_it_has(self):
        account = self.new_account()
        for asked, given in (("weekly", "weekly"), ("usual", "usual"), (wire.ABSENT, "usual")):
            reply = self.order(account, asked)
            self.assertEqual((reply.status, reply.json()["profile"]), (201, given))
            self.assertEqual(self.get(account, reply.headers["Location"])["profile"], given)

    def test_what_it_says_is_what_the_certificate_has(self):
        account = self.new_account()
        order, leaf = self.certificate_by(account, "weekly", "b.profiles.test")
        self.assertEqual(order["profile"], "weekly")
        self.assertEqual(leaf.not_valid_after - leaf.not_valid_before, datetime.timedelta(days=7, seconds=-1))
        names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        self.assertEqual([name.value for name in names], ["b.profiles.test"])
        order, leaf = self.certificate_by(account, wire.ABSENT, "b.profiles.test")
        self.assertEqual(leaf.not_valid_after - leaf.not_valid_before, datetime.timedelta(days=90, seconds=-1))
        self.assertEqual(list(leaf.subject), [])

    def test_37_one_that_is_not_offered_is_an_invalid_profile(self):
        account = self.new_account()
        for profile in ("monthly", "Weekly", "weekly ", "default", "*", "x" * 1000, "\u00fc"):
            self.refused(self.order(account, profile), 400, "invalidProfile")
        self.assertIn('"usual", "weekly"', self.order(account, "monthly").json()["detail"])
        self.assertEqual(self.get(account, account.url + "/orders"), {"orders": []})

    def test_one_that_is_no_name_is_malformed(self):
        account = self.new_account()
        for profile in (None, 1, True, ["weekly"], {"name": "weekly"}, ""):
            self.refused(self.order(account, profile), 400, "malformed")

    def test_names_that_it_does_not_have_are_an_invalid_profile(self):
        account = self.new_account()
        reply = self.order(account, "weekly", "c.profiles.test", "*.c.profiles.test")
        self.refused(reply, 400, "invalidProfile")
        (sub,) = reply.json()["subproblems"]
        self.assertEqual((sub["type"], sub["identifier"]["value"]),
                         (wire.URN + "invalidProfile", "*.c.profiles.test"))
        three = [f"c{i}.profiles.test" for i in range(3)]
        self.refused(self.order(account, "weekly", *three), 400, "invalidProfile")
        self.assertEqual(self.order(account, "weekly", *three[:2]).status, 201)
        self.assertEqual(self.order(account, "usual", "*.c.profiles.test", *three).status, 201)

    def test_a_key_that_it_does_not_have_is_a_bad_csr(self):
        account = self.new_account()
        order = self.order(account, "weekly", "d.profiles.test")
        ready = self.respond(account, {**order.json(), "url": order.headers["Location"]})
        for key in (ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)):
            reply = self.post(account, ready["finalize"], {"csr": b64(csr("d.profiles.test", key=key))})
            self.refused(reply, 400, "badCSR")
            self.assertIn('"weekly"', reply.json()["detail"])
        self.assertEqual(self.get(account, ready["url"])["status"], "ready")
        self.certificate_by(account, "usual", "d.profiles.test", key=ec.generate_private_key(ec.SECP384R1()))

    def test_no_order_asks_for_more_life_than_it_has(self):
        account = self.new_account()
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=30)
        not_after = end.strftime("%Y-%m-%dT%H:%M:%SZ")
        self.refused(self.order(account, "weekly", notAfter=not_after), 400, "malformed")
        self.assertEqual(self.order(account, "usual", notAfter=not_after).status, 201)


class Renamed(ProfilesTest):
    server_arguments = ("profiles=true",)

    def test_an_order_whose_profile_is_gone_is_not_finalized(self):
        account = self.new_account()
        order = self.order(account, "weekly", "e.profiles.test")
        ready = self.respond(account, {**order.json(), "url": order.headers["Location"]})
        self.server.change("profiles=false")
        reply = self.post(account, ready["finalize"], {"csr": b64(csr("e.profiles.test"))})
        self.refused(reply, 400, "invalidProfile")
        self.assertIn('"weekly"', reply.json()["detail"])
        self.server.change("profiles=true")
        reply = self.post(account, ready["finalize"], {"csr": b64(csr("e.profiles.test"))})
        self.assertEqual(reply.status, 200, reply)


class Without(ProfilesTest):
    def test_a_server_without_profiles_shows_none_and_takes_none(self):
        self.assertNotIn("profiles", self.server.directory["meta"])
        account = self.new_account()
        self.assertNotIn("profile", self.new_order(account, "a.profiles.test"))
        self.refused(self.order(account, "default"), 400, "invalidProfile")


class Restricted(ProfilesTest):
    server_arguments = ("profiles=true", "directory:default=optional", "directory:team=off")

    def test_a_directory_offers_what_it_is_told_to(self):
        team = self.server.directories[1]
        directory = self.server.request("GET", team).json()
        self.assertEqual(list(directory["meta"]["profiles"]), ["weekly"])
        key = wire.Key()
        reply = self.send(directory["newAccount"], self.draft(directory["newAccount"], {}, key))
        account = wire.Account(key, reply.headers["Location"], reply)
        identifiers = [{"type": "dns", "value": "a.profiles.test"}]
        reply = self.post(account, directory["newOrder"], {"identifiers": identifiers})
        self.assertEqual((reply.status, reply.json()["profile"]), (201, "weekly"))
        reply = self.post(account, directory["newOrder"], {"identifiers": identifiers, "profile": "usual"})
        self.refused(reply, 400, "invalidProfile")

    def test_an_external_account_key_allows_what_it_is_told_to(self):
        made = self.server.external_account_key(profiles=["weekly"])
        key, url = wire.Key(), self.url["newAccount"]
        binding = self.binding(key, url, made)
        account = self.new_account(key, {"externalAccountBinding": binding})
        self.assertEqual(self.order(account, wire.ABSENT).json()["profile"], "weekly")
        self.assertEqual(self.order(account, "weekly").status, 201)
        self.refused(self.order(account, "usual"), 400, "invalidProfile")
        unbound = self.new_account()
        self.assertEqual(self.order(unbound, "usual").status, 201)

    def binding(self, key, url, made):
        secret = wire.unb64(made["mac_key"])
        return wire.jws(key, {"alg": "HS256", "kid": made["kid"], "url": url}, key.jwk(),
                        lambda text: hmac.new(secret, text, hashlib.sha256).digest())


if __name__ == "__main__":
    unittest.main()
