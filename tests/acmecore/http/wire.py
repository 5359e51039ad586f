"""An ACME client that says exactly what a test wants it to, and checks what every answer must keep.

Standard library and python3-cryptography. The server under test is the program in ASSAY_WIRE_SERVER.
"""
import base64
import concurrent.futures
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import unittest
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.x509.oid import NameOID

JOSE_JSON = "application/jose+json"
URN = "urn:ietf:params:acme:error:"
# The IANA registry "ACME Error Types".
REGISTERED_ERRORS = """accountDoesNotExist alreadyReplaced alreadyRevoked autoRenewalCanceled autoRenewalExpired
    autoRenewalCancellationInvalid autoRenewalRevocationNotSupported badCSR badNonce badPublicKey
    badRevocationReason badSignatureAlgorithm caa compound connection dns externalAccountRequired
    incorrectResponse invalidContact invalidProfile malformed orderNotReady rateLimited rejectedIdentifier
    serverInternal tls unauthorized unsupportedContact unsupportedIdentifier userActionRequired
    unknownDelegation""".split()

ABSENT = object()  # as a member's value: the member is left out


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def with_members(members, changes):
    """`members` with `changes` over them; what is ABSENT is taken away."""
    changed = {**members, **changes}
    return {name: value for name, value in changed.items() if value is not ABSENT}


class Key:
    """A key pair that signs as JWS wants it."""

    CURVES = {"ES256": (ec.SECP256R1, "P-256", 32, hashes.SHA256), "ES384": (ec.SECP384R1, "P-384", 48, hashes.SHA384),
              "ES512": (ec.SECP521R1, "P-521", 66, hashes.SHA512)}

    def __init__(self, alg="ES256", private=None):
        self.alg = alg
        if private is not None:
            self.private = private
        elif alg in self.CURVES:
            self.private = ec.generate_private_key(self.CURVES[alg][0]())
        elif alg == "RS256":
            self.private = rsa.generate_private_key(65537, 2048)
        else:
            self.private = ed25519.Ed25519PrivateKey.generate()

    def jwk(self):
        public = self.private.public_key()
        if self.alg in self.CURVES:
            _, name, size, _ = self.CURVES[self.alg]
            numbers = public.public_numbers()
            return {"kty": "EC", "crv": name, "x": b64(numbers.x.to_bytes(size, "big")),
                    "y": b64(numbers.y.to_bytes(size, "big"))}
        if self.alg == "RS256":
            numbers = public.public_numbers()
            return {"kty": "RSA", "n": b64(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
                    "e": b64(numbers.e.to_bytes(3, "big"))}
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}

    def der_signature(self, message):
        return self.private.sign(message, ec.ECDSA(self.CURVES[self.alg][3]()))

    def sign(self, message):
        if self.alg in self.CURVES:
            size = self.CURVES[self.alg][2]
            r, s = utils.decode_dss_signature(self.der_signature(message))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        if self.alg == "RS256":
            return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(message)

    def thumbprint(self):
        canonical = json.dumps(self.jwk(), sort_keys=True, separators=(",", ":")).encode()
        digest = hashes.Hash(hashes.SHA256())
        digest.update(canonical)
        return b64(digest.finalize())


def jws(key, protected, payload, sign=None):
    """The flattened serialization. `payload`: text or octets; "" is a POST-as-GET; anything else becomes JSON."""
    if not isinstance(payload, (bytes, str)):
        payload = json.dumps(payload)
    if isinstance(payload, str):
        payload = payload.encode()
    header_text, payload_text = b64(json.dumps(protected).encode()), b64(payload)
    signature = (sign or key.sign)(f"{header_text}.{payload_text}".encode())
    return {"protected": header_text, "payload": payload_text, "signature": b64(signature)}


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json().get("type", "no error").removeprefix(URN)

    def links(self, relation):
        links = self.headers.get_all("Link") or []
        return [re.match(r"<(.*)>", link).group(1) for link in links if f'rel="{relation}"' in link]

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Account:
    def __init__(self, key, url, reply):
        self.key, self.url, self.reply = key, url, reply


