"""A client of the publishing door that sends exactly the octets a test gives it.

Standard library alone. The server under test is the program in ASSAY_WIRE_SERVER; see wire_server.cpp.
"""
import base64
import json
import os
import socket
import subprocess
import tempfile
import unittest

VALUES = ["%s%042d" % (letter, 0) for letter in "abcdefghijklmnopqrstuvwxyz"]  # 43 characters, as a digest has


class Answer:
    def __init__(self, octets):
        head, _, self.body = octets.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split(" ")[1])
        self.headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()

    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


class Door:
    """The server under test, for one test case."""

    def __init__(self, *arguments):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([os.environ["ASSAY_WIRE_SERVER"], *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        host, _, port = self.process.stdout.readline().strip().rpartition(":")
        self.address = (host, int(port))

    def end(self):
        """Ends it and returns what it has logged, at level debug."""
        self.process.stdin.close()
        status = self.process.wait(30)
        self.process.stdout.close()
        self.log.seek(0)
        log = self.log.read().decode()
        self.log.close()
        assert status == 0, log
        return log

    def command(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def txt(self, name):
        return self.command("txt " + name)

    def send(self, method, target, headers=None, body=b""):
        """One request on a connection of its own. `headers`: a dictionary or a list of pairs."""
        if isinstance(body, str):
            body = body.encode()
        pairs = list(headers.items()) if isinstance(headers, dict) else list(headers or [])
        lines = ["%s %s HTTP/1.1" % (method, target), "Host: %s:%d" % self.address, "Connection: close"]
        lines += ["%s: %s" % pair for pair in pairs]
        given = {name.lower() for name, _ in pairs}
        if (body or method == "POST") and "content-length" not in given:
            lines.append("Content-Length: %d" % len(body))
        with socket.create_connection(self.address, timeout=30) as connection:
            connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            octets = b""
            while part := connection.recv(65536):
                octets += part
        return Answer(octets)

    def register(self, body=b"", headers=None, target="/register"):
        return self.send("POST", target, headers, body)

    def update(self, account, body, headers=None, method="POST"):
        fields = {"X-Api-User": account["username"], "X-Api-Key": account["password"], **(headers or {})}
        return self.send(method, "/update", fields, body if isinstance(body, (str, bytes)) else json.dumps(body))


def basic(user, password, encode=base64.b64encode):
    return {"Authorization": "Basic " + encode((user + ":" + password).encode()).decode()}


class DoorTest(unittest.TestCase):
    ARGUMENTS = ("open",)

    def setUp(self):
        self.door = Door(*self.ARGUMENTS)
        self.log = None

    def tearDown(self):
        if self.log is None:
            self.log = self.door.end()

    def account(self, **members):
        answer = self.door.register(json.dumps(members) if members else b"")
        self.assertEqual(answer.status, 201, answer.text())
        return answer.json()

    def guess(self, once, right):
        """The first 60 guesses are looked at. Then, but for one every 2 s, nothing is, not even what is right."""
        statuses = [once() for _ in range(60)]
        self.assertEqual(statuses, [401] * 60)
        for _ in range(50):
            while once() != 429:
                pass
            if right() == 429:
                return
        self.fail("what is right is looked at")

    def assert_error(self, answer, status, word):
        self.assertEqual((answer.status, answer.text()), (status, '{"error": "%s"}' % word))
        self.assertEqual(answer.headers["content-type"], "application/json")
