"""The exact requests of the clients that speak acme-dns, and how each of them reads the answer."""
import json
import re
import unittest
import base64

from wire import VALUES, DoorTest, basic

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FIELDS = ("username", "password", "fulldomain", "subdomain")


class Clients(DoorTest):
    def api(self, account):
        return {"X-Api-User": account["username"], "X-Api-Key": account["password"]}

    def check(self, account, value):
        self.assertEqual(self.door.txt(account["fulldomain"]), [value])

    def test_cpu_goacmedns(self):
        """Debian's lego, acme-dns-client, older Traefik: capital keys, exactly 201 and 200."""
        agent = {"User-Agent": "goacmedns/0.1.1 (linux; amd64; go1.19)", "Accept-Encoding": "gzip"}
        answer = self.door.register(b"", agent)
        self.assertEqual(answer.status, 201)
        account = answer.json()
        self.assertEqual(self.door.register(b'{"AllowFrom":["127.0.0.0/8"]}', agent).status, 201)
        body = '{"SubDomain":"%s","Txt":"%s"}' % (account["subdomain"], VALUES[0])
        self.assertEqual(self.door.send("POST", "/update", {**agent, **JSON, **self.api(account)}, body).status, 200)
        self.check(account, VALUES[0])

    def test_nrdcg_goacmedns(self):
        """lego, Traefik, cert-manager: `null` where there is no allow-list, and a line feed behind the value."""
        answer = self.door.register(b"null\n", {**JSON, "User-Agent": "goacmedns"})
        self.assertEqual(answer.status // 100, 2)
        account = answer.json()
        self.assertTrue(all(account[field] for field in FIELDS))
        body = '{"subdomain":"%s","txt":"%s"}\n' % (account["subdomain"], VALUES[0])
        self.assertEqual(self.door.send("POST", "/update", {**JSON, **self.api(account)}, body).status // 100, 2)
        self.check(account, VALUES[0])

    def test_acme_sh(self):
        """Reads with sed and grep: one line, a brace first, the value in quotes."""
        answer = self.door.register(b"", {**FORM, "User-Agent": "acme.sh/3.1.0", "Accept": "*/*"})
        text = answer.text()
        self.assertNotIn("\n", text)
        account = {}
        for field in FIELDS:
            account[field] = re.sub(r'^{.*"%s":[ ]*"([^"]*)".*}' % field, r"\1", text)
            self.assertNotEqual(account[field], text)
        body = '{"subdomain":"%s", "txt": "%s"}' % (account["subdomain"], VALUES[0])
        answer = self.door.send("POST", "/update", {**FORM, **self.api(account)}, body)
        self.assertIn('"%s"' % VALUES[0], answer.text())
        self.check(account, VALUES[0])

    def test_posh_acme(self):
        """PowerShell says nothing of JSON, and sends a form's content type."""
        answer = self.door.register(b"{}", FORM)
        self.assertEqual(answer.status // 100, 2)
        account = answer.json()
        body = json.dumps({"subdomain": account["subdomain"], "txt": VALUES[0]}, indent=2).replace("\n", "\r\n")
        self.assertEqual(self.door.send("POST", "/update", {**FORM, **self.api(account)}, body).status // 100, 2)
        self.check(account, VALUES[0])

    def test_win_acme(self):
        """Content type text/plain, HTTP Basic from the URL even where nobody asks for it."""
        plain = {"Content-Type": "text/plain; charset=utf-8"}
        account = self.door.register(b"", {**plain, **basic("user", "password")}).json()
        body = '{"subdomain":"%s","txt":"%s"}' % (account["subdomain"], VALUES[0])
        self.door.send("POST", "/update", {**JSON, **basic("user", "password"), **self.api(account)}, body)
        self.check(account, VALUES[0])

    def test_certify_the_web(self):
        unpadded = lambda octets: base64.urlsafe_b64encode(octets).rstrip(b"=")
        plain = {"Content-Type": "text/plain; charset=utf-8", **basic("user?>", "p", unpadded)}
        account = self.door.register(b'{"allowfrom":[]}', plain).json()
        body = '{"subdomain":"%s","txt":"%s"}' % (account["subdomain"], VALUES[0])
        self.assertEqual(self.door.send("POST", "/update", {**plain, **self.api(account)}, body).status // 100, 2)
        self.check(account, VALUES[0])

    def test_certbot_hook(self):
        """Exactly 201 and 200; of an error it reads the JSON."""
        answer = self.door.register(b'{"allowfrom": ["127.0.0.0/8", "::1/128"]}', JSON)
        self.assertEqual(answer.status, 201)
        account = answer.json()
        body = json.dumps({"subdomain": account["subdomain"], "txt": VALUES[0]})
        self.assertEqual(self.door.send("POST", "/update", {**JSON, **self.api(account)}, body).status, 200)
        self.check(account, VALUES[0])
        self.assertEqual(self.door.send("POST", "/update", JSON, body).json(), {"error": "forbidden"})

    def test_libdns_acmedns(self):
        """Caddy never registers; exactly 200."""
        account = self.account()
        body = '{"subdomain":"%s","txt":"%s"}' % (account["subdomain"], VALUES[0])
        self.assertEqual(self.door.send("POST", "/update", {**self.api(account), **JSON}, body).status, 200)
        self.check(account, VALUES[0])


if __name__ == "__main__":
    unittest.main()
