"""lego's DNS provider httpreq, in both of its modes."""
import base64
import hashlib
import json
import unittest

from wire import DoorTest, basic

NAME = "_acme-challenge.www.corp.test"


class Httpreq(DoorTest):
    ARGUMENTS = ("closed",)

    def setUp(self):
        super().setUp()
        self.door.command("create lego secret .corp.test")
        self.headers = {"Content-Type": "application/json", "Accept": "application/json", **basic("lego", "secret")}

    def post(self, target, headers=None, **body):
        return self.door.send("POST", target, self.headers if headers is None else headers, json.dumps(body))

    def test_values_come_and_exactly_they_go(self):
        for value in ("apex", "wildcard", "third"):
            answer = self.post("/present", fqdn=NAME + ".", value=value)
            self.assertEqual((answer.status, answer.text()), (200, "{}"))
        self.assertEqual(self.door.txt(NAME), ["apex", "third", "wildcard"])
        self.assertEqual(self.post("/present", fqdn=NAME + ".", value="apex").status, 200)
        self.assertEqual(self.post("/cleanup", fqdn=NAME + ".", value="apex").status, 200)
        self.assertEqual(self.door.txt(NAME), ["third", "wildcard"])
        self.assertEqual(self.post("/cleanup", fqdn=NAME + ".", value="apex").status, 200, "once more is no error")

    def test_raw_mode_digests_the_key_authorization(self):
        key_authorization = "token.thumbprint"
        digest = base64.urlsafe_b64encode(hashlib.sha256(key_authorization.encode()).digest()).rstrip(b"=").decode()
        raw = {"domain": "www.corp.test", "token": "token", "keyAuth": key_authorization}
        self.assertEqual(self.post("/present", **raw).status, 200)
        self.assertEqual(self.door.txt(NAME), [digest])
        self.assertEqual(self.post("/present", **{**raw, "domain": "*.www.corp.test"}).status, 200)
        self.assertEqual(self.door.txt(NAME), [digest])
        self.assertEqual(self.post("/cleanup", **raw).status, 200)
        self.assertEqual(self.door.txt(NAME), [])

    def test_who_it_is_is_asked_for(self):
        for headers in ({}, basic("lego", "wrong"), basic("nobody", "secret"), basic("", "")):
            answer = self.post("/present", headers, fqdn=NAME, value="v")
            self.assertEqual(answer.status, 401)
            self.assertTrue(answer.headers["www-authenticate"].startswith("Basic "))
        self.assertEqual(self.door.txt(NAME), [])

    def test_what_a_credential_may_not_is_refused_with_the_reason(self):
        self.door.command("create narrow secret www.corp.test")
        answer = self.post("/present", basic("narrow", "secret"), fqdn="sub.www.corp.test.", value="v")
        self.assertEqual(answer.status, 403)
        self.assertIn("none of its scopes holds that name", answer.json()["error"])
        self.door.command("create elsewhere secret .corp.test 192.0.2.0/24")
        self.assertEqual(self.post("/present", basic("elsewhere", "secret"), fqdn=NAME, value="v").status, 401)
        self.door.command("create foreign secret .other.test")
        self.assertEqual(self.post("/present", basic("foreign", "secret"), fqdn="a.other.test.", value="v").status, 404)

    def test_bodies_that_make_no_sense(self):
        for body in (b"", b"{", b"null", b'{"fqdn":"a..b","value":"v"}', b'{"fqdn":"%s"}' % NAME.encode(),
                     b'{"domain":"www.corp.test"}', b'{"fqdn":"","value":"v"}', b'{"fqdn":5,"value":"v"}',
                     b'{"fqdn":"%s","value":"v"}x' % NAME.encode()):
            answer = self.door.send("POST", "/present", self.headers, body)
            self.assertEqual(answer.status, 400, body)
            self.assertTrue(answer.json()["error"])
        self.assertEqual(self.post("/present", fqdn=NAME, value="v" * 256).status, 400)

    def test_no_password_and_no_value_is_logged(self):
        self.post("/present", fqdn=NAME, value="the-value")
        self.post("/present", basic("lego", "wrong-password"), fqdn=NAME, value="the-value")
        self.log = self.door.end()
        self.assertIn("dns.challenge.presented", self.log)
        for secret in ("the-value", "secret", "wrong-password"):
            self.assertNotIn(secret, self.log)


if __name__ == "__main__":
    unittest.main()
