"""RFC 8739: short-term certificates that renew themselves."""
import datetime
import email.utils
import unittest

import wire
from wire import b64, csr

DAY = 86400


def rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class StarTest(wire.WireTest):
    """Up to 30 days, in lifetimes of two hours at least."""
    server_arguments = ("auto_renewal=30",)

    def setUp(self):
        self.account = self.new_account()
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)

    def asked(self, **changes):
        renewal = {"end-date": rfc3339(self.now + datetime.timedelta(days=10)), "lifetime": 4 * DAY,
                   "allow-certificate-get": True}
        return wire.with_members(renewal, {name.replace("_", "-"): value for name, value in changes.items()})

    def order(self, renewal, name="a.star.test", **members):
        payload = {"identifiers": [{"type": "dns", "value": name}], "auto-renewal": renewal, **members}
        return self.post(self.account, self.url["newOrder"], payload)

    def start(self, **changes):
        """A valid order."""
        reply = self.order(self.asked(**changes))
        self.assertEqual(reply.status, 201, reply)
        order = self.respond(self.account, {**reply.json(), "url": reply.headers["Location"]})
        self.assertNotIn("star-certificate", order)
        reply = self.post(self.account, order["finalize"], {"csr": b64(csr("a.star.test"))})
        self.assertEqual(reply.status, 200, reply)
        order = {**self.poll(self.account, order["url"], "processing", "ready"), "url": order["url"]}
        self.assertEqual(order["status"], "valid")
        return order

    def certificate(self, reply):
        """What is in the answer, whose headers say the same of it."""
        self.assertEqual(reply.status, 200, reply)
        is_der = reply.headers["Content-Type"] == "application/pkix-cert"
        leaf = (wire.x509.load_der_x509_certificate if is_der else wire.x509.load_pem_x509_certificate)(reply.body)
        for header, time in (("Cert-Not-Before", leaf.not_valid_before), ("Cert-Not-After", leaf.not_valid_after)):
            text = reply.headers[header]
            self.assertRegex(text, r'^"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"$')
            self.assertEqual(email.utils.parsedate_to_datetime(text.strip('"')).replace(tzinfo=None), time)
        self.assertEqual(reply.headers["Vary"], "Accept")
        return leaf


