"""Several directories in one server: each with URLs and accounts of its own, and nothing of another's."""
import unittest

import wire
from wire import Key, b64, csr

TERMS = "https://corp.test/terms"
RESOURCES = {"newNonce": "new-nonce", "newAccount": "new-account", "newOrder": "new-order", "revokeCert": "revoke-cert",
             "keyChange": "key-change"}


class DirectoriesTest(wire.WireTest):
    server_arguments = ("directory:default=off", "directory:team=off", "directory:teams=off")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.server.request("GET", "/acme/team/directory").json()

    def account_in(self, directory, key=None):
        """A new account, with `self.url` set to the directory for the usual steps."""
        self.url = {name: url for name, url in directory.items() if name != "meta"}
        account = self.new_account(key)
        self.assertEqual(account.reply.status, 201)
        return account


class Agreements(DirectoriesTest):
    server_arguments = ("terms_of_service=" + TERMS, "must_agree_again=true", "directory:default=off",
                        "directory:team=off")

    def test_a_page_to_agree_at_is_of_the_directory(self):
        payload = {"termsOfServiceAgreed": True}
        self.url = {name: url for name, url in self.team.items() if name != "meta"}
        account = self.new_account(payload=payload)
        self.server.change("terms_of_service=https://corp.test/others")
        order = {"identifiers": [{"type": "dns", "value": "a.agreements.test"}]}
        reply = self.post(account, self.url["newOrder"], order)
        self.refused(reply, 403, "userActionRequired")
        page = reply.json()["instance"]
        base = self.server.origin + "/acme/team/terms/"
        self.assertTrue(page.startswith(base), page)
        elsewhere = page.replace("/acme/team/", "/acme/")
        for method in ("GET", "POST"):
            self.assertEqual(self.server.request(method, elsewhere).status, 404)
        self.assertEqual(self.server.request("GET", page).status, 200)
        self.assertEqual(self.post(account, self.url["newOrder"], order).status, 403)
        self.assertEqual(self.server.request("POST", page).status, 200)
        self.assertEqual(self.post(account, self.url["newOrder"], order).status, 201)


class Rules(DirectoriesTest):
    """The default directory is for public names; "team" for internal ones, too, but for no wildcards."""
    server_arguments = ("public_names=true", "directory:default=off", "directory:team=off")

    def test_each_certifies_what_its_own_allow(self):
        for directory, certified, refused in ((self.server.directory, ("a.hallmarks.dev", "*.hallmarks.dev"),
                                               ("a.corp", "a.test", "co.uk", "a.denied.test")),
                                              (self.team, ("a.hallmarks.dev", "a.corp", "a.test", "co.uk"),
                                               ("*.hallmarks.dev", "*.a.corp", "a.denied.test"))):
            account = self.account_in(directory)
            for name in refused:
                order = {"identifiers": [{"type": "dns", "value": name}]}
                self.refused(self.post(account, self.url["newOrder"], order), 403, "rejectedIdentifier")
            for name in certified:
                self.assertEqual(self.new_order(account, name)["status"], "pending")
            self.issue(account, *certified[:2])


class Renewals(DirectoriesTest):
    def test_a_certificate_is_named_alike_in_all_and_replaced_in_its_own(self):
        mine = self.account_in(self.team)
        der, _, _ = self.issue(mine, "r.directories.test")
        name = wire.certificate_id(der)
        for directory in (self.team, self.server.directory):
            self.assertEqual(self.server.request("GET", directory["renewalInfo"] + "/" + name).status, 200)
        order = {"identifiers": [{"type": "dns", "value": "r.directories.test"}], "replaces": name}
        other = self.account_in(self.server.directory, mine.key)
        self.refused(self.post(other, self.url["newOrder"], order), 403, "unauthorized")
        self.assertEqual(self.post(mine, self.team["newOrder"], order).status, 201)


