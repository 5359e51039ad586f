"""RFC 9444: authorizations that count for the names below theirs."""
import unittest

import wire
from wire import b64, csr


class SubdomainsTest(wire.WireTest):
    def order(self, account, *identifiers):
        payload = {"identifiers": [{"type": "dns", **identifier} for identifier in identifiers]}
        return self.post(account, self.url["newOrder"], payload)

    def ask(self, account, **identifier):
        return self.post(account, self.url["newAuthz"], {"identifier": {"type": "dns", **identifier}})


class Subdomains(SubdomainsTest):
    server_arguments = ("authorization_reuse=3600", "subdomain_authorization=true")

    def test_the_directory_says_so(self):
        self.assertIs(self.server.directory["meta"]["subdomainAuthAllowed"], True)

    def test_an_ancestor_is_proved_in_the_place_of_the_name(self):
        account = self.new_account()
        reply = self.order(account, {"value": "A.b.sub.test", "ancestorDomain": "Sub.test"},
                           {"value": "*.c.sub.test", "ancestorDomain": "sub.test"})
        self.assertEqual(reply.status, 201, reply)
        order = {**reply.json(), "url": reply.headers["Location"]}
        self.assertEqual(order["identifiers"],
                         [{"type": "dns", "value": "a.b.sub.test", "ancestorDomain": "sub.test"},
                          {"type": "dns", "value": "*.c.sub.test", "ancestorDomain": "sub.test"}])
        url, = order["authorizations"]
        authorization = self.get(account, url)
        self.assertEqual(authorization["identifier"], {"type": "dns", "value": "sub.test"})
        self.assertIs(authorization["subdomainAuthAllowed"], True)
        ready = self.respond(account, order)
        self.assertEqual(ready["status"], "ready")
        finalized = self.post(account, order["finalize"], {"csr": b64(csr("a.b.sub.test", "*.c.sub.test"))})
        self.assertEqual(finalized.status, 200, finalized)
        self.assertEqual(self.poll(account, order["url"], "processing")["status"], "valid")

    def test_an_authorization_before_any_order_counts_for_all_below(self):
        account = self.new_account()
        reply = self.ask(account, value="early.test", subdomainAuthAllowed=True)
        self.assertEqual(reply.status, 201, reply)
        self.assertIs(reply.json()["subdomainAuthAllowed"], True)
        self.assertIs(reply.json()["wildcard"], True)
        url = reply.headers["Location"]
        self.assertEqual(self.get(account, url), reply.json())
        self.post(account, reply.json()["challenges"][0]["url"], {})
        self.assertEqual(self.poll(account, url, "pending")["status"], "valid")
        for name in ("early.test", "a.early.test", "*.early.test", "*.a.early.test", "a.b.c.early.test"):
            reply = self.order(account, {"value": name})
            self.assertEqual((reply.json()["status"], reply.json()["authorizations"]), ("ready", [url]), name)
        for name in ("xearly.test", "early.test.test", "test.test"):
            self.assertEqual(self.order(account, {"value": name}).json()["status"], "pending", name)
        other = self.new_account()
        self.assertEqual(self.order(other, {"value": "a.early.test"}).json()["status"], "pending")

        relying = self.order(account, {"value": "b.early.test"})
        self.assertEqual(self.post(account, url, {"status": "deactivated"}).status, 200)
        order = self.get(account, relying.headers["Location"])
        self.assertEqual(order["status"], "invalid")
        self.refused(self.post(account, order["finalize"], {"csr": b64(csr("b.early.test"))}), 403, "orderNotReady")
        self.assertEqual(self.order(account, {"value": "a.early.test"}).json()["status"], "pending")

    def test_one_that_was_not_asked_for_it_counts_for_itself_alone(self):
        account = self.new_account()
        for given in ({}, {"subdomainAuthAllowed": False}):
            reply = self.ask(account, value="alone.test", **given)
            self.assertNotIn("subdomainAuthAllowed", reply.json())
            self.assertNotIn("wildcard", reply.json())
        self.post(account, reply.json()["challenges"][0]["url"], {})
        self.poll(account, reply.headers["Location"], "pending")
        self.assertEqual(self.order(account, {"value": "alone.test"}).json()["status"], "ready")
        for name in ("a.alone.test", "*.alone.test"):
            self.assertEqual(self.order(account, {"value": name}).json()["status"], "pending", name)

    def test_what_is_no_ancestor_is_malformed(self):
        account = self.new_account()
        for ancestor in ("other.test", "b.sub.test", "a.sub.test", "ub.test", "sub.test.", "*.sub.test", ".test", "",
                         "sub..test", "\u00fc.test", None, 1, True, ["sub.test"], {"value": "sub.test"}):
            reply = self.order(account, {"value": "a.sub.test", "ancestorDomain": ancestor})
            self.refused(reply, 400, "malformed")
        reply = self.order(account, {"value": "a.b.sub.test", "ancestorDomain": "sub.test"},
                           {"value": "a.b.sub.test", "ancestorDomain": "b.sub.test"})
        self.refused(reply, 400, "malformed")
        for value in (None, 1, "true", []):
            self.refused(self.ask(account, value="sub.test", subdomainAuthAllowed=value), 400, "malformed")

    def test_a_public_suffix_and_a_single_label_are_rejected(self):
        account = self.new_account()
        for ancestor in ("co.uk", "uk"):
            reply = self.order(account, {"value": "a.corp.co.uk", "ancestorDomain": ancestor})
            self.refused(reply, 403, "rejectedIdentifier")
        self.refused(self.ask(account, value="co.uk", subdomainAuthAllowed=True), 403, "rejectedIdentifier")
        self.assertEqual(self.order(account, {"value": "a.corp.co.uk", "ancestorDomain": "corp.co.uk"}).status, 201)

    def test_the_policy_decides_on_each_name(self):
        account = self.new_account()
        reply = self.order(account, {"value": "a.denied.test", "ancestorDomain": "denied.test"},
                           {"value": "a.sub.test", "ancestorDomain": "sub.test"})
        self.refused(reply, 403, "rejectedIdentifier")
        sub, = reply.json()["subproblems"]
        self.assertEqual(sub["identifier"], {"type": "dns", "value": "a.denied.test"})


class Without(SubdomainsTest):
    server_arguments = ("authorization_reuse=3600",)

    def test_a_directory_without_it_says_nothing_and_refuses_to(self):
        self.assertNotIn("subdomainAuthAllowed", self.server.directory["meta"])
        account = self.new_account()
        reply = self.order(account, {"value": "a.sub.test", "ancestorDomain": "sub.test"})
        self.refused(reply, 403, "unauthorized")
        self.refused(self.ask(account, value="sub.test", subdomainAuthAllowed=True), 403, "unauthorized")
        self.assertEqual(self.ask(account, value="sub.test", subdomainAuthAllowed=False).status, 201)
        self.assertEqual(self.get(account, account.url + "/orders"), {"orders": []})


if __name__ == "__main__":
    unittest.main()
