"""Names that are paused for an account: the refusal, and the page where a person lifts it."""
import re
import unittest

import wire


def dns(*values):
    return [{"type": "dns", "value": value} for value in values]


class Pausing(wire.WireTest):
    """Names below refused.test fail."""
    server_arguments = ("pause_after=2", "authorization_reuse=3600", "directory:default=off", "directory:team=off")

    def setUp(self):
        self.account = self.new_account()

    def order(self, *names, account=None):
        return self.post(account or self.account, self.url["newOrder"], {"identifiers": dns(*names)})

    def fail_to_prove(self, name):
        order = self.respond(self.account, self.new_order(self.account, name))
        self.assertEqual(order["status"], "invalid")

    def pause(self, *names):
        for name in names:
            self.fail_to_prove(name)
            self.fail_to_prove(name)

    def paused(self, reply, *names):
        """The URL of the page."""
        self.refused(reply, 429, "rateLimited")
        problem = reply.json()
        self.assertEqual([s["identifier"] for s in problem["subproblems"]], dns(*names))
        for subproblem in problem["subproblems"]:
            self.assertEqual(subproblem["type"], wire.URN + "rateLimited")
            self.assertTrue(subproblem["detail"].endswith(": got another value"), subproblem)
        self.assertGreater(int(reply.headers["Retry-After"]), 89 * 86400)
        links = reply.links("help")
        self.assertEqual(len(links), 1)
        self.assertTrue(problem["detail"].endswith("see why, and go on, at " + links[0]), problem)
        return links[0]

    def page(self, method, url, status=200):
        reply = self.server.request(method, url, "" if method == "POST" else None,
                                    {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {})
        self.assertEqual(reply.status, status, reply)
        self.assertEqual(reply.headers["Content-Type"], "text/html; charset=utf-8")
        self.assertEqual(reply.headers["Cache-Control"], "no-store")
        self.assertEqual(reply.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("default-src 'none'", reply.headers["Content-Security-Policy"])
        return reply.body.decode()

    def test_a_name_that_keeps_failing_is_paused_until_a_person_lifts_it(self):
        self.fail_to_prove("a.refused.test")
        self.assertEqual(self.order("a.refused.test").status, 201)
        self.fail_to_prove("a.refused.test")
        url = self.paused(self.order("a.refused.test", "b.good.test"), "a.refused.test")
        self.assertTrue(url.startswith(self.server.origin + "/acme/unpause/" + self.account.url.rsplit("/", 1)[1]))
        self.paused(self.order("*.a.refused.test"), "*.a.refused.test")
        reply = self.post(self.account, self.url["newAuthz"], {"identifier": dns("a.refused.test")[0]})
        self.paused(reply, "a.refused.test")
        self.assertEqual(self.order("b.good.test").status, 201)
        self.assertEqual(self.order("a.refused.test", account=self.new_account()).status, 201)

        shown = self.page("GET", url)
        self.assertIn("<td>a.refused.test</td><td>2</td>", shown)
        self.assertIn("<td>got another value</td>", shown)
        self.assertIn('<form method="post">', shown)
        self.assertEqual(self.page("HEAD", url), "")
        self.paused(self.order("a.refused.test"), "a.refused.test")
        self.assertIn("<li>a.refused.test</li>", self.page("POST", url))
        self.assertEqual(self.order("a.refused.test").status, 201)
        for method in ("GET", "POST"):
            self.assertIn("Nothing", self.page(method, url))

    def test_each_paused_name_is_a_subproblem_and_one_page_lifts_them_all(self):
        self.pause("a.refused.test", "b.refused.test", "c.refused.test")
        names = ("a.refused.test", "b.refused.test")
        url = self.paused(self.order(*names, "d.good.test"), *names)
        self.assertEqual(re.findall(r"<tr><td>([^<]+)<", self.page("GET", url)), [*names, "c.refused.test"])
        self.assertEqual(re.findall(r"<li>([^<]+)<", self.page("POST", url)), [*names, "c.refused.test"])
        self.assertEqual(self.order(*names, "c.refused.test").status, 201)

    def test_the_page_is_for_those_alone_who_have_its_url(self):
        self.pause("a.refused.test")
        url = self.paused(self.order("a.refused.test"), "a.refused.test")
        account, token = url.rsplit("/", 2)[1:]
        expires, mac = token.split("-")
        other = self.new_account().url.rsplit("/", 1)[1]
        base = self.server.origin + "/acme/unpause/"
        later = f"{int(expires, 16) + 1:010x}"
        for path in (base + f"{account}/{token[:-1]}", base + f"{account}/{token}0",
                     base + f"{account}/{expires}-{mac[:-1]}{'0' if mac[-1] != '0' else '1'}",
                     base + f"{account}/{later}-{mac}", base + f"{account}/0000000000-{mac}",
                     base + f"{other}/{token}", base + f"0/{token}", base + f"{account}/x",
                     self.server.origin + f"/acme/team/unpause/{account}/{token}"):
            for method in ("GET", "POST"):
                self.assertIn("there is nothing at this URL", self.page(method, path, 404))
        for path in (base + account, base + f"{account}/", base + f"{account}/{token.upper()}", url + "?x"):
            for method in ("GET", "POST"):
                self.refused_somehow(self.server.request(method, path))
        reply = self.server.request("PUT", url)
        self.refused(reply, 405, "malformed")
        self.assertEqual(reply.headers["Allow"], "GET, HEAD, POST, OPTIONS")
        self.paused(self.order("a.refused.test"), "a.refused.test")
        self.page("POST", url)
        self.assertEqual(self.order("a.refused.test").status, 201)

    def test_where_it_is_off_nothing_is_paused(self):
        self.pause("a.refused.test")
        self.server.change("pause_after=0")
        try:
            self.assertEqual(self.order("a.refused.test").status, 201)
        finally:
            self.server.change("pause_after=2")
        self.paused(self.order("a.refused.test"), "a.refused.test")


if __name__ == "__main__":
    unittest.main()