class Directories(DirectoriesTest):
    def test_each_has_its_urls(self):
        origin = self.server.origin
        for base, directory in ((origin + "/acme/", self.server.directory), (origin + "/acme/team/", self.team)):
            for name, path in RESOURCES.items():
                self.assertEqual(directory[name], base + path)
        self.assertEqual(self.server.directories, [origin + "/directory", origin + "/acme/team/directory",
                                                   origin + "/acme/teams/directory"])

    def test_all_of_an_issuance_has_urls_of_the_directory(self):
        account = self.account_in(self.team)
        base = self.server.origin + "/acme/team/"
        order = self.new_order(account, "a.directories.test")
        authorization = self.get(account, order["authorizations"][0])
        urls = [account.url, account.reply.json()["orders"], order["url"], order["finalize"], *order["authorizations"],
                authorization["challenges"][0]["url"]]
        _, _, issued = self.issue(account, "b.directories.test")
        urls += [issued["url"], issued["certificate"], self.url["renewalInfo"]]
        for url in urls:
            self.assertTrue(url.startswith(base), url)
        self.assertEqual(self.get(account, account.url + "/orders")["orders"], [order["url"], issued["url"]])

    def test_what_is_no_directory_is_not_found(self):
        for path in ("/acme/directory", "/acme/tea/directory", "/acme/TEAM/directory", "/acme/team", "/acme/team/",
                     "/acme/team/directory/", "/acme//directory", "/acme/team/team/directory", "/acme/team/acme/new-nonce",
                     "/team/directory", "/acme/default/directory", "/acme/t%65am/directory", "/acme/team/../directory"):
            reply = self.server.request("GET", path)
            self.assertEqual((reply.status, reply.error), (404, "malformed"), path)

    def test_methods_are_those_of_the_resource(self):
        self.assertEqual(self.server.request("HEAD", self.team["newNonce"]).status, 200)
        self.assertEqual(self.server.request("GET", self.team["newNonce"]).status, 204)
        reply = self.server.request("GET", self.team["newOrder"])
        self.assertEqual((reply.status, reply.headers["Allow"]), (405, "POST, OPTIONS"))
        self.assertEqual(reply.links("index"), [self.server.origin + "/acme/team/directory"])

    def test_a_nonce_is_good_in_every_directory_and_once(self):
        nonce = self.server.request("HEAD", self.url["newNonce"]).headers["Replay-Nonce"]
        url, key = self.team["newAccount"], Key()
        self.assertEqual(self.send(url, self.draft(url, {}, key, protected={"nonce": nonce})).status, 201)
        url = self.server.directory["newAccount"]
        self.refused(self.send(url, self.draft(url, {}, Key(), protected={"nonce": nonce})), 400, "badNonce")

    def test_what_the_listener_refuses_leads_to_the_directory_that_was_asked(self):
        head = b" HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n"
        default, team, teams = self.server.directories
        for path, directory in (("/acme/team/new-order", team), ("/acme/team/no-such-thing", team),
                                ("/acme/teams/new-order", teams), ("/acme/new-order", default), ("/", default)):
            reply = self.raw(b"POST " + path.encode() + head)
            self.refused(reply, 413, "malformed")
            self.assertEqual(reply.links("index"), [directory])
        self.assertEqual(self.raw(b"rubbish\r\n\r\n").links("index"), [default])


