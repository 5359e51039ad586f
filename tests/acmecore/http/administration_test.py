"""What clients see of an operator's doings: accounts that were disabled (RFC 8555 §7.3.6), authorizations that were
revoked (§7.1.6)."""
import unittest

import wire
from wire import Key, b64, csr


class DisabledAccounts(wire.WireTest):
    def test_T20_everything_that_it_signs_is_refused(self):
        account = self.new_account()
        pending = self.new_order(account, "a.admin.test")
        ready = self.ready_order(account, "b.admin.test")
        der, _, issued = self.issue(account, "c.admin.test")
        authorization = self.get(account, pending["authorizations"][0])
        self.assertEqual(self.server.operate("disable", account.url), "")
        requests = [(account.url, ""), (account.url, {"contact": []}), (account.url, {"status": "deactivated"}),
                    (account.url + "/orders", ""), (pending["url"], ""), (pending["authorizations"][0], ""),
                    (authorization["challenges"][0]["url"], {}), (issued["certificate"], ""),
                    (ready["finalize"], {"csr": b64(csr("b.admin.test"))}),
                    (self.url["newOrder"], {"identifiers": [{"type": "dns", "value": "d.admin.test"}]}),
                    (self.url["revokeCert"], {"certificate": b64(der)}), (self.server.directories[0], "")]
        for url, payload in requests:
            reply = self.post(account, url, payload)
            self.refused(reply, 401, "unauthorized")
            self.assertIn("revoked", reply.json()["detail"])

    def test_its_key_makes_no_other_account(self):
        key = Key()
        account = self.new_account(key)
        self.server.operate("disable", account.url)
        url = self.url["newAccount"]
        for payload in ({}, {"onlyReturnExisting": True}):
            self.refused(self.send(url, self.draft(url, payload, key)), 401, "unauthorized")

    def test_others_and_its_certificates_stay(self):
        account, other = self.new_account(), self.new_account()
        key = Key()
        der, _, _ = self.issue(account, "e.admin.test", key=key.private)
        self.server.operate("disable", account.url)
        self.assertEqual(self.get(other, other.url)["status"], "valid")
        url = self.url["revokeCert"]
        reply = self.send(url, self.draft(url, {"certificate": b64(der)}, key))  # by its own key
        self.assertEqual(reply.status, 200, reply)

    def test_a_wrong_signature_does_not_learn_of_it(self):
        account = self.new_account()
        self.server.operate("disable", account.url)
        stranger = wire.Account(Key(), account.url, None)
        reply = self.post(stranger, account.url)
        self.refused_somehow(reply)
        self.assertNotIn("revoked", reply.json()["detail"])

    def test_there_is_no_other_way_to_be_disabled(self):
        account = self.new_account()
        self.post(account, account.url, {"status": "revoked"})
        self.assertEqual(self.get(account, account.url)["status"], "valid")
        self.assertEqual(self.server.operate("disable", account.url + "0"), "notFound")


class RevokedAuthorizations(wire.WireTest):
    def test_they_are_shown_and_end_their_orders(self):
        account = self.new_account()
        order = self.ready_order(account, "a.admin.test", "b.admin.test")
        url = order["authorizations"][1]
        self.assertEqual(self.server.operate("revoke", url), "")
        self.assertEqual(self.get(account, url)["status"], "revoked")
        self.assertEqual(self.get(account, order["authorizations"][0])["status"], "valid")
        invalid = self.get(account, order["url"])
        self.assertEqual(invalid["status"], "invalid")
        self.assertEqual([sub["identifier"]["value"] for sub in invalid["error"]["subproblems"]], ["b.admin.test"])
        reply = self.post(account, order["finalize"], {"csr": b64(csr("a.admin.test", "b.admin.test"))})
        self.refused(reply, 403, "orderNotReady")

    def test_nothing_brings_them_back(self):
        account = self.new_account()
        order = self.ready_order(account, "c.admin.test")
        url = order["authorizations"][0]
        challenge = self.get(account, url)["challenges"][0]["url"]
        self.server.operate("revoke", url)
        self.assertEqual(self.post(account, challenge, {}).json()["status"], "valid")  # as it was, and no more
        self.refused(self.post(account, url, {"status": "deactivated"}), 400, "malformed")
        self.assertEqual(self.get(account, url)["status"], "revoked")
        self.assertEqual(self.server.operate("revoke", url), "")

    def test_only_a_valid_one_is_revoked(self):
        account = self.new_account()
        pending = self.new_order(account, "d.admin.test")["authorizations"][0]
        self.assertEqual(self.server.operate("revoke", pending), "malformed")
        self.assertEqual(self.get(account, pending)["status"], "pending")
        refused = self.new_order(account, "a.refused.test")
        self.respond(account, refused)
        self.assertEqual(self.server.operate("revoke", refused["authorizations"][0]), "malformed")
        self.assertEqual(self.get(account, refused["authorizations"][0])["status"], "invalid")


if __name__ == "__main__":
    unittest.main()