class AutoRenewal(StarTest):
    def cancel(self, order, status="canceled", account=None):
        return self.post(account or self.account, order["url"], {"status": status})

    def test_the_directory_tells_what_it_offers(self):
        self.assertEqual(self.server.directory["meta"]["auto-renewal"],
                         {"min-lifetime": 7200, "max-duration": 30 * DAY, "allow-certificate-get": True})

    def test_an_order_has_a_certificate_that_rolls(self):
        order = self.start()
        self.assertEqual(order["auto-renewal"], {**self.asked(), "lifetime-adjust": 4 * DAY * 3 // 5})
        self.assertEqual(order["expires"], self.asked()["end-date"])
        self.assertNotIn("certificate", order)
        url = order["star-certificate"]
        leaf = self.certificate(self.post(self.account, url))
        self.assertAlmostEqual((leaf.not_valid_after - self.now.replace(tzinfo=None)).total_seconds(), 4 * DAY, delta=120)
        chain = self.post(self.account, url)
        self.assertEqual(chain.headers["Content-Type"], "application/pem-certificate-chain")
        self.assertEqual(chain.body.count(b"BEGIN CERTIFICATE"), 2)
        self.assertEqual(chain.headers["Cache-Control"], "no-store")
        der = self.post(self.account, url, accept="application/pkix-cert")
        self.assertEqual(self.certificate(der), leaf)
        self.assertEqual(len(der.links("up")), 1)

    def test_what_the_order_does_not_say_it_does_not_show(self):
        order = self.start(allow_certificate_get=wire.ABSENT, lifetime_adjust=5 * DAY,
                           start_date=rfc3339(self.now - datetime.timedelta(hours=1)))
        self.assertEqual(order["auto-renewal"], {"start-date": rfc3339(self.now - datetime.timedelta(hours=1)),
                                                 "end-date": self.asked()["end-date"], "lifetime": 4 * DAY,
                                                 "lifetime-adjust": 4 * DAY})
        leaf = self.certificate(self.post(self.account, order["star-certificate"]))
        self.assertEqual(leaf.not_valid_before, (self.now - datetime.timedelta(hours=1)).replace(tzinfo=None))

    def test_whoever_may_gets_it(self):
        order = self.start()
        url = order["star-certificate"]
        reply = self.server.request("GET", url)
        leaf = self.certificate(reply)
        self.assertEqual(leaf, self.certificate(self.post(self.account, url)))
        public, age = reply.headers["Cache-Control"].split(", max-age=")
        self.assertEqual(public, "public")
        # Fresh until the next one: three fifths of the lifetime before the end of this one.
        self.assertAlmostEqual(int(age), 4 * DAY * 2 // 5, delta=120)
        self.assertNotIn("Replay-Nonce", reply.headers)
        head = self.server.request("HEAD", url)
        self.assertEqual((head.status, head.body, head.headers["Cert-Not-After"]),
                         (200, b"", reply.headers["Cert-Not-After"]))
        der = self.server.request("GET", url, headers={"Accept": "application/pkix-cert"})
        self.assertEqual(self.certificate(der), leaf)
        closed = self.start(allow_certificate_get=False)["star-certificate"]
        self.refused(self.server.request("GET", closed), 403, "unauthorized")
        self.certificate(self.post(self.account, closed))

    def test_nobody_else_gets_it(self):
        order = self.start()
        other = self.new_account()
        self.refused(self.post(other, order["star-certificate"]), 404, "malformed")
        self.refused(self.post(self.account, order["star-certificate"], {}), 400, "malformed")
        for url in (order["star-certificate"] + "0", order["star-certificate"] + "/x", order["star-certificate"] + "/1",
                    self.server.origin + "/acme/star-certificate/"):
            self.refused(self.server.request("GET", url), 404, "malformed")
        plain = self.issue(self.account, "a.plain.test")[2]
        self.assertNotIn("auto-renewal", plain)
        absent = plain["url"].replace("/acme/order/", "/acme/star-certificate/")
        self.refused(self.server.request("GET", absent), 404, "malformed")
        self.refused(self.post(self.account, absent), 404, "malformed")
        reply = self.server.request("PUT", order["star-certificate"])
        self.refused(reply, 405, "malformed")
        self.assertEqual(reply.headers["Allow"], "GET, HEAD, POST, OPTIONS")

    def test_it_is_canceled(self):
        order = self.start()
        for status in ("valid", "deactivated", "Canceled", "", None, 1):
            self.refused(self.cancel(order, status), 400, "malformed")
        for payload in ({}, {"status": wire.ABSENT}, []):
            payload = wire.with_members(payload, {}) if isinstance(payload, dict) else payload
            self.refused(self.post(self.account, order["url"], payload), 400, "malformed")
        self.refused(self.cancel(order, account=self.new_account()), 404, "malformed")
        self.assertEqual(self.get(self.account, order["url"])["status"], "valid")
        reply = self.cancel(order)
        self.assertEqual((reply.status, reply.json()["status"]), (200, "canceled"), reply)
        self.assertNotIn("star-certificate", reply.json())
        self.assertLess(reply.json()["expires"], order["expires"])
        self.refused(self.server.request("GET", order["star-certificate"]), 403, "autoRenewalCanceled")
        self.refused(self.post(self.account, order["star-certificate"]), 403, "autoRenewalCanceled")
        self.refused(self.cancel(order), 400, "autoRenewalCancellationInvalid")
        self.assertEqual(self.get(self.account, order["url"])["status"], "canceled")

    def test_only_a_valid_order_is_canceled(self):
        reply = self.order(self.asked())
        pending = {"url": reply.headers["Location"]}
        self.refused(self.cancel(pending), 400, "autoRenewalCancellationInvalid")
        plain = self.issue(self.account, "a.plain.test")[2]
        self.refused(self.cancel(plain), 400, "malformed")

    def test_its_certificates_are_not_revoked(self):
        key = wire.ec.generate_private_key(wire.ec.SECP256R1())
        order = self.start()
        der = self.post(self.account, order["star-certificate"], accept="application/pkix-cert").body
        url = self.url["revokeCert"]
        reply = self.post(self.account, url, {"certificate": b64(der)})
        self.refused(reply, 403, "autoRenewalRevocationNotSupported")
        self.certificate(self.post(self.account, order["star-certificate"]))
        plain = self.issue(self.account, "a.plain.test", key=key)[0]
        self.assertEqual(self.post(self.account, url, {"certificate": b64(plain)}).status, 200)

    def test_what_it_asks_for_has_bounds(self):
        self.assertEqual(self.order(self.asked()).status, 201)
        day = datetime.timedelta(days=1)
        for renewal in ([], "x", 1, {}, self.asked(lifetime=wire.ABSENT), self.asked(end_date=wire.ABSENT),
                        self.asked(lifetime="345600"), self.asked(lifetime=1.5), self.asked(lifetime=7199),
                        self.asked(lifetime=-1), self.asked(lifetime=2 ** 63 - 1), self.asked(lifetime=57 * DAY),
                        self.asked(lifetime_adjust=-1), self.asked(lifetime_adjust="1"),
                        self.asked(end_date="tomorrow"), self.asked(end_date=5),
                        self.asked(end_date=rfc3339(self.now + 3 * day)),
                        self.asked(end_date=rfc3339(self.now + 31 * day)),
                        self.asked(start_date=rfc3339(self.now + 2 * day)), self.asked(start_date="x"),
                        self.asked(allow_certificate_get="true")):
            self.refused(self.order(renewal), 400, "malformed")
        for member in ("notBefore", "notAfter"):
            reply = self.order(self.asked(), **{member: rfc3339(self.now + day)})
            self.refused(reply, 400, "malformed")

    def test_where_it_is_off_there_is_none(self):
        self.server.change("auto_renewal=0")
        try:
            reply = self.server.request("GET", self.server.directories[0])
            self.assertNotIn("auto-renewal", reply.json()["meta"])
            self.refused(self.order(self.asked()), 400, "malformed")
        finally:
            self.server.change("auto_renewal=30")


class Alternates(StarTest):
    server_arguments = (*StarTest.server_arguments, "alternate_chains=2")

    def setUp(self):
        super().setUp()
        self.usual = self.start()["star-certificate"]
        self.urls = [self.usual, self.usual + "/1", self.usual + "/2"]

    def test_each_chain_is_linked_to_all_the_others_whoever_asks(self):
        leaf = self.certificate(self.post(self.account, self.usual))
        issuers = set()
        for url in self.urls:
            replies = [self.post(self.account, url), self.server.request("GET", url)]
            for reply in replies:
                self.assertEqual(self.certificate(reply), leaf)
                self.assertEqual(reply.links("alternate"), [other for other in self.urls if other != url])
            self.assertEqual(replies[0].body, replies[1].body)
            issuers.add(replies[0].body.split(b"-----END CERTIFICATE-----\n")[1])
        self.assertEqual(len(issuers), 3)

    def test_the_leaf_alone_is_linked_to_its_issuer_in_the_chain(self):
        for url in self.urls:
            reply = self.post(self.account, url, accept="application/pkix-cert")
            self.certificate(reply)
            up, = reply.links("up")
            issuer = wire.x509.load_der_x509_certificate(self.server.request("GET", up).body)
            self.assertIn(issuer.public_bytes(wire.serialization.Encoding.PEM), self.post(self.account, url).body)
            self.assertEqual(reply.links("alternate"), [other for other in self.urls if other != url])

    def test_there_are_no_others(self):
        for number in ("0", "3", "01", "1/", "a", "18446744073709551617"):
            self.refused(self.post(self.account, f"{self.usual}/{number}"), 404, "malformed")
            self.refused(self.server.request("GET", f"{self.usual}/{number}"), 404, "malformed")

    def test_they_are_open_to_whom_the_order_is(self):
        self.refused(self.post(self.new_account(), self.urls[1]), 404, "malformed")
        closed = self.start(allow_certificate_get=False)["star-certificate"] + "/1"
        self.refused(self.server.request("GET", closed), 403, "unauthorized")
        self.certificate(self.post(self.account, closed))


if __name__ == "__main__":
    unittest.main()
