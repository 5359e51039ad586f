"""RFC 8555 §6.6: how much comes at most, and what is said to those who have had enough."""
import unittest

import wire
from wire import b64, csr

HELP = "https://corp.test/limits"


def dns(*values):
    return [{"type": "dns", "value": value} for value in values]


class Limited(wire.WireTest):
    """All periods are two hours; the rest is limit_rules() in wire_server.cpp."""
    server_arguments = ("limited=true",)

    def limited(self, reply, part, what):
        """`part` of a period of two hours has to pass."""
        self.refused(reply, 429, "rateLimited")
        self.assertIn(what, reply.json()["detail"])
        self.assertRegex(reply.json()["detail"], r"the next may come at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertRegex(reply.headers["Retry-After"], r"^\d+$")
        self.assertLessEqual(int(reply.headers["Retry-After"]), part)
        self.assertGreater(int(reply.headers["Retry-After"]), part - 120)
        self.assertEqual(reply.links("help"), [HELP])

    def order(self, account, *names):
        return self.post(account, self.url["newOrder"], {"identifiers": dns(*names)})


class Accounts(Limited):
    def test_an_address_makes_so_many_accounts(self):
        key = wire.Key()
        for number in range(8):
            self.assertEqual(self.new_account(key if number == 0 else None).reply.status, 201)
        url = self.url["newAccount"]
        reply = self.send(url, self.draft(url, {}, wire.Key()))
        self.limited(reply, 900, "new accounts from 127.0.0.1: the limit is 8 in 2h")
        # To find one's own again makes none.
        self.assertEqual(self.new_account(key).reply.status, 200)
        reply = self.send(url, self.draft(url, {"onlyReturnExisting": True}, wire.Key()))
        self.refused(reply, 400, "accountDoesNotExist")


class Orders(Limited):
    def test_an_account_has_so_many_orders(self):
        account = self.new_account()
        for _ in range(4):
            self.assertEqual(self.order(account, "a.orders.test").status, 201)
        self.limited(self.order(account, "a.orders.test"), 1800, "new orders of this account: the limit is 4 in 2h")
        self.assertEqual(self.order(self.new_account(), "a.orders.test").status, 201)

    def test_an_order_that_is_refused_counts_for_nothing(self):
        account = self.new_account()
        for _ in range(5):
            self.assertEqual(self.order(account, "a_b.test").status, 400)
            self.assertEqual(self.order(account, "a.denied.test").status, 403)
        self.assertEqual(self.order(account, "a.orders.test").status, 201)


class Certificates(Limited):
    def test_a_registered_domain_has_so_many_certificates(self):
        account = self.new_account()
        waiting = self.ready_order(account, "c.domains.test")
        self.issue(account, "a.domains.test")
        self.issue(account, "b.domains.test")
        what = 'at and below "domains.test": the limit is 2 in 2h'
        self.limited(self.order(account, "d.domains.test"), 3600, what)
        reply = self.post(account, waiting["finalize"], {"csr": b64(csr("c.domains.test"))})
        self.limited(reply, 3600, what)
        self.assertEqual(self.get(account, waiting["url"])["status"], "ready")
        self.assertEqual(self.order(account, "a.otherdomains.test").status, 201)

    # T77
    def test_a_renewal_that_is_due_waits_for_no_room(self):
        account = self.new_account()
        der, _, _ = self.issue(account, "a.renewals.test")
        self.issue(account, "b.renewals.test")
        renewal = {"identifiers": dns("a.renewals.test"), "replaces": wire.certificate_id(der)}
        what = 'at and below "renewals.test": the limit is 2 in 2h'
        self.limited(self.post(account, self.url["newOrder"], renewal), 3600, what)  # it is not due yet
        self.assertEqual(self.post(account, self.url["revokeCert"], {"certificate": b64(der)}).status, 200)
        self.limited(self.order(account, "a.renewals.test"), 3600, what)
        reply = self.post(account, self.url["newOrder"], renewal)
        self.assertEqual(reply.status, 201, reply)
        order = self.respond(account, {**reply.json(), "url": reply.headers["Location"]})
        finalized = self.post(account, order["finalize"], {"csr": b64(csr("a.renewals.test"))})
        self.assertEqual(finalized.status, 200, finalized)


class Failures(Limited):
    def test_an_account_fails_to_prove_a_name_so_often(self):
        account = self.new_account()
        waiting = self.new_order(account, "a.refused.test")
        for _ in range(2):
            order = self.respond(account, self.new_order(account, "a.refused.test"))
            self.assertEqual(order["status"], "invalid")
        what = 'failed validations of "a.refused.test" by this account: the limit is 2 in 2h'
        self.limited(self.order(account, "a.refused.test"), 3600, what)
        challenge = self.get(account, waiting["authorizations"][0])["challenges"][0]["url"]
        self.limited(self.post(account, challenge, {}), 3600, what)
        self.assertEqual(self.get(account, challenge)["status"], "pending")
        self.assertEqual(self.order(account, "b.refused.test").status, 201)


if __name__ == "__main__":
    unittest.main()
