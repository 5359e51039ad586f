"""The same thing asked for many times at once: it happens once."""
import unittest

from cryptography.hazmat.primitives.asymmetric import ec

import wire
from wire import Key, b64, csr

TIMES = 16


class Races(wire.WireTest):
    def times(self, account, url, *payloads):
        """Each payload in a request of its own; one payload, TIMES over."""
        payloads = payloads * TIMES if len(payloads) == 1 else payloads
        nonces = {self.server.request("HEAD", self.url["newNonce"]).headers["Replay-Nonce"] for _ in payloads}
        self.assertEqual(len(nonces), len(payloads))
        return self.at_once([(url, self.draft(url, payload, account.key, account.url, {"nonce": nonces.pop()}))
                             for payload in payloads])

    def test_a_nonce_is_used_once(self):
        url = self.url["newAccount"]
        replies = self.at_once([(url, self.draft(url, {}, Key()))] * TIMES)
        self.assertEqual(self.statuses(replies), [201] + [400] * (TIMES - 1))
        self.assertEqual({reply.error for reply in replies if reply.status == 400}, {"badNonce"})

    def test_a_key_gets_one_account(self):
        key, url = Key(), self.url["newAccount"]
        drafts = []
        for _ in range(TIMES):
            nonce = self.server.request("HEAD", self.url["newNonce"]).headers["Replay-Nonce"]
            drafts.append((url, self.draft(url, {}, key, protected={"nonce": nonce})))
        replies = self.at_once(drafts)
        self.assertEqual(self.statuses(replies), [200] * (TIMES - 1) + [201])
        self.assertEqual(len({reply.headers["Location"] for reply in replies}), 1)

    def test_a_challenge_is_validated_once(self):
        account = self.new_account()
        order = self.new_order(account, "a.slow.test")
        challenge = self.get(account, order["authorizations"][0])["challenges"][0]["url"]
        replies = self.times(account, challenge, {})
        self.assertEqual(self.statuses(replies), [200] * TIMES)
        self.assertEqual({reply.json()["status"] for reply in replies}, {"processing"})
        self.assertEqual(self.poll(account, challenge, "processing")["status"], "valid")
        self.assertEqual(self.server.times_validated("a.slow.test"), 1)

    def test_an_order_gets_one_certificate(self):
        account = self.new_account()
        order = self.ready_order(account, "a.races.test")
        replies = self.times(account, order["finalize"], *[{"csr": b64(csr("a.races.test"))} for _ in range(TIMES)])
        accepted = [reply for reply in replies if reply.status == 200]
        self.assertEqual(len(accepted), 1, self.statuses(replies))
        self.assertEqual({reply.error for reply in replies if reply.status != 200}, {"orderNotReady"})
        certificate = self.poll(account, order["url"], "processing", "ready")["certificate"]
        self.assertEqual(accepted[0].json()["certificate"], certificate)

    def test_a_certificate_is_revoked_once(self):
        account = self.new_account()
        der, _, _ = self.issue(account, "b.races.test")
        replies = self.times(account, self.url["revokeCert"], {"certificate": b64(der)})
        self.assertEqual(self.statuses(replies), [200] + [400] * (TIMES - 1))
        self.assertEqual({reply.error for reply in replies if reply.status == 400}, {"alreadyRevoked"})

    def test_a_certificate_is_replaced_once(self):
        account = self.new_account()
        der, _, _ = self.issue(account, "f.races.test")
        payload = {"identifiers": [{"type": "dns", "value": "f.races.test"}], "replaces": wire.certificate_id(der)}
        replies = self.times(account, self.url["newOrder"], payload)
        self.assertEqual(self.statuses(replies), [201] + [409] * (TIMES - 1))
        self.assertEqual({reply.error for reply in replies if reply.status == 409}, {"alreadyReplaced"})

    def test_two_accounts_do_not_get_one_key(self):
        accounts, key, url = [self.new_account() for _ in range(4)], Key(), self.url["keyChange"]
        requests = []
        for account in accounts:
            inner = wire.jws(key, {"alg": key.alg, "jwk": key.jwk(), "url": url},
                             {"account": account.url, "oldKey": account.key.jwk()})
            nonce = self.server.request("HEAD", self.url["newNonce"]).headers["Replay-Nonce"]
            requests.append((url, self.draft(url, inner, account.key, account.url, {"nonce": nonce})))
        replies = self.at_once(requests)
        self.assertEqual(self.statuses(replies), [200, 409, 409, 409])
        winner = accounts[[reply.status for reply in replies].index(200)]
        self.assertEqual({reply.headers["Location"] for reply in replies}, {winner.url})

    def test_a_key_changes_while_orders_go_on(self):
        """What was signed by the old key is done if it came first, and else not believed; nothing is lost between."""
        for number in range(4):
            account, key, change = self.new_account(), Key(), self.url["keyChange"]
            name, other = f"g{number}.races.test", f"h{number}.races.test"
            ready, pending = self.ready_order(account, name), self.new_order(account, other)
            challenge = self.get(account, pending["authorizations"][0])["challenges"][0]["url"]
            inner = wire.jws(key, {"alg": key.alg, "jwk": key.jwk(), "url": change},
                             {"account": account.url, "oldKey": account.key.jwk()})
            identifiers = [{"type": "dns", "value": other}]
            wanted = [(change, inner), (self.url["newOrder"], {"identifiers": identifiers}), (challenge, {}),
                      (ready["finalize"], {"csr": b64(csr(name))})]
            nonces = [self.server.request("HEAD", self.url["newNonce"]).headers["Replay-Nonce"] for _ in wanted]
            changed, *others = self.at_once(
                [(url, self.draft(url, payload, account.key, account.url, {"nonce": nonce}))
                 for (url, payload), nonce in zip(wanted, nonces)])
            self.assertEqual(changed.status, 200, changed)
            for reply in others:
                self.assertIn((reply.status, reply.status < 300 or reply.error),
                              ((200, True), (201, True), (400, "malformed")), reply)
            self.refused(self.post(account, account.url), 400, "malformed")
            moved = wire.Account(key, account.url, changed)
            self.assertEqual(self.respond(moved, pending)["status"], "ready")
            if others[-1].status != 200:
                self.assertEqual(self.post(moved, *wanted[-1]).status, 200)
            self.assertEqual(self.poll(moved, ready["url"], "processing", "ready")["status"], "valid")
            self.refused(self.post(moved, *wanted[-1]), 403, "orderNotReady")
            made = len(self.get(moved, moved.url + "/orders")["orders"])
            self.assertEqual(made, 3 if others[0].status == 201 else 2)

    def test_a_key_is_not_certified_for_two_orders_while_it_is_blocked(self):
        account, key = self.new_account(), ec.generate_private_key(ec.SECP256R1())
        der, _, _ = self.issue(account, "c.races.test", key=key)
        order = self.ready_order(account, "d.races.test")
        url = self.url["revokeCert"]
        nonces = [self.server.request("HEAD", self.url["newNonce"]).headers["Replay-Nonce"] for _ in range(2)]
        revocation = self.draft(url, {"certificate": b64(der)}, Key(private=key), protected={"nonce": nonces[0]})
        request = {"csr": b64(csr("d.races.test", key=key))}
        finalize = self.draft(order["finalize"], request, account.key, account.url, {"nonce": nonces[1]})
        revoked, finalized = self.at_once([(url, revocation), (order["finalize"], finalize)])
        # Whichever came first; but afterwards nothing more.
        self.assertEqual(revoked.status, 200)
        self.assertIn((finalized.status, finalized.status == 200 or finalized.error), ((200, True), (400, "badCSR")))
        again = self.ready_order(account, "e.races.test")
        request = {"csr": b64(csr("e.races.test", key=key))}
        self.refused(self.post(account, again["finalize"], request), 400, "badCSR")


if __name__ == "__main__":
    unittest.main()
