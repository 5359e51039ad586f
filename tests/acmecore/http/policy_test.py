"""What an operator does not want certified: RFC 8555 §6.7.1, §7.4."""
import unittest

from cryptography.hazmat.primitives.asymmetric import ec

import wire
from wire import b64, csr


def dns(*values):
    return [{"type": "dns", "value": value} for value in values]


class Policy(wire.WireTest):
    def test_each_name_that_is_refused_is_told(self):
        account = self.new_account()
        for names, refused in ((("a.denied.test",), {"a.denied.test"}),
                               (("*.denied.test", "a.policy.test"), {"*.denied.test"}),
                               (("a.policy.test", "A.b.Denied.test", "*.a.denied.test"),
                                {"a.b.denied.test", "*.a.denied.test"})):
            reply = self.post(account, self.url["newOrder"], {"identifiers": dns(*names)})
            self.refused(reply, 403, "rejectedIdentifier")
            subproblems = reply.json()["subproblems"]
            self.assertEqual({sub["identifier"]["value"] for sub in subproblems}, refused)
            for sub in subproblems:
                self.assertEqual(sub["type"], wire.URN + "rejectedIdentifier")
                self.assertIn("deny list", sub["detail"])
        self.assertEqual(self.get(account, account.url + "/orders"), {"orders": []})

    def test_the_nearest_names_are_not_refused(self):
        account = self.new_account()
        for name in ("denied.test", "*.test.policy.test", "xdenied.test", "a.denied.test.policy.test"):
            self.assertEqual(self.new_order(account, name)["status"], "pending")

    def test_a_key_of_a_type_that_is_not_certified_is_a_bad_csr(self):
        account = self.new_account()
        order = self.ready_order(account, "a.policy.test")
        request = csr("a.policy.test", key=ec.generate_private_key(ec.SECP521R1()))
        reply = self.post(account, order["finalize"], {"csr": b64(request)})
        self.refused(reply, 400, "badCSR")
        self.assertIn("P-521", reply.json()["detail"])
        self.assertEqual(self.get(account, order["url"])["status"], "ready")
        request = csr("a.policy.test", key=ec.generate_private_key(ec.SECP384R1()))
        self.assertEqual(self.post(account, order["finalize"], {"csr": b64(request)}).status, 200)


if __name__ == "__main__":
    unittest.main()
