"""RFC 8555 §7.1.2 and §7.3: A01 to A13, updates and deactivation."""
import unittest

import wire
from wire import Key, b64, csr

TERMS = "https://corp.test/terms"


class AccountTest(wire.WireTest):
    def ask(self, payload, key=None):
        url = self.url["newAccount"]
        return self.send(url, self.draft(url, payload, key or Key()))


class NewAccounts(AccountTest):
    def test_a_new_account_is_201_with_location_and_object(self):
        account = self.new_account(payload={"contact": ["mailto:a@corp.test"]})
        self.assertEqual(account.reply.status, 201)
        self.assertEqual(account.reply.json(), {"status": "valid", "contact": ["mailto:a@corp.test"],
                                                "orders": account.url + "/orders"})
        self.assertEqual(self.get(account, account.url), account.reply.json())

    def test_A01_only_return_existing_makes_no_account(self):
        key = Key()
        for _ in range(2):
            self.refused(self.ask({"onlyReturnExisting": True}, key), 400, "accountDoesNotExist")
        account = self.new_account(key)
        reply = self.ask({"onlyReturnExisting": True}, key)
        self.assertEqual((reply.status, reply.headers["Location"]), (200, account.url))

    def test_A02_a_known_key_has_its_account(self):
        account = self.new_account(payload={"contact": ["mailto:a@corp.test"]})
        reply = self.ask({"contact": ["mailto:b@corp.test"], "onlyReturnExisting": False}, account.key)
        self.assertEqual((reply.status, reply.headers["Location"]), (200, account.url))
        self.assertEqual(reply.json()["contact"], ["mailto:a@corp.test"])

    def test_A03_a_contact_of_another_scheme(self):
        for contact in ("ftp://corp.test", "tel:+15551234567", "https://corp.test", "a@corp.test", ""):
            reply = self.ask({"contact": [contact]})
            self.assertEqual(reply.status, 400, reply)
            self.assertIn(reply.error, ("unsupportedContact", "invalidContact"))
        self.refused(self.ask({"contact": ["ftp://corp.test"]}), 400, "unsupportedContact")

    def test_A04_to_A06_A09_a_contact_that_is_no_single_address(self):
        for contact in ("mailto:a@corp.test?subject=x", "mailto:a@corp.test,b@corp.test", "mailto:", "mailto:a",
                        "mailto:@corp.test", "mailto:a@", "mailto:a@corp.test\r\nBcc: b@corp.test",
                        "mailto:a%0d%0aBcc:b@corp.test", "mailto:a%2540@corp.test",
                        "mailto:a b@corp.test", "mailto:a@corp.test\0",
                        "mailto:" + "a" * 400 + "@corp.test"):
            self.refused(self.ask({"contact": [contact]}), 400, "invalidContact")

    def test_A07_A08_contacts_that_are_no_strings(self):
        for contact in ("mailto:a@corp.test", {}, 1, None, [1], [None], [["mailto:a@corp.test"]]):
            self.refused(self.ask({"contact": contact}), 400, "malformed")

    def test_A10_many_contacts(self):
        self.assertEqual(self.ask({"contact": [f"mailto:a{i}@corp.test" for i in range(10)]}).status, 201)
        self.refused(self.ask({"contact": [f"mailto:a{i}@corp.test" for i in range(11)]}), 400, "invalidContact")
        self.refused_somehow(self.ask({"contact": [f"mailto:a{i}@corp.test" for i in range(5000)]}))

    def test_A12_unknown_members_are_ignored_and_not_shown(self):
        reply = self.ask({"orders": "https://evil.test", "unknown": 1, "onlyReturnExisting": False,
                          "initialIp": "192.0.2.1"})
        self.assertEqual(reply.status, 201)
        self.assertEqual(set(reply.json()), {"status", "contact", "orders"})
        self.assertEqual(reply.json()["orders"], reply.headers["Location"] + "/orders")

    def test_A13_a_status_in_new_account_is_ignored(self):
        self.assertEqual(self.ask({"status": "deactivated"}).json()["status"], "valid")

    def test_payloads_that_are_no_object(self):
        for payload in ("", "[]", "null", "x", "{", '{"contact":[],"contact":[]}', b"\xff"):
            self.refused(self.ask(payload), 400, "malformed")
        for payload in ({"onlyReturnExisting": "true"}, {"termsOfServiceAgreed": 1}):
            self.refused(self.ask(payload), 400, "malformed")


