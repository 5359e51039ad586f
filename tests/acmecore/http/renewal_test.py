"""RFC 9773, over the wire: T38, T76."""
import datetime
import unittest

from cryptography import x509

import wire
from wire import b64, csr


def time_of(text):
    return datetime.datetime.fromisoformat(text.removesuffix("Z"))


class Renewal(wire.WireTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.new_account(cls())

    def info(self, certificate):
        return self.server.request("GET", f"{self.url['renewalInfo']}/{certificate}")

    def renew(self, certificate, *names, account=None):
        payload = {"identifiers": [{"type": "dns", "value": name} for name in names], "replaces": certificate}
        return self.post(account or self.account, self.url["newOrder"], payload)

    def issued(self, *names):
        return wire.certificate_id(self.issue(self.account, *names)[0])

    def test_the_window_is_told_to_everybody(self):
        der, _, _ = self.issue(self.account, "a.renewal.test")
        reply = self.info(wire.certificate_id(der))
        self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, "application/json"))
        self.assertIn(int(reply.headers["Retry-After"]), range(60, 86401))
        self.assertEqual(reply.headers["Access-Control-Allow-Origin"], "*")
        window = reply.json()["suggestedWindow"]
        leaf = x509.load_der_x509_certificate(der)
        self.assertLess(time_of(window["start"]), time_of(window["end"]))
        self.assertLess(time_of(window["end"]), leaf.not_valid_after)
        self.assertGreater(time_of(window["start"]), leaf.not_valid_before + datetime.timedelta(days=59))
        self.assertNotIn("explanationURL", reply.json())

    def test_a_page_that_explains_the_window_is_told_where_there_is_one(self):
        name = self.issued("l.renewal.test")
        window = self.info(name).json()["suggestedWindow"]
        self.server.change("renewal_explanation=https://corp.test/renewal")
        try:
            self.assertEqual(self.info(name).json(), {"suggestedWindow": window,
                                                      "explanationURL": "https://corp.test/renewal"})
        finally:
            self.server.change("renewal_explanation=")
        self.assertEqual(self.info(name).json(), {"suggestedWindow": window})

    def test_T76_a_revoked_certificate_has_a_window_in_the_past(self):
        der, _, _ = self.issue(self.account, "b.renewal.test")
        self.assertEqual(self.post(self.account, self.url["revokeCert"], {"certificate": b64(der)}).status, 200)
        window = self.info(wire.certificate_id(der)).json()["suggestedWindow"]
        self.assertLess(time_of(window["start"]), time_of(window["end"]))
        self.assertLessEqual(time_of(window["end"]), datetime.datetime.utcnow())

    def test_T76_what_names_no_certificate(self):
        name = self.issued("c.renewal.test")
        key, serial = name.split(".")
        for certificate in ("x", "a.b", name + "=", f"{key}=.{serial}", f"{key}", f"{key}.", f".{serial}",
                            f"{name}.{serial}", f"{key}.%41", "a" * 500, f"{key[:-1]}+.{serial}"):
            self.refused(self.info(certificate), 400, "malformed")
        other = ("A" if key[0] != "A" else "B") + key[1:]
        for certificate in (f"{other}.{serial}", "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE"):
            self.refused(self.info(certificate), 404, "malformed")
        for certificate in ("", "/", f"{name}/", f"{name}?x"):
            self.refused(self.info(certificate), 404, "malformed")

    def test_it_is_read_by_get_alone(self):
        url = f"{self.url['renewalInfo']}/{self.issued('d.renewal.test')}"
        self.assertEqual(self.server.request("HEAD", url).status, 200)
        reply = self.post(self.account, url)
        self.refused(reply, 405, "malformed")
        self.assertEqual(reply.headers["Allow"], "GET, HEAD, OPTIONS")

    def test_T38_a_certificate_is_replaced_once(self):
        name = self.issued("e.renewal.test", "f.renewal.test")
        reply = self.renew(name, "f.renewal.test", "g.renewal.test")
        self.assertEqual((reply.status, reply.json()["replaces"]), (201, name))
        url = reply.headers["Location"]
        self.assertEqual(self.get(self.account, url)["replaces"], name)
        self.refused(self.renew(name, "e.renewal.test"), 409, "alreadyReplaced")
        self.respond(self.account, {**reply.json(), "url": url})
        finalized = self.post(self.account, reply.json()["finalize"],
                              {"csr": b64(csr("f.renewal.test", "g.renewal.test"))})
        self.assertEqual(finalized.status, 200)
        self.refused(self.renew(name, "e.renewal.test"), 409, "alreadyReplaced")

    def test_T38_an_order_that_fails_is_in_nobodys_way(self):
        name = self.issued("h.renewal.test")
        reply = self.renew(name, "h.renewal.test", "h.refused.test")
        self.respond(self.account, {**reply.json(), "url": reply.headers["Location"]})
        self.assertEqual(self.renew(name, "h.renewal.test").status, 201)

    def test_T38_what_is_not_ones_own_or_shares_no_name(self):
        name = self.issued("i.renewal.test")
        self.refused(self.renew(name, "i.renewal.test", account=self.new_account()), 403, "unauthorized")
        self.refused(self.renew(name, "j.renewal.test", "*.renewal.test"), 400, "malformed")
        for other in ("", "x", 1, None, [], {}, "aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", name + "="):
            self.refused(self.renew(other, "i.renewal.test"), 400, "malformed")
        self.assertEqual(self.renew(name, "i.renewal.test").status, 201)

    def test_an_order_that_replaces_nothing_says_so(self):
        self.assertNotIn("replaces", self.new_order(self.account, "k.renewal.test"))


if __name__ == "__main__":
    unittest.main()