class Server:
    """The program under test, and a connection to it."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([os.environ["ASSAY_WIRE_SERVER"], *arguments], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        where = json.loads(self.process.stdout.readline())
        self.directories = where["directories"]
        self.origin = "https://" + urllib.parse.urlsplit(self.directories[0]).netloc
        self.root = where["root"]
        self.roots = where["roots"]  # by the names of issuers
        self.host, self.port = urllib.parse.urlsplit(self.origin).netloc.split(":")
        self.tls = ssl.create_default_context(cadata=self.root)
        self.connection = http.client.HTTPSConnection(self.host, int(self.port), context=self.tls, timeout=20)
        self.nonces = []
        self.directory = self.request("GET", self.directories[0]).json()

    def change(self, *options):
        """As a restart with these options beside the others."""
        self.process.stdin.write(" ".join(options) + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "\n"

    def close(self):
        self.connection.close()
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(20)

    def request(self, method, url, body=None, headers=None):
        self.connection.request(method, url.removeprefix(self.origin), body, headers or {})
        reply = Reply(self.connection.getresponse())
        self.nonces += reply.headers.get_all("Replay-Nonce") or []
        return reply

    def operate(self, what, url, **more):
        """What an operator does with what is at an URL, as wire_server.cpp has it; returns the error, or ""."""
        return self.ask(operate=what, id=url.rsplit("/", 1)[1], **more)["error"]

    def external_account_key(self, **wanted):
        """A new key, as wire_server.cpp has it: {"kid", "mac_key"}."""
        return self.ask(**wanted)

    def publish(self, name, value):
        """One more value where a name below published.test is proved."""
        self.ask(publish=name, value=value)

    def spoil(self, order_url):
        """From now on the record of this order cannot be read."""
        self.ask(spoil=order_url.rsplit("/", 1)[1])

    def times_validated(self, name):
        return self.ask(asked=name)

    def ask(self, **wanted):
        self.process.stdin.write(json.dumps(wanted) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def directory_of(self, url):
        """The directory that a URL belongs to; the first where it belongs to none."""
        named = [directory for directory in self.directories if url.startswith(directory.removesuffix("directory"))]
        return max(named, key=len, default=self.directories[0])

    def nonce(self):
        if not self.nonces:
            self.request("HEAD", self.directory["newNonce"])
        return self.nonces.pop()


class WireTest(unittest.TestCase):
    server_arguments = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.server_arguments)
        cls.url = {name: url for name, url in cls.server.directory.items() if name != "meta"}

    @classmethod
    def tearDownClass(cls):
        assert cls.server.close() == 0

    def tearDown(self):
        # Whatever was sent: the server is there, and well.
        self.assertEqual(self.server.request("GET", self.server.directories[0]).status, 200)

    # --- sending -----------------------------------------------------------------------------------------------

    def send(self, url, body, content_type=JOSE_JSON, accept=None):
        """POSTs `body` as it is, and checks what every answer to a POST keeps."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        headers = {} if content_type is None else {"Content-Type": content_type}
        if accept is not None:
            headers["Accept"] = accept
        reply = self.server.request("POST", url, body, headers)
        self.check_answer_to_post(reply, url)
        return reply

    def check_answer_to_post(self, reply, url):
        self.assertLess(reply.status, 500, reply)
        nonces = reply.headers.get_all("Replay-Nonce") or []
        self.assertEqual(len(nonces), 1, "G03, G04: one Replay-Nonce")
        self.assertRegex(nonces[0], r"^[A-Za-z0-9_-]{16,}$")
        self.assertEqual(reply.headers.get_all("Cache-Control"), ["no-store"])
        if url not in self.server.directories:
            self.assertEqual(reply.links("index"), [self.server.directory_of(url)], "G06")
        self.assertEqual(reply.headers["WWW-Authenticate"], "ACME" if reply.status == 401 else None)  # RFC 9110 §15.5.2
        if reply.status >= 400:
            self.assertEqual(reply.headers["Content-Type"], "application/problem+json", "G02")
            problem = reply.json()
            self.assertIn(problem["type"].removeprefix(URN), REGISTERED_ERRORS, "G05")
            self.assertTrue(problem["type"].startswith(URN))
            self.assertEqual(problem["status"], reply.status)
            self.assertTrue(problem["detail"])
            self.assertNotIn("identifier", problem)  # RFC 8555 §6.7.1

    def draft(self, url, payload, key, kid=None, protected=None, sign=None):
        """A JWS with `protected` over a good header: by `kid`, or with the key's jwk."""
        header = {"alg": key.alg, "nonce": self.server.nonce(), "url": url}
        header.update({"kid": kid} if kid else {"jwk": key.jwk()})
        return jws(key, with_members(header, protected or {}), payload, sign)

    def post(self, account, url, payload="", protected=None, outer=None, sign=None, accept=None):
        """A request of `account`: good, but for `protected` over its header and `outer` over the whole."""
        body = self.draft(url, payload, account.key, account.url, protected, sign)
        return self.send(url, with_members(body, outer or {}), accept=accept)

    def raw(self, octets, pieces=()):
        """The answer to these octets and to `pieces`, which are sent as long as the server takes them."""
        connection = socket.create_connection((self.server.host, self.server.port), 20)
        with self.server.tls.wrap_socket(connection, server_hostname="localhost") as raw:
            raw.sendall(octets)
            try:
                for piece in pieces:
                    raw.sendall(piece)
            except OSError:
                pass  # it has answered and closed
            response = http.client.HTTPResponse(raw)
            response.begin()
            return Reply(response)

    def at_once(self, requests):
        """Sends (url, body) pairs, each over a connection of its own that is open already."""
        connections = []
        for _ in requests:
            connection = http.client.HTTPSConnection(self.server.host, int(self.server.port),
                                                     context=self.server.tls, timeout=20)
            connection.connect()
            connections.append(connection)

        def send(connection, url, body):
            connection.request("POST", url.removeprefix(self.server.origin), json.dumps(body),
                               {"Content-Type": JOSE_JSON})
            reply = Reply(connection.getresponse())
            connection.close()
            return reply

        with concurrent.futures.ThreadPoolExecutor(len(requests)) as pool:
            sent = [pool.submit(send, connection, *request) for connection, request in zip(connections, requests)]
            replies = [future.result() for future in sent]
        for reply, (url, _) in zip(replies, requests):
            self.check_answer_to_post(reply, url)
        return replies

    def statuses(self, replies):
        return sorted(reply.status for reply in replies)

    # --- the usual steps ---------------------------------------------------------------------------------------

    def new_account(self, key=None, payload=None):
        key = key or Key()
        url = self.url["newAccount"]
        reply = self.send(url, self.draft(url, {} if payload is None else payload, key))
        self.assertIn(reply.status, (200, 201), reply)
        return Account(key, reply.headers["Location"], reply)

    def new_order(self, account, *names):
        identifiers = [{"type": "dns", "value": name} for name in names]
        reply = self.post(account, self.url["newOrder"], {"identifiers": identifiers})
        self.assertEqual(reply.status, 201, reply)
        return {**reply.json(), "url": reply.headers["Location"]}

    def get(self, account, url):
        reply = self.post(account, url)
        self.assertEqual(reply.status, 200, reply)
        return reply.json()

    def poll(self, account, url, *unsettled):
        for _ in range(1000):
            resource = self.get(account, url)
            if resource["status"] not in unsettled:
                return resource
        self.fail(f"{url} stays {resource['status']}")

    def respond(self, account, order):
        """Answers all challenges of an order, and waits for what comes of it."""
        for url in order["authorizations"]:
            challenge = self.get(account, url)["challenges"][0]
            self.assertEqual(self.post(account, challenge["url"], {}).status, 200)
            self.poll(account, url, "pending", "processing")
        return {**self.poll(account, order["url"], "pending"), "url": order["url"]}

    def ready_order(self, account, *names):
        order = self.respond(account, self.new_order(account, *names))
        self.assertEqual(order["status"], "ready")
        return order

    def issue(self, account, *names, key=None):
        """A new certificate in DER, its chain and its order."""
        order = self.ready_order(account, *names)
        reply = self.post(account, order["finalize"], {"csr": b64(csr(*names, key=key))})
        self.assertEqual(reply.status, 200, reply)
        order = {**self.poll(account, order["url"], "processing", "ready"), "url": order["url"]}
        self.assertEqual(order["status"], "valid", order)
        chain = self.post(account, order["certificate"])
        self.assertEqual(chain.headers["Content-Type"], "application/pem-certificate-chain")
        leaf = x509.load_pem_x509_certificate(chain.body)
        return leaf.public_bytes(serialization.Encoding.DER), chain.body, order

    # --- saying what is expected -------------------------------------------------------------------------------

    def refused(self, reply, status, error):
        self.assertEqual((reply.status, reply.error), (status, error), reply)

    def refused_somehow(self, reply):
        self.assertIn(reply.status, range(400, 500), reply)


def certificate_id(der):
    """What names the certificate in DER (RFC 9773 §4.1)."""
    leaf = x509.load_der_x509_certificate(der)
    key = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    serial = leaf.serial_number.to_bytes(leaf.serial_number.bit_length() // 8 + 1, "big")
    return f"{b64(key)}.{b64(serial)}"


def csr(*names, common_name=None, key=None, extensions=()):
    """A CSR in DER for dNSNames."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(n) for n in names]), False)
    for extension in extensions:
        builder = builder.add_extension(extension, False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


