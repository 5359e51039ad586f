"""Web pages that speak to the door: which may read what it says."""
import json
import unittest

from wire import VALUES, DoorTest

PORTAL, EVIL = "https://portal.corp.test", "https://evil.test"


def preflight(origin, method="POST"):
    return {"Origin": origin, "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "content-type,x-api-key,x-api-user"}


def cors_of(answer):
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


class OnePage(DoorTest):
    ARGUMENTS = ("open", "cors=%s,http://localhost:3000" % PORTAL)

    def test_it_registers_and_publishes(self):
        for target in ("/register", "/update", "/present", "/storage/x.test"):
            answer = self.door.send("OPTIONS", target, preflight(PORTAL))
            self.assertEqual((answer.status, answer.body), (204, b""))
            self.assertEqual(cors_of(answer), {
                "access-control-allow-origin": PORTAL, "access-control-allow-methods": "DELETE, GET, POST",
                "access-control-allow-headers": "Authorization, Content-Type, X-Api-Key, X-Api-User",
                "access-control-max-age": "600"})
        registered = self.door.register(b"", {"Origin": PORTAL})
        self.assertEqual(registered.status, 201)
        self.assertEqual(cors_of(registered), {"access-control-allow-origin": PORTAL})
        account = registered.json()
        updated = self.door.update(account, {"subdomain": account["subdomain"], "txt": VALUES[0]}, {"Origin": PORTAL})
        self.assertEqual(updated.status, 200)
        self.assertEqual((cors_of(updated), updated.headers["vary"]), ({"access-control-allow-origin": PORTAL}, "Origin"))

    def test_it_reads_errors_as_well(self):
        answer = self.door.update({"username": "x", "password": "x"}, "{}", {"Origin": PORTAL})
        self.assertEqual((answer.status, cors_of(answer)), (401, {"access-control-allow-origin": PORTAL}))

    def test_another_is_told_nothing(self):
        for origin in (EVIL, "null", "*", PORTAL + ".evil.test", PORTAL.upper()):
            answer = self.door.send("OPTIONS", "/update", preflight(origin))
            self.assertEqual((answer.status, cors_of(answer)), (405, {}), origin)
            answer = self.door.register(b"", {"Origin": origin})
            self.assertEqual((answer.status, cors_of(answer), answer.headers["vary"]), (201, {}, "Origin"), origin)

    def test_no_page_is_trusted_with_the_browsers_own_passwords(self):
        answer = self.door.send("OPTIONS", "/update", preflight(PORTAL))
        self.assertNotIn("access-control-allow-credentials", answer.headers)


class EveryPage(DoorTest):
    ARGUMENTS = ("open", "cors=*")

    def test_as_acme_dns_has_it_by_default(self):
        self.assertEqual(cors_of(self.door.register(b"", {"Origin": EVIL})), {"access-control-allow-origin": "*"})
        self.assertEqual(self.door.send("OPTIONS", "/update", preflight(EVIL)).status, 204)


class NoPage(DoorTest):
    def test_unless_it_is_set(self):
        answer = self.door.send("OPTIONS", "/register", preflight(PORTAL))
        self.assertEqual((answer.status, cors_of(answer)), (405, {}))
        answer = self.door.register(json.dumps({}), {"Origin": PORTAL})
        self.assertEqual((answer.status, cors_of(answer)), (201, {}))
        self.assertNotIn("vary", answer.headers)


if __name__ == "__main__":
    unittest.main()
