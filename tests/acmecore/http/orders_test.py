"""RFC 8555 §7.1.3, §7.1.4, §7.4 and §7.5: O01 to O52, authorizations and challenges."""
import datetime
import unittest

from cryptography import x509

import wire
from wire import b64, csr


NAME_253 = ".".join(["a" * 62] * 3 + ["a" * 59, "test"])  # as long as a name can be in text


def dns(*values):
    return [{"type": "dns", "value": value} for value in values]


class OrderTest(wire.WireTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.new_account(cls())

    def ask(self, payload, account=None):
        return self.post(account or self.account, self.url["newOrder"], payload)


class NewOrders(OrderTest):
    def test_a_new_order_is_201_with_location_and_object(self):
        reply = self.ask({"identifiers": dns("a.orders.test", "*.a.orders.test")})
        self.assertEqual(reply.status, 201)
        order = reply.json()
        self.assertEqual(order["status"], "pending")
        self.assertEqual(order["identifiers"], dns("a.orders.test", "*.a.orders.test"))
        self.assertEqual(len(order["authorizations"]), 2)
        self.assertRegex(order["expires"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertEqual(order["finalize"], reply.headers["Location"] + "/finalize")
        self.assertNotIn("certificate", order)
        self.assertNotIn("error", order)
        self.assertEqual(self.get(self.account, reply.headers["Location"]), order)

    def test_O01_to_O05_identifiers_that_are_no_list(self):
        for payload in ({}, {"identifiers": []}, {"identifiers": "a.test"}, {"identifiers": None},
                        {"identifiers": {"type": "dns", "value": "a.test"}}, {"identifiers": 1}, "", [], "null"):
            self.refused(self.ask(payload), 400, "malformed")

    def test_O06_to_O13_an_identifier_that_is_none(self):
        for identifier in ("a.test", None, 1, [], {}, {"type": "dns"}, {"value": "a.test"},
                           {"type": "dns", "value": 1}, {"type": "dns", "value": ["a.test"]},
                           {"type": 1, "value": "a.test"}, {"type": None, "value": "a.test"},
                           {"type": "dns", "value": None}, {"type": "dns", "value": ""}):
            self.refused(self.ask({"identifiers": [identifier]}), 400, "malformed")
            self.refused(self.ask({"identifiers": dns("a.orders.test") + [identifier]}), 400, "malformed")

    def test_names_that_no_certificate_may_hold(self):
        for name in ("a..test", ".a.test", "a.test.", "-a.test", "a-.test", "a_b.test", "a b.test", "a.test:443",
                     "https://a.test", "a.test/x", "a\0.test", "*", "*.", "*.*.a.test", "a.*.test", "a*.a.test",
                     "**.a.test", "xn--a.test", "xn--.test", "ab--c.test", "\u00e4.test", "a" * 64 + ".test",
                     ".".join(["a" * 60] * 5), NAME_253 + "t", "a%2etest", "a%2ecorp.test", "a.corp.test\r\n",
                     "a\n.test", "_x.a.test", "*.a_b.test", "f*.a.test", "a.*", "*a.test", "*.127.0.0.1", "a.test\t",
                     "127.0.0.1", "1.2.3.4", "::1", "[::1]", "a@b.test", "\u212a.test"):
            reply = self.ask({"identifiers": dns(name)})
            self.assertIn(reply.status, (400, 403), name)
            self.assertIn(reply.error, ("malformed", "rejectedIdentifier"), name)

    def test_the_longest_name_that_dns_01_can_prove(self):
        self.assertEqual(len(NAME_253), 253)
        longest = NAME_253[len("_acme-challenge."):]
        self.assertEqual(self.ask({"identifiers": dns(longest)}).status, 201)
        self.assertEqual(self.ask({"identifiers": dns("a" * 63 + ".orders.test")}).status, 201)
        for name in ("a" + longest, NAME_253):
            self.refused(self.ask({"identifiers": dns(name)}), 403, "rejectedIdentifier")

    def test_a_wildcard_and_a_name_that_it_covers_have_an_authorization_each(self):
        names = ("*.a.orders.test", "b.a.orders.test", "a.orders.test")
        order = self.new_order(self.account, *names)
        self.assertEqual(order["identifiers"], dns(*names))
        proved = [self.get(self.account, url)["identifier"]["value"] for url in order["authorizations"]]
        self.assertEqual(proved, ["a.orders.test", "b.a.orders.test", "a.orders.test"])
        self.assertEqual(len(set(order["authorizations"])), 3)

    def test_names_that_we_do_not_certify(self):
        for name in ("localhost", "test", "*.test", "1.2.0.192.in-addr.arpa", "a.ip6.arpa"):
            self.refused(self.ask({"identifiers": dns(name)}), 403, "rejectedIdentifier")

    def test_other_types_are_unsupported(self):
        for kind in ("ip", "email", "DNS", "", "permanent-identifier"):
            reply = self.ask({"identifiers": [{"type": kind, "value": "192.0.2.1"}]})
            self.refused(reply, 400, "unsupportedIdentifier")

    def test_addresses_are_unsupported_and_the_answer_says_why(self):
        for address in ("192.0.2.1", "192.0.2.001", "0xC0000201", "2001:db8::1", "2001:DB8:0::1", "[2001:db8::1]",
                        "::ffff:192.0.2.1", "", "a.orders.test"):
            reply = self.ask({"identifiers": [{"type": "ip", "value": address}]})
            self.refused(reply, 400, "unsupportedIdentifier")
            self.assertIn("dns-01", reply.json()["detail"])
            sub, = reply.json()["subproblems"]
            self.assertEqual(sub["type"], wire.URN + "unsupportedIdentifier")
            self.assertEqual(sub["identifier"], {"type": "ip", "value": address})
        reply = self.ask({"identifiers": dns("a.orders.test") + [{"type": "ip", "value": "192.0.2.1"}]})
        self.refused(reply, 400, "unsupportedIdentifier")

    def test_several_bad_identifiers_are_told_each(self):
        reply = self.ask({"identifiers": dns("good.orders.test", "a..test", "localhost")})
        problem = reply.json()
        self.assertEqual(reply.status, 400)
        self.assertEqual(reply.error, "compound")
        told = {sub["identifier"]["value"]: sub["type"].removeprefix(wire.URN) for sub in problem["subproblems"]}
        self.assertEqual(told, {"a..test": "malformed", "localhost": "rejectedIdentifier"})

    def test_names_are_lowered_and_taken_once(self):
        order = self.ask({"identifiers": dns("A.Orders.TEST", "a.orders.test", "b.orders.test")}).json()
        self.assertEqual(order["identifiers"], dns("a.orders.test", "b.orders.test"))
        self.assertEqual(len(order["authorizations"]), 2)

    def test_the_number_of_identifiers_is_limited(self):
        names = [f"a{i}.orders.test" for i in range(101)]
        self.assertEqual(self.ask({"identifiers": dns(*names[:100])}).status, 201)
        self.refused(self.ask({"identifiers": dns(*names)}), 400, "malformed")
        many = dns(*(f"a{i}.t" for i in range(1200)))  # as many as fit into a body
        self.refused(self.ask({"identifiers": many}), 400, "malformed")

    def test_a_validity_is_echoed_and_in_the_certificate(self):
        begin = datetime.datetime.utcnow().replace(microsecond=0) + datetime.timedelta(hours=1)
        end = begin + datetime.timedelta(days=3)
        asked = {"notBefore": begin.isoformat() + "Z", "notAfter": end.isoformat() + "+00:00"}
        reply = self.ask({"identifiers": dns("a.validity.test"), **asked})
        self.assertEqual(reply.status, 201, reply)
        told = {"notBefore": begin.isoformat() + "Z", "notAfter": end.isoformat() + "Z"}
        self.assertEqual({name: reply.json()[name] for name in told}, told)
        order = {**reply.json(), "url": reply.headers["Location"]}
        self.respond(self.account, order)
        reply = self.post(self.account, order["finalize"], {"csr": b64(csr("a.validity.test"))})
        self.assertEqual(reply.status, 200, reply)
        order = self.poll(self.account, order["url"], "processing")
        self.assertEqual({name: order[name] for name in told}, told)
        leaf = x509.load_pem_x509_certificate(self.post(self.account, order["certificate"]).body)
        self.assertEqual((leaf.not_valid_before, leaf.not_valid_after), (begin, end))

    def test_a_validity_that_no_certificate_can_have_is_refused_and_not_ignored(self):
        now = datetime.datetime.utcnow().replace(microsecond=0)
        hours = {name: (now + datetime.timedelta(hours=delta)).isoformat() + "Z"
                 for name, delta in (("past", -2), ("soon", 1), ("later", 12), ("far", 24 * 400))}
        for asked in ({"notBefore": hours["past"]}, {"notBefore": hours["far"]}, {"notAfter": hours["past"]},
                      {"notAfter": hours["far"]}, {"notBefore": hours["later"], "notAfter": hours["soon"]}):
            reply = self.ask({"identifiers": dns("a.orders.test"), **asked})
            self.refused(reply, 400, "malformed")
            self.assertIn("it has to be from", reply.json()["detail"])

    def test_a_validity_that_is_no_time_is_malformed(self):
        for member in ("notBefore", "notAfter"):
            for value in ("x", "", 1, None, [], "2030-01-01", "2030-01-01T00:00:00", "2030-02-30T00:00:00Z"):
                self.refused(self.ask({"identifiers": dns("a.orders.test"), member: value}), 400, "malformed")

    def test_an_order_that_asks_for_no_validity_tells_none(self):
        order = self.ask({"identifiers": dns("a.orders.test")}).json()
        self.assertNotIn("notBefore", order)
        self.assertNotIn("notAfter", order)

    def test_unknown_members_are_ignored(self):
        reply = self.ask({"identifiers": dns("a.orders.test"), "unknown": 1, "status": "valid", "finalize": "x"})
        self.assertEqual((reply.status, reply.json()["status"]), (201, "pending"))
        self.assertNotIn("unknown", reply.json())


class Access(OrderTest):
    def test_O48_O49_anothers_resources_are_not_found(self):
        owner, stranger = self.account, self.new_account()
        _, _, order = self.issue(owner, "a.access.test")
        authorization = order["authorizations"][0]
        challenge = self.get(owner, authorization)["challenges"][0]["url"]
        for url, payloads in ((order["url"], [""]), (order["finalize"], [{"csr": b64(csr("a.access.test"))}]),
                              (authorization, ["", {"status": "deactivated"}]), (challenge, ["", {}]),
                              (order["certificate"], [""])):
            for payload in payloads:
                reply = self.post(stranger, url, payload)
                self.refused(reply, 404, "malformed")
                # It says as much as of one that is not there.
                absent = self.post(stranger, self.not_there(url), payload)
                self.refused(absent, 404, "malformed")
                self.assertEqual(reply.json()["detail"], absent.json()["detail"])
        self.assertEqual(self.get(owner, authorization)["status"], "valid")

    def not_there(self, url):
        parts = url.removeprefix(self.server.origin).split("/")
        parts[3] = parts[3][:-1] + ("0" if parts[3][-1] != "0" else "1")
        return self.server.origin + "/".join(parts)

    def test_O50_what_does_not_exist_is_404(self):
        for path in ("/acme/order/0", "/acme/authorization/0", "/acme/challenge/0/dns-01", "/acme/certificate/00",
                     "/acme/certificate/xyz", "/acme/order/" + "0" * 64):
            self.refused(self.post(self.account, self.server.origin + path), 404, "malformed")
        finalize = self.server.origin + "/acme/order/0/finalize"
        self.refused(self.post(self.account, finalize, {"csr": "AA"}), 404, "malformed")

    def test_resources_that_are_only_read_take_no_payload(self):
        order = self.new_order(self.account, "a.access.test")
        _, _, issued = self.issue(self.account, "b.access.test")
        for payload in ({}, [], "x", {"status": "valid"}):
            for url in (order["url"], self.account.url + "/orders", issued["certificate"]):
                self.refused(self.post(self.account, url, payload), 400, "malformed")


class Authorizations(OrderTest):
    def authorization_of(self, name):
        order = self.new_order(self.account, name)
        url = order["authorizations"][0]
        return order, url, self.get(self.account, url)

    def test_O51_a_wildcards_authorization(self):
        _, _, authorization = self.authorization_of("*.a.authorizations.test")
        self.assertEqual(authorization["identifier"], dns("a.authorizations.test")[0])
        self.assertIs(authorization["wildcard"], True)
        self.assertEqual([c["type"] for c in authorization["challenges"]], ["dns-01"])

    def test_O52_an_ordinary_authorization(self):
        _, url, authorization = self.authorization_of("a.authorizations.test")
        self.assertIn(authorization.get("wildcard", False), (False,))
        self.assertEqual(authorization["status"], "pending")
        for challenge in authorization["challenges"]:
            self.assertRegex(challenge["token"], r"^[A-Za-z0-9_-]{22,}$")
            self.assertEqual(challenge["status"], "pending")
            self.assertNotIn("error", challenge)
            self.assertNotIn("validated", challenge)
            reply = self.post(self.account, challenge["url"])
            self.assertEqual((reply.status, reply.json()), (200, challenge))
            self.assertIn(url, reply.links("up"))

    def test_a_proved_name(self):
        order, url, _ = self.authorization_of("a.authorizations.test")
        self.assertEqual(self.respond(self.account, order)["status"], "ready")
        authorization = self.get(self.account, url)
        self.assertEqual(authorization["status"], "valid")
        challenge, = authorization["challenges"]
        self.assertEqual(challenge["status"], "valid")
        self.assertRegex(challenge["validated"], r"^\d{4}-\d\d-\d\dT")

    def test_a_name_that_is_not_proved(self):
        for name, error in (("a.refused.test", "unauthorized"), ("a.unanswered.test", "dns")):
            order, url, _ = self.authorization_of(name)
            order = self.respond(self.account, order)
            self.assertEqual(order["status"], "invalid")
            authorization = self.get(self.account, url)
            self.assertEqual(authorization["status"], "invalid")
            challenge, = authorization["challenges"]
            self.assertEqual(challenge["status"], "invalid")
            self.assertEqual(challenge["error"]["type"], wire.URN + error)
            self.assertEqual(order["error"]["subproblems"][0]["identifier"], dns(name)[0])
            self.refused(self.post(self.account, order["finalize"], {"csr": b64(csr(name))}), 403, "orderNotReady")

    def test_a_slow_validation_goes_on_behind_the_answer(self):
        order, url, authorization = self.authorization_of("a.slow.test")
        challenge = authorization["challenges"][0]["url"]
        for _ in range(2):
            reply = self.post(self.account, challenge, {})
            self.assertEqual((reply.status, reply.json()["status"]), (200, "processing"))
            self.assertEqual(reply.headers["Retry-After"], "1")
        reply = self.post(self.account, url)
        self.assertEqual((reply.json()["status"], reply.headers["Retry-After"]), ("pending", "1"))
        self.assertEqual(self.poll(self.account, challenge, "processing")["status"], "valid")
        self.assertEqual(self.get(self.account, order["url"])["status"], "ready")

    def test_one_account_has_a_hundred_validations_under_way(self):
        account = self.new_account()
        order = self.new_order(account, *(f"n{i}.endless.test" for i in range(100)))
        for url in order["authorizations"]:
            challenge = self.get(account, url)["challenges"][0]["url"]
            self.assertEqual(self.post(account, challenge, {}).json()["status"], "processing")
        url, = self.new_order(account, "a.orders.test")["authorizations"]
        challenge = self.get(account, url)["challenges"][0]["url"]
        reply = self.post(account, challenge, {})
        self.refused(reply, 429, "rateLimited")
        self.assertEqual(reply.headers["Retry-After"], "10")
        self.assertEqual(self.get(account, challenge)["status"], "pending")
        other = self.new_account()
        self.assertEqual(self.respond(other, self.new_order(other, "a.orders.test"))["status"], "ready")

    def test_a_challenge_that_is_decided_stays_so(self):
        order, url, authorization = self.authorization_of("a.authorizations.test")
        challenge = authorization["challenges"][0]["url"]
        self.respond(self.account, order)
        before = self.get(self.account, challenge)
        self.assertEqual(self.post(self.account, challenge, {}).json(), before)

    def test_a_challenge_response_is_an_object_of_which_nothing_is_read(self):
        _, _, authorization = self.authorization_of("a.authorizations.test")
        challenge = authorization["challenges"][0]["url"]
        for payload in ("[]", "null", "x", "1", '"{}"'):
            self.refused(self.post(self.account, challenge, payload), 400, "malformed")
        self.assertEqual(self.get(self.account, challenge)["status"], "pending")
        reply = self.post(self.account, challenge, {"keyAuthorization": "x", "status": "valid", "unknown": []})
        self.assertEqual(reply.status, 200)

    def test_a_challenge_of_another_type_is_not_found(self):
        _, url, authorization = self.authorization_of("a.authorizations.test")
        base_url = authorization["challenges"][0]["url"].rsplit("/", 1)[0]
        for kind in ("http-01", "tls-alpn-01", "dns-account-01", "x"):
            self.refused(self.post(self.account, base_url + "/" + kind), 404, "malformed")
            self.refused_somehow(self.post(self.account, base_url + "/" + kind, {}))
        self.assertEqual(self.get(self.account, url)["status"], "pending")

    def test_a_deactivated_authorization_counts_for_nothing(self):
        for proved in (False, True):
            order, url, authorization = self.authorization_of("a.authorizations.test")
            if proved:
                self.respond(self.account, order)
            reply = self.post(self.account, url, {"status": "deactivated"})
            self.assertEqual((reply.status, reply.json()["status"]), (200, "deactivated"))
            self.assertEqual(self.get(self.account, order["url"])["status"], "invalid")
            finalize = self.post(self.account, order["finalize"], {"csr": b64(csr("a.authorizations.test"))})
            self.refused(finalize, 403, "orderNotReady")
            challenge = authorization["challenges"][0]["url"]
            if not proved:
                self.refused(self.post(self.account, challenge, {}), 400, "malformed")

    def test_an_authorization_takes_no_other_status(self):
        _, url, _ = self.authorization_of("a.authorizations.test")
        for payload in ({}, {"status": "valid"}, {"status": "revoked"}, {"status": 1}, {"status": None}, [], "x"):
            self.refused(self.post(self.account, url, payload), 400, "malformed")
        self.assertEqual(self.get(self.account, url)["status"], "pending")


class Expired(OrderTest):
    """RFC 8555 §7.1.6: what time ends."""

    def tearDown(self):
        self.server.change(f"order_lifetime={7 * 86400}", f"authorization_lifetime={30 * 86400}")
        super().tearDown()

    def ended(self, order, name):
        """The order is invalid and nothing can be had by it."""
        self.assertEqual(self.get(self.account, order["url"])["status"], "invalid")
        self.refused(self.post(self.account, order["finalize"], {"csr": b64(csr(name))}), 403, "orderNotReady")
        self.assertNotIn(order["url"], self.get(self.account, self.account.url + "/orders")["orders"])

    def test_an_order_that_expired_before_it_was_proved(self):
        self.server.change("order_lifetime=0")
        order = self.new_order(self.account, "a.expired.test")
        self.ended(order, "a.expired.test")
        url, = order["authorizations"]
        authorization = self.get(self.account, url)
        self.assertEqual(authorization["status"], "expired")
        challenge = authorization["challenges"][0]["url"]
        self.refused(self.post(self.account, challenge, {}), 400, "malformed")
        self.refused(self.post(self.account, url, {"status": "deactivated"}), 400, "malformed")
        self.assertEqual(self.get(self.account, url), authorization)
        self.assertEqual(self.server.times_validated("a.expired.test"), 0)

    def test_an_order_whose_proof_expired_before_it_was_finalized(self):
        self.server.change("authorization_lifetime=0")
        order = self.new_order(self.account, "b.expired.test", "c.expired.test")
        self.assertEqual(self.respond(self.account, order)["status"], "invalid")
        self.ended(order, "b.expired.test")
        error = self.get(self.account, order["url"])["error"]
        self.assertEqual({sub["identifier"]["value"]: sub["type"] for sub in error["subproblems"]},
                         {name: wire.URN + "unauthorized" for name in ("b.expired.test", "c.expired.test")})
        url = order["authorizations"][0]
        authorization = self.get(self.account, url)
        self.assertEqual((authorization["status"], authorization["challenges"][0]["status"]), ("expired", "valid"))
        self.assertEqual(self.post(self.account, authorization["challenges"][0]["url"], {}).json()["status"], "valid")
        self.assertEqual(self.get(self.account, url), authorization)


if __name__ == "__main__":
    unittest.main()
