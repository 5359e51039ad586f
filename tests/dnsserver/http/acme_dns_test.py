"""acme-dns's contract, octet for octet, and what is here beside it."""
import json
import re
import unittest

from wire import VALUES, DoorTest

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


class Register(DoorTest):
    def test_answers_one_line_in_the_order_of_acme_dns(self):
        for body in (b"", b"{}", b"null", b"  null\n"):
            answer = self.door.register(body)
            self.assertEqual(answer.status, 201)
            self.assertEqual(answer.headers["content-type"], "application/json")
            self.assertRegex(answer.text(), r'\A\{"username":"%s","password":"[A-Za-z0-9_-]{40}",'
                                            r'"fulldomain":"(%s)\.acme\.test","subdomain":"\1","allowfrom":\[\]\}\Z'
                                            % (UUID, UUID))

    def test_hands_out_each_name_once(self):
        names = {self.account()["subdomain"] for _ in range(30)}
        self.assertEqual(len(names), 30)

    def test_echoes_allowfrom_as_given(self):
        networks = ["192.168.100.1/24", "1.2.3.4/32", "2002:c0a8:2a00::0/40"]
        self.assertEqual(self.account(allowfrom=networks)["allowfrom"], networks)
        answer = self.door.register(b'{"AllowFrom":["[2002:c0a8:2a00::0]/40"]}')
        self.assertEqual(answer.json()["allowfrom"], ["2002:c0a8:2a00::0/40"])
        self.assertEqual(self.door.register(b'{"allowfrom":null}').json()["allowfrom"], [])

    def test_one_wrong_network_refuses_the_list(self):
        for networks in (["1.2.3.4/33"], ["1.2.3.4/32", "x"], [""], [None], ["1.2.3.4"], ["2002::/129"]):
            self.assert_error(self.door.register(json.dumps({"allowfrom": networks})), 400, "invalid_allowfrom_cidr")

    def test_refuses_what_is_no_json(self):
        for body in (b"{", b"x", b"[]", b'"x"', b"5", b'{"allowfrom":"1.2.3.4/32"}', b'{"allowfrom":[1]}',
                     b"{}x", b"{}{}", b"{'a':1}"):
            self.assert_error(self.door.register(body), 400, "malformed_json_payload")

    def test_looks_at_no_content_type(self):
        for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json", "x/y; z"):
            self.assertEqual(self.door.register(b"{}", {"Content-Type": kind}).status, 201)

    def test_lets_nobody_take_a_name_for_ever_where_everybody_may_register(self):
        self.assert_error(self.door.register(b'{"subdomain":"www"}'), 400, "bad_subdomain")


