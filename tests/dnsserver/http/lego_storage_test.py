"""What lego asks where ACME_DNS_STORAGE_BASE_URL sends it."""
import json
import unittest

from wire import DoorTest, basic

ACCOUNT = {"fulldomain": "c36f50e8.acme.test", "subdomain": "c36f50e8", "username": "user", "password": "secret",
           "server_url": "https://acme-dns.corp.test"}


class Storage(DoorTest):
    def setUp(self):
        super().setUp()
        self.door.command("create lego secret .corp.test")
        self.door.command("create other secret2 .corp.test")
        self.headers = {"Content-Type": "application/json", "Accept": "application/json", **basic("lego", "secret")}

    def get(self, target, headers=None):
        return self.door.send("GET", target, headers or self.headers)

    def keep(self, domain, account=None):
        return self.door.send("POST", "/storage/" + domain, self.headers, json.dumps(account or ACCOUNT))

    def test_an_unknown_domain_is_not_found(self):
        self.assertEqual(self.get("/storage/www.corp.test").status, 404)
        self.assertEqual((self.get("/storage").status, self.get("/storage").json()), (200, {}))

    def test_what_is_kept_comes_back(self):
        self.assertEqual(self.keep("www.corp.test").status, 200)
        self.assertEqual(self.keep("API.corp.test", {**ACCOUNT, "subdomain": "x"}).status, 200)
        self.assertEqual(self.get("/storage/WWW.corp.test").json(), ACCOUNT)
        self.assertEqual(self.get("/storage").json(),
                         {"www.corp.test": ACCOUNT, "API.corp.test": {**ACCOUNT, "subdomain": "x"}})
        self.assertEqual(self.keep("www.corp.test", {**ACCOUNT, "subdomain": "y"}).status, 200)
        self.assertEqual(self.get("/storage/www.corp.test").json()["subdomain"], "y")

    def test_lego_goes_on_where_the_cname_is_there(self):
        self.assertEqual(self.keep("www.aliased.test").status, 201)
        self.assertEqual(self.keep("*.www.aliased.test").status, 201)
        self.assertEqual(self.keep("www.aliased.test", {"fulldomain": 5}).status, 200)

    def test_each_credential_has_its_own(self):
        self.keep("www.corp.test")
        self.assertEqual(self.get("/storage/www.corp.test", basic("other", "secret2")).status, 404)
        self.assertEqual(self.get("/storage", basic("other", "secret2")).json(), {})
        for headers in ({"X": "y"}, basic("lego", "wrong"), basic("nobody", "secret")):
            self.assertEqual(self.get("/storage", headers).status, 401)
            self.assertEqual(self.get("/storage/www.corp.test", headers).status, 401)

    def test_bodies_and_methods_that_make_no_sense(self):
        for body in (b"", b"{", b"[]", b"null", b'{"a":1,"a":2}'):
            self.assertEqual(self.door.send("POST", "/storage/www.corp.test", self.headers, body).status, 400, body)
        self.assertEqual(self.keep("a..b").status, 400)
        self.assertEqual(self.keep("www.corp.test", {"x": "y" * 4096}).status, 409)
        self.assertEqual(self.door.send("DELETE", "/storage/www.corp.test", self.headers).status, 405)
        self.assertEqual(self.door.send("POST", "/storage", self.headers, b"{}").status, 405)


if __name__ == "__main__":
    unittest.main()
