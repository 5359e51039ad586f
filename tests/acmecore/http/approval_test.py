"""Orders that wait for a person: `processing` with a Retry-After, and what comes of it."""
import unittest

from cryptography import x509

import wire
from wire import b64, csr


class ApprovalTest(wire.WireTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.new_account(cls())

    def waiting_order(self, *names):
        order = self.ready_order(self.account, *names)
        reply = self.post(self.account, order["finalize"], {"csr": b64(csr(*names))})
        self.waits(reply)
        return order

    def waits(self, reply):
        self.assertEqual((reply.status, reply.json()["status"]), (200, "processing"), reply)
        self.assertEqual(reply.headers["Retry-After"], "60")
        self.assertNotIn("certificate", reply.json())
        self.assertNotIn("error", reply.json())

    def invalid(self, order):
        shown = self.get(self.account, order["url"])
        self.assertEqual(shown["status"], "invalid")
        return shown["error"]


class Waiting(ApprovalTest):
    def test_an_approved_order_becomes_valid(self):
        order = self.waiting_order("a.asked.test", "b.free.test")
        for _ in range(3):
            self.waits(self.post(self.account, order["url"]))
        self.assertEqual(self.server.operate("approve", order["url"]), "")
        valid = self.poll(self.account, order["url"], "processing")
        self.assertEqual(valid["status"], "valid")
        leaf = x509.load_pem_x509_certificate(self.post(self.account, valid["certificate"]).body)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        self.assertEqual(set(names.get_values_for_type(x509.DNSName)), {"a.asked.test", "b.free.test"})
        self.assertEqual(self.server.operate("approve", order["url"]), "orderNotReady")
        self.assertEqual(self.server.operate("reject", order["url"], reason="late"), "orderNotReady")
        self.assertEqual(self.get(self.account, order["url"]), valid)

    def test_what_the_policy_does_not_name_does_not_wait(self):
        _, _, order = self.issue(self.account, "asked.test", "a.free.test")
        self.assertEqual(self.server.operate("approve", order["url"]), "orderNotReady")

    def test_a_wildcard_that_covers_such_names_waits(self):
        self.waiting_order("*.asked.test")

    def test_a_waiting_order_is_not_finalized_again(self):
        order = self.waiting_order("c.asked.test")
        reply = self.post(self.account, order["finalize"], {"csr": b64(csr("c.asked.test"))})
        self.refused(reply, 403, "orderNotReady")
        self.waits(self.post(self.account, order["url"]))

    def test_a_bad_csr_is_refused_before_anybody_is_asked(self):
        order = self.ready_order(self.account, "d.asked.test")
        reply = self.post(self.account, order["finalize"], {"csr": b64(csr("e.asked.test"))})
        self.refused(reply, 400, "badCSR")
        self.assertEqual(self.get(self.account, order["url"])["status"], "ready")

    def test_an_order_that_is_not_finalized_cannot_be_approved(self):
        order = self.ready_order(self.account, "e.asked.test")
        self.assertEqual(self.server.operate("approve", order["url"]), "orderNotReady")
        self.assertEqual(self.get(self.account, order["url"])["status"], "ready")

    def test_it_is_in_the_list_of_orders_while_it_waits(self):
        account = self.new_account()
        order = self.ready_order(account, "f.asked.test")
        self.post(account, order["finalize"], {"csr": b64(csr("f.asked.test"))})
        self.assertEqual(self.get(account, account.url + "/orders"), {"orders": [order["url"]]})
        self.assertEqual(self.server.operate("reject", order["url"], reason="no"), "")
        self.assertEqual(self.get(account, account.url + "/orders"), {"orders": []})

    def test_it_survives_a_restart(self):
        order = self.waiting_order("g.asked.test")
        self.server.change("approval_timeout=7200")
        self.waits(self.post(self.account, order["url"]))
        self.assertEqual(self.server.operate("approve", order["url"]), "")
        self.assertEqual(self.poll(self.account, order["url"], "processing")["status"], "valid")


class Refusals(ApprovalTest):
    def test_a_rejection_carries_its_reason(self):
        order = self.waiting_order("a.asked.test")
        self.assertEqual(self.server.operate("reject", order["url"], reason="that host is gone"), "")
        error = self.invalid(order)
        self.assertEqual((error["type"], error["status"]), (wire.URN + "rejectedIdentifier", 403))
        self.assertIn("that host is gone", error["detail"])
        self.assertEqual(self.server.operate("approve", order["url"]), "orderNotReady")
        self.assertEqual(self.server.operate("reject", order["url"], reason="again"), "orderNotReady")

    def test_a_deactivated_authorization_ends_it(self):
        order = self.waiting_order("b.asked.test")
        self.post(self.account, order["authorizations"][0], {"status": "deactivated"})
        self.assertIn("deactivated", self.invalid(order)["detail"])
        self.assertEqual(self.server.operate("approve", order["url"]), "orderNotReady")

    def test_a_revoked_authorization_ends_it(self):
        order = self.waiting_order("c.asked.test")
        self.assertEqual(self.server.operate("revoke", order["authorizations"][0]), "")
        self.assertIn("revoked", self.invalid(order)["detail"])
        self.assertEqual(self.server.operate("approve", order["url"]), "orderNotReady")

    def test_a_deactivated_account_gets_nothing(self):
        account = self.new_account()
        order = self.ready_order(account, "d.asked.test")
        self.post(account, order["finalize"], {"csr": b64(csr("d.asked.test"))})
        self.assertEqual(self.post(account, account.url, {"status": "deactivated"}).status, 200)
        self.assertEqual(self.server.operate("approve", order["url"]), "orderNotReady")  # it ended with its account

    def test_a_disabled_account_gets_nothing(self):
        account = self.new_account()
        order = self.ready_order(account, "e.asked.test")
        self.post(account, order["finalize"], {"csr": b64(csr("e.asked.test"))})
        self.assertEqual(self.server.operate("disable", account.url), "")
        self.assertEqual(self.server.operate("approve", order["url"]), "orderNotReady")  # it ended with its account


class Limits(ApprovalTest):
    server_arguments = ("approval_timeout=0",)

    def test_at_the_time_limit_it_is_invalid_and_says_so(self):
        order = self.ready_order(self.account, "a.asked.test")
        reply = self.post(self.account, order["finalize"], {"csr": b64(csr("a.asked.test"))})
        self.assertEqual((reply.status, reply.json()["status"]), (200, "invalid"), reply)
        self.assertNotIn("Retry-After", reply.headers)
        error = self.invalid(order)
        self.assertEqual((error["type"], error["status"]), (wire.URN + "unauthorized", 403))
        self.assertIn("needed the approval of a person", error["detail"])
        self.assertEqual(self.server.operate("approve", order["url"]), "orderNotReady")


if __name__ == "__main__":
    unittest.main()
