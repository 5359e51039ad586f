"""RFC 8555 §8.2: challenges that are not met at the first look."""
import time
import unittest

import wire


class Retries(wire.WireTest):
    server_arguments = ("retry_for=3600",)

    def responded(self, name):
        account = self.new_account()
        order = self.new_order(account, name)
        url = order["authorizations"][0]
        challenge = self.get(account, url)["challenges"][0]["url"]
        return account, order, url, challenge, self.post(account, challenge, {})

    def test_a_failure_is_told_while_the_challenge_is_processing(self):
        account, order, url, challenge, first = self.responded("a.refused.test")
        for reply in (first, self.post(account, challenge)):
            self.assertEqual((reply.status, reply.json()["status"]), (200, "processing"))
            self.assertEqual(reply.json()["error"]["type"], wire.URN + "unauthorized")
            self.assertEqual(reply.json()["error"]["detail"], "got another value")
            self.assertNotIn("validated", reply.json())
            self.assertIn(int(reply.headers["Retry-After"]), range(2, 7))
        authorization = self.post(account, url)
        self.assertEqual(authorization.json()["status"], "pending")
        self.assertIn(int(authorization.headers["Retry-After"]), range(2, 7))
        self.assertEqual(self.get(account, order["url"])["status"], "pending")

    def test_a_response_at_once_after_a_failure_changes_nothing(self):
        account, _, _, challenge, first = self.responded("b.refused.test")
        again = self.post(account, challenge, {})
        self.assertEqual((again.status, again.json()), (200, first.json()))

    def respond_until(self, account, challenge, done):
        """Responds again and again, as often as the server answers, until `done` of the challenge."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            reply = self.post(account, challenge, {})
            self.assertEqual(reply.status, 200)
            if done(reply.json()):
                return reply.json()
        self.fail("nothing came of it")

    def test_a_response_a_little_later_is_looked_at_at_once(self):
        account, order, _, challenge, _ = self.responded("a.later.test")
        settled = self.respond_until(account, challenge, lambda seen: seen["status"] != "processing")
        self.assertEqual(settled["status"], "valid")
        self.assertNotIn("error", settled)
        self.assertEqual(self.get(account, order["url"])["status"], "ready")

    def test_there_is_nothing_to_wait_for_once_the_authorization_is_deactivated(self):
        account, _, url, challenge, _ = self.responded("d.refused.test")
        replies = [self.post(account, url, {"status": "deactivated"}), self.post(account, url),
                   self.post(account, challenge)]
        self.assertEqual([(reply.status, reply.json()["status"]) for reply in replies],
                         [(200, "deactivated"), (200, "deactivated"), (200, "processing")])
        for reply in replies:
            self.assertNotIn("Retry-After", reply.headers)

    def test_every_failure_is_added_to_the_error(self):
        account, _, _, challenge, _ = self.responded("c.refused.test")
        seen = self.respond_until(account, challenge, lambda seen: "subproblems" in seen["error"])
        self.assertEqual(seen["status"], "processing")
        self.assertEqual([(sub["type"], sub["detail"], sub["identifier"]) for sub in seen["error"]["subproblems"]],
                         2 * [(wire.URN + "unauthorized", "got another value",
                               {"type": "dns", "value": "c.refused.test"})])


if __name__ == "__main__":
    unittest.main()