class AccountSpaces(DirectoriesTest):
    def test_a_key_has_an_account_in_each_directory(self):
        key = Key()
        here, there = self.account_in(self.server.directory, key), self.account_in(self.team, key)
        self.assertNotEqual(here.url.rsplit("/", 1)[1], there.url.rsplit("/", 1)[1])
        self.post(there, there.url, {"status": "deactivated"})
        self.refused(self.post(there, there.url), 401, "unauthorized")
        self.assertEqual(self.get(here, here.url)["status"], "valid")

    def test_an_account_is_not_known_in_another_directory(self):
        account = self.account_in(self.team)
        account_id = account.url.rsplit("/", 1)[1]
        elsewhere = wire.Account(account.key, f"{self.server.origin}/acme/account/{account_id}", None)
        for url in (elsewhere.url, self.server.directory["newOrder"]):
            self.refused(self.post(elsewhere, url), 400, "accountDoesNotExist")
        teams = wire.Account(account.key, f"{self.server.origin}/acme/teams/account/{account_id}", None)
        self.refused(self.post(teams, teams.url), 400, "accountDoesNotExist")
        # Nor by the URL that is right, at another directory's resources.
        self.refused(self.post(account, elsewhere.url), 400, "malformed")
        self.refused(self.post(account, self.server.directory["newOrder"], {}), 400, "malformed")
        payload = {"onlyReturnExisting": True}
        url = self.server.directory["newAccount"]
        self.refused(self.send(url, self.draft(url, payload, account.key)), 400, "accountDoesNotExist")

    def test_nothing_of_an_account_is_found_through_another_directory(self):
        key = Key()
        here, there = self.account_in(self.server.directory, key), self.account_in(self.team, key)
        self.assertIn("/acme/team/", there.url)
        order = self.new_order(there, "a.directories.test")
        challenge = self.get(there, order["authorizations"][0])["challenges"][0]["url"]
        ready = self.ready_order(there, "b.directories.test")
        _, _, issued = self.issue(there, "c.directories.test")
        urls = [there.url, there.url + "/orders", order["url"], order["authorizations"][0], challenge, issued["certificate"]]
        for url in urls:
            translated = url.replace("/acme/team/", "/acme/")
            self.refused(self.post(here, translated), 404, "malformed")
            self.refused(self.post(there, translated), 400, "malformed")  # the kid is of another directory
            self.assertEqual(self.post(there, url).status, 200)
        finalize = {"csr": b64(csr("b.directories.test"))}
        self.refused(self.post(here, ready["finalize"].replace("/acme/team/", "/acme/"), finalize), 404, "malformed")
        self.refused(self.post(here, challenge.replace("/acme/team/", "/acme/"), {}), 404, "malformed")
        self.assertEqual(self.post(there, ready["finalize"], finalize).status, 200)

    def test_a_request_made_for_one_directory_is_not_taken_in_another(self):
        key = Key()
        draft = self.draft(self.server.directory["newAccount"], {}, key)
        self.refused(self.send(self.team["newAccount"], draft), 403, "unauthorized")

    def test_an_account_may_take_the_key_of_another_directorys(self):
        here, there = self.account_in(self.server.directory), self.account_in(self.team)
        url = self.team["keyChange"]
        inner = wire.jws(here.key, {"alg": here.key.alg, "jwk": here.key.jwk(), "url": url},
                         {"account": there.url, "oldKey": there.key.jwk()})
        self.assertEqual(self.post(there, url, inner).status, 200)
        self.assertEqual(self.get(here, here.url)["status"], "valid")

    def test_no_certificate_has_an_accounts_key_of_whatever_directory(self):
        here, there = self.account_in(self.server.directory), self.account_in(self.team)
        order = self.ready_order(there, "d.directories.test")
        request = {"csr": b64(csr("d.directories.test", key=here.key.private))}
        self.refused(self.post(there, order["finalize"], request), 400, "badCSR")


class WithoutADefault(wire.WireTest):
    server_arguments = ("terms_of_service=" + TERMS, "directory:team=off")

    def test_the_urls_of_a_default_directory_are_not_there(self):
        for path in ("/directory", "/acme/new-nonce", "/acme/account/x", "/acme/default/directory"):
            self.assertEqual(self.server.request("GET", path).status, 404, path)
        self.refused(self.send(self.server.origin + "/acme/new-account", {}), 404, "malformed")

    def test_the_directory_has_terms_of_its_own(self):
        self.assertEqual(self.server.directory["meta"]["termsOfService"], TERMS)
        url = self.url["newAccount"]
        self.refused(self.send(url, self.draft(url, {}, Key())), 400, "malformed")
        self.assertEqual(self.new_account(payload={"termsOfServiceAgreed": True}).reply.status, 201)


if __name__ == "__main__":
    unittest.main()
