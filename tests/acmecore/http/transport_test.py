"""RFC 8555 §6.1 to §6.3 and §7.1: T01 to T44, and what HTTP itself asks."""
import json
import unittest

import wire
from wire import Key


class MediaTypes(wire.WireTest):
    def new_account_as(self, content_type):
        url = self.url["newAccount"]
        return self.send(url, self.draft(url, {}, Key()), content_type)

    def test_T01_to_T05_another_content_type_is_415(self):
        for content_type in ("application/json", "text/plain", None, "application/x-www-form-urlencoded",
                             "application/jose", "application/jose+jsonx", "application/jose+json, text/plain", ""):
            self.refused(self.new_account_as(content_type), 415, "malformed")

    def test_T06_parameters_and_case_of_the_content_type_do_not_matter(self):
        for content_type in ("application/jose+json; charset=utf-8", "Application/JOSE+JSON",
                             "application/jose+json ;x"):
            self.assertEqual(self.new_account_as(content_type).status, 201)


class Methods(wire.WireTest):
    def resources(self):
        account = self.new_account()
        _, _, order = self.issue(account, "a.methods.test")
        authorization = order["authorizations"][0]
        challenge = self.get(account, authorization)["challenges"][0]["url"]
        return [account.url, order["url"], authorization, challenge, order["finalize"], order["certificate"],
                self.get(account, account.url)["orders"], self.url["newAccount"], self.url["newOrder"],
                self.url["revokeCert"], self.url["keyChange"]]

    def test_T10_to_T20_get_of_what_is_not_public_is_405(self):
        for url in self.resources():
            reply = self.server.request("GET", url)
            self.refused(reply, 405, "malformed")
            self.assertEqual(reply.headers["Content-Type"], "application/problem+json")
            self.assertIn("POST", reply.headers["Allow"])
            self.assertNotIn("GET", reply.headers["Allow"])
            self.assertIn(self.server.origin + "/directory", reply.links("index"))

    def test_an_error_has_a_nonce_whatever_the_method_and_no_cache_keeps_it(self):
        for method, url in (("GET", self.url["newOrder"]), ("HEAD", self.url["newOrder"]), ("GET", "/nothing"),
                            ("DELETE", "/acme/order/x"), ("PUT", "/directory")):
            reply = self.server.request(method, url)
            self.assertGreaterEqual(reply.status, 400)
            self.assertEqual(len(reply.headers.get_all("Replay-Nonce")), 1)
            self.assertEqual(reply.headers.get_all("Cache-Control"), ["no-store"])
            self.assertEqual(reply.links("index"), [] if url == "/directory" else [self.server.origin + "/directory"])

    def test_T22_other_methods_are_405(self):
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW", "post", "HEAD"):
            reply = self.server.request(method, self.url["newOrder"])
            self.assertEqual(reply.status, 405, method)
        for method in ("PUT", "DELETE"):
            self.assertEqual(self.server.request(method, "/directory").status, 405)
            self.assertEqual(self.server.request(method, self.url["newNonce"]).status, 405)
            self.assertEqual(self.server.request(method, "/directory").headers["Allow"], "GET, HEAD, POST, OPTIONS")
        self.assertEqual(self.server.request("PUT", self.url["newOrder"]).headers["Allow"], "POST, OPTIONS")

    def test_T22_options_tells_a_browser_that_it_may(self):
        reply = self.server.request("OPTIONS", self.url["newOrder"], headers={"Origin": "https://a.test"})
        self.assertEqual(reply.status, 204)
        self.assertEqual(reply.headers["Access-Control-Allow-Origin"], "*")
        self.assertIn("POST", reply.headers["Access-Control-Allow-Methods"])
        self.assertEqual(reply.headers["Access-Control-Allow-Headers"], "Content-Type")
        self.assertEqual(reply.body, b"")
        for url, methods in (("/directory", "GET, HEAD, POST, OPTIONS"), (self.url["keyChange"], "POST, OPTIONS")):
            reply = self.server.request("OPTIONS", url)
            self.assertEqual(reply.headers["Access-Control-Allow-Methods"], methods)
        self.assertEqual(self.server.request("OPTIONS", "/nothing").status, 404)

    def test_every_answer_may_be_read_by_a_browser(self):
        for reply in (self.server.request("GET", "/directory"), self.server.request("GET", "/nothing"),
                      self.new_account().reply):
            self.assertEqual(reply.headers["Access-Control-Allow-Origin"], "*")
            for name in ("Cert-Not-After", "Cert-Not-Before", "Link", "Location", "Replay-Nonce", "Retry-After"):
                self.assertIn(name, reply.headers["Access-Control-Expose-Headers"])

    def test_T23_an_unknown_path_is_404(self):
        account = self.new_account()
        for path in ("/", "/nothing", "/acme", "/acme/", "/acme/new-order/", "/acme/order", "/acme/order/",
                     "/acme/order/a/b", "/acme/order/a/finalize/x", "/directory/", "/directory?x", "/DIRECTORY",
                     "/acme/challenge/a", "/acme/challenge/a/", "//acme/new-order", "/acme//new-order",
                     "/acme/new%2dorder", "/acme/order/\x7f"):
            path = path.replace("\x7f", "%7f")
            self.assertEqual(self.server.request("GET", path).status, 404, path)
            self.refused(self.post(account, self.server.origin + path), 404, "malformed")

    def test_T24_path_traversal_gives_nothing(self):
        for path in ("/../../etc/passwd", "/acme/../directory", "/./directory", "/%2e%2e/etc/passwd",
                     "/acme/certificate/..%2f..%2fissuing.key", "/acme/order/../../etc/passwd", "/..;/directory"):
            self.assertEqual(self.server.request("GET", path).status, 404, path)

    def test_directory_answers_get_head_and_post_as_get(self):
        self.assertEqual(self.server.request("HEAD", "/directory").status, 200)
        account, url = self.new_account(), self.server.origin + "/directory"
        self.assertEqual(self.post(account, url).json(), self.server.directory)
        self.refused(self.post(account, url, {}), 400, "malformed")

    def test_directory_names_the_resources_and_nothing_that_is_not_there(self):
        reply = self.server.request("GET", "/directory")
        self.assertEqual(reply.headers["Content-Type"], "application/json")
        self.assertEqual(set(reply.json()), {"newNonce", "newAccount", "newOrder", "revokeCert", "keyChange", "renewalInfo",
                                              "meta"})
        for url in self.url.values():
            self.assertTrue(url.startswith(self.server.origin + "/"))
        self.assertEqual(reply.json()["meta"]["caaIdentities"], ["ca.test"])
        self.assertNotIn("termsOfService", reply.json()["meta"])
        self.assertIsNone(reply.headers["Link"])

    def test_urls_do_not_follow_the_host_of_the_request(self):
        for headers in ({"Host": "evil.test"}, {"X-Forwarded-Host": "evil.test"}, {"Forwarded": "host=evil.test"}):
            reply = self.server.request("GET", "/directory", headers=headers)
            self.assertEqual(reply.json(), self.server.directory)