class Update(DoorTest):
    def setUp(self):
        super().setUp()
        self.mine = self.account()
        self.name = self.mine["fulldomain"]

    def post(self, value, **changes):
        return self.door.update(self.mine, {"subdomain": self.mine["subdomain"], "txt": value, **changes})

    def test_answers_with_the_value_and_it_is_there(self):
        answer = self.post(VALUES[0])
        self.assertEqual((answer.status, answer.text()), (200, '{"txt": "%s"}' % VALUES[0]))
        self.assertEqual(answer.headers["content-type"], "application/json")
        self.assertEqual(self.door.txt(self.name), [VALUES[0]])

    def test_more_than_two_values_stand_side_by_side(self):
        for value in VALUES[:10]:
            self.assertEqual(self.post(value).status, 200)
        self.assertEqual(self.door.txt(self.name), VALUES[:10])

    def test_the_same_value_twice_evicts_nothing(self):
        for value in (VALUES[0], VALUES[1], VALUES[1], VALUES[1]):
            self.assertEqual(self.post(value).status, 200)
        self.assertEqual(self.door.txt(self.name), VALUES[:2])

    def test_an_account_holds_no_more_values_than_it_may(self):
        """CVE-2024-1737: what grows without bound slows everybody down."""
        for value in VALUES[:20]:
            self.assertEqual(self.post(value).status, 200)
        self.assert_error(self.post(VALUES[20]), 429, "too_many_values")
        self.assertEqual(self.post(VALUES[0]).status, 200)
        self.assertEqual(self.door.txt(self.name), VALUES[:20])

    def test_names_have_no_case_and_what_is_behind_is_ignored(self):
        sub = self.mine["subdomain"]
        for body in ('{"SubDomain":"%s","Txt":"%s"}', '{"SUBDOMAIN":"%s","TXT":"%s"}', '{"subdomain":"%s","txt":"%s"}x',
                     '{"subdomain":"%s","txt":"%s"}{"txt":"y"}', '{"a":[{}],"txt":"no","subdomain":"%s","Txt":"%s"}'):
            self.assertEqual(self.door.update(self.mine, body % (sub, VALUES[0])).status, 200, body)
        self.assertEqual(self.door.txt(self.name), [VALUES[0]])

    def test_a_value_is_43_characters_of_base64url(self):
        for value in ("", "x", VALUES[0][1:], VALUES[0] + "x", VALUES[0][1:] + "=", VALUES[0][1:] + "\u00e9"):
            self.assert_error(self.post(value), 400, "bad_txt")
        self.assert_error(self.door.update(self.mine, {"subdomain": self.mine["subdomain"]}), 400, "bad_txt")

    def test_everything_about_who_it_is_is_forbidden(self):
        other = self.account()
        body = {"subdomain": self.mine["subdomain"], "txt": VALUES[0]}
        wrong = [{**self.mine, "password": other["password"]}, {**self.mine, "username": other["username"]},
                 {**self.mine, "password": ""}, {**self.mine, "username": ""}, {**self.mine, "password": "x" * 40},
                 {**self.mine, "password": self.mine["password"] + "x"},
                 {**self.mine, "username": self.mine["username"].upper()},
                 {**self.mine, "username": "' OR 1=1 --"}]
        for account in wrong:
            self.assert_error(self.door.update(account, body), 401, "forbidden")
        for headers in ({}, {"X-Api-User": self.mine["username"]}, {"X-Api-Key": self.mine["password"]}):
            self.assert_error(self.door.send("POST", "/update", headers, json.dumps(body)), 401, "forbidden")
        for malformed in (b"", b"null", b"{", b"x", b"[]", b'{"subdomain":5,"txt":"x"}'):
            self.assert_error(self.door.update(self.mine, malformed), 401, "forbidden")
        self.assertEqual(self.door.txt(self.name), [])

    def test_nobody_writes_at_the_name_of_another(self):
        """acme-dns compares labels octet by octet; whatever is not exactly one's own is another's."""
        other = self.account()["subdomain"]
        own = self.mine["subdomain"]
        for subdomain in (other, other.upper(), other + ".", "x." + own, own.upper(), own + ".", own + ".acme.test",
                          own + ".acme.test.", "\\" + own[0] + own[1:], "\\%03d%s" % (ord(own[0]), own[1:]), "", "*",
                          own + "\u0000", " " + own):
            self.assert_error(self.post(VALUES[0], subdomain=subdomain), 401, "forbidden")
        self.assertEqual(self.door.txt(other + ".acme.test"), [])

    def test_allowfrom_is_kept_and_nobody_talks_his_way_in(self):
        inside = self.account(allowfrom=["127.0.0.0/8"])
        outside = self.account(allowfrom=["192.0.2.0/24"])
        post = lambda account, headers: self.door.update(
            account, {"subdomain": account["subdomain"], "txt": VALUES[0]}, headers)
        self.assertEqual(post(inside, {}).status, 200)
        self.assert_error(post(outside, {}), 401, "forbidden")
        for forwarded in ("192.0.2.1", "192.0.2.1, 127.0.0.1", "127.0.0.1, 192.0.2.1"):
            self.assert_error(post(outside, {"X-Forwarded-For": forwarded}), 401, "forbidden")

    def test_a_value_can_be_taken_away(self):
        for value in VALUES[:3]:
            self.post(value)
        remove = lambda body: self.door.update(self.mine, {"subdomain": self.mine["subdomain"], **body}, method="DELETE")
        self.assertEqual(remove({"txt": VALUES[1]}).text(), '{"removed": 1}')
        self.assertEqual(self.door.txt(self.name), [VALUES[0], VALUES[2]])
        self.assertEqual(remove({"txt": VALUES[1]}).text(), '{"removed": 0}')
        self.assertEqual(remove({}).text(), '{"removed": 2}')
        self.assertEqual(self.door.txt(self.name), [])
        self.assertEqual(self.door.update({**self.mine, "password": "x" * 40}, {}, method="DELETE").status, 401)

    def test_an_account_can_be_taken_away_and_its_name_never_comes_back(self):
        self.post(VALUES[0])
        headers = {"X-Api-User": self.mine["username"], "X-Api-Key": self.mine["password"]}
        self.assert_error(self.door.send("DELETE", "/register", {**headers, "X-Api-Key": "x" * 40}), 401, "forbidden")
        self.assertEqual(self.door.send("DELETE", "/register", headers).text(), '{"removed": 1}')
        self.assertEqual(self.door.txt(self.name), [])
        self.assert_error(self.post(VALUES[0]), 401, "forbidden")
        self.assertIsNone(self.door.command("import again $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW "
                                            + self.name), "nobody else gets it")

    def test_no_secret_and_no_value_is_logged(self):
        self.post(VALUES[0])
        self.door.update({**self.mine, "password": "w" * 40}, {"subdomain": self.mine["subdomain"], "txt": VALUES[1]})
        self.door.update({"username": "rejected-user", "password": "w" * 40}, "{}")
        self.log = self.door.end()
        self.assertIn("dns.publish.unauthorized", self.log)
        for secret in (self.mine["password"], self.mine["username"], "w" * 40, "rejected-user", VALUES[0], VALUES[1]):
            self.assertNotIn(secret, self.log)


class Routes(DoorTest):
    def test_health_is_empty(self):
        answer = self.door.send("GET", "/health")
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertNotIn("content-type", answer.headers)

    def test_unknown_routes_are_not_found_as_gos_router_says_it(self):
        for target in ("/", "/x", "/register/x", "/a/b/register", "//register", "/.well-known/x", "/health/x"):
            answer = self.door.send("POST", target)
            self.assertEqual((answer.status, answer.text()), (404, "404 page not found\n"), target)
            self.assertTrue(answer.headers["content-type"].startswith("text/plain"))

    def test_methods_that_are_not_there(self):
        for method, target in (("GET", "/register"), ("PUT", "/update"), ("GET", "/update"), ("POST", "/health"),
                               ("GET", "/present"), ("DELETE", "/cleanup")):
            answer = self.door.send(method, target)
            self.assertEqual(answer.status, 405, method + target)
            self.assertIn("allow", answer.headers)

    def test_a_slash_too_many_redirects_with_the_body(self):
        answer = self.door.send("POST", "/register/", {}, b"{}")
        self.assertEqual((answer.status, answer.headers["location"]), (308, "/register"))

    def test_too_much_is_refused_before_it_is_read(self):
        answer = self.door.send("POST", "/update", {"Content-Length": "10000000"})
        self.assertEqual(answer.status, 413)
        self.assertTrue(answer.text().startswith('{"error":'))


if __name__ == "__main__":
    unittest.main()
