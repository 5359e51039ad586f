"""Where a request comes from, and what guessing costs."""
import itertools
import unittest

from wire import VALUES, DoorTest, basic


class BehindAProxy(DoorTest):
    ARGUMENTS = ("open", "proxies=127.0.0.1/32,198.51.100.0/24")

    def test_the_last_hop_that_is_no_proxy_counts(self):
        account = self.account(allowfrom=["192.0.2.0/24"])
        post = lambda *fields: self.door.send(
            "POST", "/update", [("X-Api-User", account["username"]), ("X-Api-Key", account["password"])] +
            [("X-Forwarded-For", field) for field in fields],
            '{"subdomain":"%s","txt":"%s"}' % (account["subdomain"], VALUES[0])).status
        self.assertEqual(post("192.0.2.1"), 200)
        self.assertEqual(post("203.0.113.5, 192.0.2.1, 198.51.100.7"), 200)
        self.assertEqual(post("203.0.113.5", "192.0.2.1"), 200)
        self.assertEqual(post("192.0.2.1, 203.0.113.5"), 401, "the client wrote the first")
        self.assertEqual(post("192.0.2.1", "203.0.113.5"), 401)
        self.assertEqual(post("192.0.2.1, unknown"), 401)
        self.assertEqual(post(), 401, "the proxy itself")

    def test_an_account_is_told_with_the_address_of_a_proxy_that_names_nobody(self):
        for headers, address in (({"X-Forwarded-For": "192.0.2.1"}, "192.0.2.1"),
                                 ({"X-Forwarded-For": "unknown"}, "127.0.0.1"), ({}, "127.0.0.1")):
            self.door.command("acts")
            self.assertEqual(self.door.register(b"", headers).status, 201)
            self.assertEqual([act.split()[-1] for act in self.door.command("acts")], [address])

    def test_one_address_locks_no_other_out(self):
        account = self.account()
        post = lambda address, key: self.door.update(
            {**account, "password": key}, {"subdomain": account["subdomain"], "txt": VALUES[0]},
            {"X-Forwarded-For": address}).status
        self.guess(lambda: post("192.0.2.66", "x" * 40), lambda: post("192.0.2.66", account["password"]))
        self.assertEqual(post("192.0.2.67", account["password"]), 200)
        hosts = itertools.count(1)  # one client has all of a /64
        self.guess(lambda: post("2001:db8::%x" % next(hosts), "x" * 40), lambda: post("2001:db8::1", "x" * 40))


class Imported(DoorTest):
    def test_an_imported_account_works_and_costs_bcrypt_once(self):
        self.door.command("import mover $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW old.corp.test")
        headers = basic("mover", "U*U")
        body = '{"fqdn":"old.corp.test.","value":"v"}'
        self.assertEqual(self.door.send("POST", "/present", basic("mover", "wrong"), body).status, 401)
        for _ in range(3):
            self.assertEqual(self.door.send("POST", "/present", headers, body).status, 200)
        self.assertEqual(self.door.txt("old.corp.test"), ["v"])


if __name__ == "__main__":
    unittest.main()
