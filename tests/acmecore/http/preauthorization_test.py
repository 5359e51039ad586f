"""RFC 8555 §7.4.1, and authorizations that serve more than one order."""
import unittest

import wire
from wire import b64, csr


class Preauthorization(wire.WireTest):
    server_arguments = ("authorization_reuse=3600",)

    def setUp(self):
        self.account = self.new_account()

    def ask(self, identifier):
        return self.post(self.account, self.url["newAuthz"], {"identifier": identifier})

    def test_a_name_is_authorized_before_its_order(self):
        reply = self.ask({"type": "dns", "value": "A.Early.test"})
        self.assertEqual(reply.status, 201, reply)
        self.assertEqual(reply.json()["status"], "pending")
        self.assertEqual(reply.json()["identifier"], {"type": "dns", "value": "a.early.test"})
        self.assertNotIn("wildcard", reply.json())
        url = reply.headers["Location"]
        self.assertEqual(self.get(self.account, url), reply.json())
        self.post(self.account, reply.json()["challenges"][0]["url"], {})
        self.assertEqual(self.poll(self.account, url, "pending")["status"], "valid")

        order = self.new_order(self.account, "a.early.test")
        self.assertEqual((order["status"], order["authorizations"]), ("ready", [url]))
        finalized = self.post(self.account, order["finalize"], {"csr": b64(csr("a.early.test"))})
        self.assertEqual(finalized.status, 200)
        self.assertEqual(self.poll(self.account, order["url"], "processing")["status"], "valid")

    def test_what_no_order_takes_is_not_authorized(self):
        for identifier, status, error in (({"type": "dns", "value": "*.early.test"}, 400, "malformed"),
                                          ({"type": "dns", "value": "a..test"}, 400, "malformed"),
                                          ({"type": "dns", "value": "localhost"}, 403, "rejectedIdentifier"),
                                          ({"type": "email", "value": "a@b.test"}, 400, "unsupportedIdentifier"),
                                          ({"type": "dns"}, 400, "malformed"), ("a.test", 400, "malformed"),
                                          (None, 400, "malformed"), ([], 400, "malformed")):
            self.refused(self.ask(identifier), status, error)
        for payload in ("", {}, [], {"identifiers": [{"type": "dns", "value": "a.test"}]}):
            self.refused(self.post(self.account, self.url["newAuthz"], payload), 400, "malformed")

    def test_an_address_is_unsupported_and_the_answer_says_why(self):
        for address in ("192.0.2.1", "192.0.2.001", "2001:db8::1", "2001:DB8:0::1"):
            reply = self.ask({"type": "ip", "value": address})
            self.refused(reply, 400, "unsupportedIdentifier")
            self.assertIn("dns-01", reply.json()["detail"])
            sub, = reply.json()["subproblems"]
            self.assertEqual(sub["identifier"], {"type": "ip", "value": address})

    def test_get_is_405(self):
        self.refused(self.server.request("GET", self.url["newAuthz"]), 405, "malformed")

    def test_another_account_does_not_share(self):
        order = self.ready_order(self.account, "b.early.test")
        self.assertEqual(self.new_order(self.account, "b.early.test")["authorizations"], order["authorizations"])
        other = self.new_account()
        self.assertNotEqual(self.new_order(other, "b.early.test")["authorizations"], order["authorizations"])

    def test_a_deactivated_one_serves_no_more(self):
        order = self.ready_order(self.account, "c.early.test")
        self.post(self.account, order["authorizations"][0], {"status": "deactivated"})
        again = self.new_order(self.account, "c.early.test")
        self.assertEqual(again["status"], "pending")
        self.assertNotEqual(again["authorizations"], order["authorizations"])


class Without(wire.WireTest):
    def test_a_server_without_it_has_no_such_resource(self):
        self.assertNotIn("newAuthz", self.url)
        account = self.new_account()
        url = self.server.origin + "/acme/new-authz"
        reply = self.post(account, url, {"identifier": {"type": "dns", "value": "a.test"}})
        self.refused(reply, 404, "malformed")
        self.assertEqual(self.server.request("GET", url).status, 404)


if __name__ == "__main__":
    unittest.main()