class Bodies(wire.WireTest):
    def refused_body(self, body):
        self.refused(self.send(self.url["newAccount"], body), 400, "malformed")

    def test_T30_an_empty_body(self):
        self.refused_body(b"")

    def test_T31_to_T39_a_body_that_is_no_flattened_jws(self):
        good = json.dumps(self.draft(self.url["newAccount"], {}, Key()))
        for body in (b"hello", good[:-20].encode(), b"[]", b'"x"', b"null", b"{}", b"\0", bytes(range(256)),
                     good.replace('"payload"', '"\0"').encode(),
                     good.encode().replace(b'"protected": "', b'"protected": "\xff'),
                     b"\xef\xbb\xbf" + good.encode(), good.encode("utf-16")):
            self.refused_body(body)

    def test_T40_to_T42_members_of_other_types(self):
        good = self.draft(self.url["newAccount"], {}, Key())
        for name in good:
            for value in (1, None, {}, [], True, wire.ABSENT):
                self.refused_body(json.dumps(wire.with_members(good, {name: value})))

    def test_T43_T44_what_is_not_quite_json(self):
        good = json.dumps(self.draft(self.url["newAccount"], {}, Key()))
        for body in (good[:-1] + ",}", good + good, good + "x", "[" + good, "//\n" + good, good.replace('"', "'"),
                     good[:-1] + ',"payload":""}'):
            self.refused_body(body)

    def test_a_deep_body(self):
        reply = self.send(self.url["newAccount"], "[" * 10_000)
        self.refused_somehow(reply)

    def test_unknown_members_of_the_jws_are_ignored(self):
        url = self.url["newAccount"]
        body = wire.with_members(self.draft(url, {}, Key()), {"unknown": [1]})
        self.assertEqual(self.send(url, body).status, 201)

    def test_base64url_with_padding_or_of_the_other_alphabet_is_refused(self):
        url, key = self.url["newAccount"], Key()
        for name in ("protected", "payload", "signature"):
            good = self.draft(url, {"contact": []}, key)
            for text in (good[name] + "=", good[name] + "==", good[name] + "\n", good[name] + " ", good[name] + "+"):
                self.refused_body(json.dumps({**good, name: text}))


class Http(wire.WireTest):
    """What the listener refuses by itself, in the form of the ACME server."""

    def test_its_refusals_are_problem_documents_with_nonce_and_link(self):
        for octets, status in ((b"rubbish\r\n\r\n", 400), (b"POST /acme/new-order HTTP/1.1\r\n\r\n", 400),
                               (b"GET /" + b"x" * 3000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
                               (b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20000 + b"\r\n\r\n", 431),
                               (b"POST /acme/new-order HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413)):
            reply = self.raw(octets)
            self.check_answer_to_post(reply, "")
            self.refused(reply, status, "malformed")
            self.assertEqual(reply.headers["Access-Control-Allow-Origin"], "*")
            self.assertIn("Replay-Nonce", reply.headers["Access-Control-Expose-Headers"])

    def test_keep_alive_holds_over_errors_of_acme(self):
        account = self.new_account()
        before = self.server.connection.sock
        for _ in range(3):
            self.refused(self.post(account, self.url["newOrder"], {}), 400, "malformed")
        self.assertIs(self.server.connection.sock, before)


if __name__ == "__main__":
    unittest.main()