class TermsOfService(AccountTest):
    server_arguments = ("terms_of_service=" + TERMS,)

    def test_A11_terms_must_be_agreed_to(self):
        self.assertEqual(self.server.directory["meta"]["termsOfService"], TERMS)
        for payload in ({}, {"termsOfServiceAgreed": False}):
            self.refused(self.ask(payload), 400, "malformed")
        reply = self.ask({"termsOfServiceAgreed": True})
        self.assertEqual(reply.status, 201)
        self.assertTrue(reply.json()["termsOfServiceAgreed"])

    def test_a_known_key_need_not_agree_again(self):
        key = Key()
        self.assertEqual(self.ask({"termsOfServiceAgreed": True}, key).status, 201)
        self.assertEqual(self.ask({}, key).status, 200)


class ChangedTerms(AccountTest):
    """RFC 8555 §7.3.3."""

    OTHERS = "https://corp.test/terms?v=2&x"
    server_arguments = ("terms_of_service=" + TERMS, "must_agree_again=true")

    def setUp(self):
        self.server.change("terms_of_service=" + TERMS)
        self.account = self.new_account(payload={"termsOfServiceAgreed": True})

    def order(self):
        payload = {"identifiers": [{"type": "dns", "value": "a.terms.test"}]}
        return self.post(self.account, self.url["newOrder"], payload)

    def refused_order(self):
        reply = self.order()
        self.refused(reply, 403, "userActionRequired")
        self.assertEqual(reply.links("terms-of-service"), [self.OTHERS])
        return reply.json()["instance"]

    def page(self, method, url, status=200):
        """What a person sees."""
        reply = self.server.request(method, url, "" if method == "POST" else None,
                                    {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {})
        self.assertEqual((reply.status, reply.headers["Content-Type"]), (status, "text/html; charset=utf-8"), reply)
        self.assertEqual(reply.headers.get_all("Cache-Control"), ["no-store"])
        return reply

    def test_who_agreed_to_the_terms_is_not_asked_again(self):
        self.assertEqual(self.order().status, 201)

    def test_a_person_agrees_to_the_new_ones(self):
        before = self.order().headers["Location"]
        self.server.change("terms_of_service=" + self.OTHERS)
        instance = self.refused_order()
        self.assertEqual(self.refused_order(), instance)
        self.assertEqual(self.get(self.account, before)["status"], "pending")  # all else goes on
        page = self.page("GET", instance)
        self.assertIn(b'<a href="https://corp.test/terms?v=2&amp;x">', page.body)
        self.assertEqual(self.server.request("HEAD", instance).status, 200)
        self.refused_order()
        self.page("POST", instance)
        self.assertEqual(self.order().status, 201)
        for method in ("GET", "POST"):
            self.assertIn(b"it was agreed to already", self.page(method, instance, 404).body)

    def test_a_person_sees_a_page_also_where_the_agreement_cannot_be_kept(self):
        self.server.change("terms_of_service=" + self.OTHERS)
        instance = self.refused_order()
        self.server.change("store_full=true")
        try:
            page = self.page("POST", instance, 503)
            self.assertEqual(page.headers["Retry-After"], "10")
        finally:
            self.server.change("store_full=false")
        self.page("POST", instance)
        self.assertEqual(self.order().status, 201)

    def test_the_account_cannot_agree_by_itself(self):
        self.server.change("terms_of_service=" + self.OTHERS)
        self.post(self.account, self.account.url, {"termsOfServiceAgreed": True})
        self.new_account(self.account.key, {"termsOfServiceAgreed": True})
        self.refused_order()

    def test_only_the_url_that_was_told_agrees_and_only_to_its_terms(self):
        self.server.change("terms_of_service=" + self.OTHERS)
        instance = self.refused_order()
        other = self.new_account(payload={"termsOfServiceAgreed": True})
        token = instance.rsplit("/", 1)[1]
        for path in (instance[:-1] + ("0" if instance[-1] != "0" else "1"), instance[:-1],
                     f"{self.server.origin}/acme/terms/{other.url.rsplit('/', 1)[1]}/{token}",
                     f"{self.server.origin}/acme/terms/0/{token}"):
            for method in ("GET", "POST"):
                self.assertIn(b"nothing to agree to", self.page(method, path, 404).body)
        reply = self.server.request("PUT", instance)
        self.refused(reply, 405, "malformed")
        self.assertEqual(reply.headers["Allow"], "GET, HEAD, POST, OPTIONS")
        self.server.change("terms_of_service=https://corp.test/3")
        self.page("POST", instance, 404)
        self.refused(self.order(), 403, "userActionRequired")


class Updates(AccountTest):
    def test_contacts_are_exchanged_and_cleared(self):
        account = self.new_account(payload={"contact": ["mailto:a@corp.test"]})
        for contacts in (["mailto:b@corp.test"], []):
            reply = self.post(account, account.url, {"contact": contacts})
            self.assertEqual((reply.status, reply.json()["contact"]), (200, contacts))
            self.assertEqual(self.get(account, account.url)["contact"], contacts)

    def test_bad_contacts_change_nothing(self):
        account = self.new_account(payload={"contact": ["mailto:a@corp.test"]})
        self.refused(self.post(account, account.url, {"contact": ["ftp:x"]}), 400, "unsupportedContact")
        self.refused(self.post(account, account.url, {"contact": "x"}), 400, "malformed")
        self.assertEqual(self.get(account, account.url)["contact"], ["mailto:a@corp.test"])

    def test_what_a_client_may_not_set_is_ignored(self):
        account = self.new_account()
        before = self.get(account, account.url)
        for payload in ({"orders": "x"}, {"termsOfServiceAgreed": True}, {"status": "revoked"}, {"status": "valid"},
                        {"unknown": 1}, {}):
            reply = self.post(account, account.url, payload)
            self.assertEqual((reply.status, reply.json()), (200, before), payload)

    def test_another_account_is_not_found(self):
        one, other = self.new_account(), self.new_account()
        for url in (other.url, other.url + "/orders"):
            self.refused(self.post(one, url), 404, "malformed")
        self.refused(self.post(one, other.url, {"status": "deactivated"}), 404, "malformed")
        self.assertEqual(self.get(other, other.url)["status"], "valid")

    def test_a_deactivated_account_is_401_for_ever(self):
        account = self.new_account()
        order, ready = self.new_order(account, "a.accounts.test"), self.ready_order(account, "b.accounts.test")
        challenge = self.get(account, order["authorizations"][0])["challenges"][0]["url"]
        reply = self.post(account, account.url, {"status": "deactivated"})
        self.assertEqual((reply.status, reply.json()["status"]), (200, "deactivated"))
        self.refused(self.post(account, ready["finalize"], {"csr": b64(csr("b.accounts.test"))}), 401, "unauthorized")
        self.refused(self.post(account, challenge, {}), 401, "unauthorized")
        self.refused(self.post(account, account.url), 401, "unauthorized")
        self.refused(self.post(account, order["url"]), 401, "unauthorized")
        self.refused(self.post(account, account.url, {"status": "valid"}), 401, "unauthorized")
        self.refused(self.post(account, self.url["newOrder"], {}), 401, "unauthorized")
        self.refused(self.ask({}, account.key), 401, "unauthorized")
        self.refused(self.ask({"onlyReturnExisting": True}, account.key), 401, "unauthorized")

    def test_an_account_lists_its_orders_and_no_invalid_ones(self):
        account = self.new_account()
        self.assertEqual(self.get(account, account.url + "/orders"), {"orders": []})
        pending = self.new_order(account, "a.accounts.test")
        failed = self.new_order(account, "a.refused.test")
        self.assertEqual(self.respond(account, failed)["status"], "invalid")
        _, _, issued = self.issue(account, "b.accounts.test")
        self.assertEqual(self.get(account, account.url + "/orders")["orders"], [pending["url"], issued["url"]])

    def test_a_long_list_of_orders_comes_in_pages(self):
        account = self.new_account()
        expected = [self.new_order(account, f"a{i}.accounts.test")["url"] for i in range(101)]
        listed, url = [], account.url + "/orders"
        pages = 0
        while url:
            reply = self.post(account, url)
            listed += reply.json()["orders"]
            url = next(iter(reply.links("next")), None)
            pages += 1
        self.assertEqual(listed, expected)
        self.assertGreater(pages, 1)


if __name__ == "__main__":
    unittest.main()
