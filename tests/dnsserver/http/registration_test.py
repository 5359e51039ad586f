"""Who may register, and where the name comes from."""
import json
import unittest

from wire import VALUES, DoorTest, basic


NOERROR, NXDOMAIN = 0, 3


class Closed(DoorTest):
    ARGUMENTS = ("closed",)

    def test_the_route_is_not_there(self):
        for target in ("/register", "/token/register"):
            answer = self.door.register(b"", target=target)
            self.assertEqual((answer.status, answer.text()), (404, "404 page not found\n"))


class Open(DoorTest):
    ARGUMENTS = ("open", "rate=5")

    def test_an_address_registers_no_more_often_than_it_may(self):
        """acme-dns#216: anybody fills the store."""
        statuses = [self.door.register().status for _ in range(8)]
        self.assertEqual(statuses, [201] * 5 + [429] * 3)
        self.assert_error(self.door.register(), 429, "too_many_requests")
        self.assertEqual(self.door.send("GET", "/health").status, 200)

    def test_the_name_is_there_until_its_account_goes(self):
        """acme-dns answers NXDOMAIN, which resolvers remember for its SOA's 86400 s."""
        account = self.account()
        rcode = lambda: self.door.command("rcode " + account["fulldomain"])
        self.assertEqual(rcode(), NOERROR)
        self.assertEqual(self.door.command("rcode x." + account["fulldomain"]), NXDOMAIN)
        self.assertEqual(self.door.txt(account["fulldomain"]), [])
        headers = {"X-Api-User": account["username"], "X-Api-Key": account["password"]}
        self.assertEqual(self.door.send("DELETE", "/register", headers).status, 200)
        self.assertEqual(rcode(), NXDOMAIN)

    def test_an_account_that_is_made_or_removed_is_told_with_its_address(self):
        account = self.account()
        name = account["fulldomain"] + "."
        self.assertEqual(self.door.command("acts"), ["created %s 127.0.0.1" % name])
        self.assertEqual(self.door.register(b"{").status, 400)
        self.assertEqual(self.door.update(account, {"subdomain": account["subdomain"], "txt": VALUES[0]}).status, 200)
        self.assertEqual(self.door.command("acts"), [])
        headers = {"X-Api-User": account["username"], "X-Api-Key": account["password"]}
        self.assertEqual(self.door.send("DELETE", "/register", headers).status, 200)
        self.assertEqual(self.door.command("acts"), ["removed %s 127.0.0.1" % name])

    def test_a_token_in_the_path_is_no_route(self):
        self.assertEqual(self.door.register(target="/x/register").status, 404)


class Guarded(DoorTest):
    ARGUMENTS = ("guarded", "token=the-token", "user=team", "password=secret")

    def test_by_the_token_in_the_path(self):
        self.assertEqual(self.door.register(target="/the-token/register").status, 201)
        for target in ("/the-Token/register", "/the-token/x/register", "/the-tokenx/register"):
            self.assertEqual(self.door.register(target=target).status, 404)

    def test_by_basic(self):
        self.assertEqual(self.door.register(b"", basic("team", "secret")).status, 201)
        for headers in ({}, basic("team", "wrong"), basic("Team", "secret"), basic("", ""), basic("team", "")):
            answer = self.door.register(b"", headers)
            self.assertEqual((answer.status, answer.text()), (401, '{"error": "forbidden"}'))
            self.assertTrue(answer.headers["www-authenticate"].startswith("Basic "))

    def test_the_subdomain_may_be_chosen_once(self):
        """acme-dns#386: the CNAME is there first."""
        choose = lambda label: self.door.register(json.dumps({"subdomain": label}), target="/the-token/register")
        account = choose("web-1").json()
        self.assertEqual((account["subdomain"], account["fulldomain"]), ("web-1", "web-1.acme.test"))
        body = {"subdomain": "web-1", "txt": VALUES[0]}
        self.assertEqual(self.door.update(account, body).status, 200)
        self.assert_error(choose("web-1"), 409, "subdomain_taken")
        self.assert_error(choose("WEB-1"), 409, "subdomain_taken")
        for label in ("-a", "a.b", "_acme-challenge", "*", "a" * 64):
            self.assert_error(choose(label), 400, "bad_subdomain")
        headers = {"X-Api-User": account["username"], "X-Api-Key": account["password"]}
        self.assertEqual(self.door.send("DELETE", "/register", headers).status, 200)
        self.assert_error(choose("web-1"), 409, "subdomain_taken")

    def test_guessing_is_slow(self):
        """After its failures an address is refused unseen, rightly or wrongly."""
        register = lambda password: self.door.register(b"", basic("team", password)).status
        self.guess(lambda: register("wrong"), lambda: register("secret"))

    def test_no_token_is_logged(self):
        self.door.register(target="/the-token/register")
        self.door.register(target="/guessed-token/register")
        self.log = self.door.end()
        for secret in ("the-token", "guessed-token"):
            self.assertNotIn(secret, self.log)


class GuardedByNetworks(DoorTest):
    ARGUMENTS = ("guarded", "networks=10.0.0.0/8,2001:db8::/32", "proxies=127.0.0.0/8")

    def test_from_there_and_nowhere_else(self):
        from_there = lambda address: self.door.register(b"", {"X-Forwarded-For": address}).status
        self.assertEqual(from_there("10.1.2.3"), 201)
        self.assertEqual(from_there("2001:db8::7"), 201)
        self.assertEqual(from_there("192.0.2.1"), 401)
        self.assertEqual(from_there("10.1.2.3, 192.0.2.1"), 401)
        self.assertEqual(from_there("unknown"), 401)
        self.assertEqual(self.door.register().status, 401)


if __name__ == "__main__":
    unittest.main()
