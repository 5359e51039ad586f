"""Clients of others against a server that rejects nonces, is overloaded and slow: the faults of the test server.

Who publishes what does not matter here: the server believes every name. The client has to get its certificate.
"""
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

import josepy
from acme import challenges, client, crypto_util, errors, messages
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from acme_session import begin_finalization, private_pem

COMMAND_SECONDS_MAX = 180
FAULTS = "bad_nonce=30 unavailable=5 rate_limited=2 validation_ms=200"
NONE = "bad_nonce=0 unavailable=0 rate_limited=0 validation_ms=0"
NAMES = ["www.corp.test", "*.www.corp.test"]
# Of a client that is started anew as often as it fails, as a timer does it.
STARTS_MAX = 60


class FaultyServer:
    """The test server, its CA in a file. Use as a context manager."""

    def __init__(self, seed):
        self.seed = seed

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="assay-e2e-")
        self.process = subprocess.Popen([os.environ["ASSAY_WIRE_SERVER"], f"seed={self.seed}"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        where = json.loads(self.process.stdout.readline())
        self.directory = where["directories"][0]
        self.ca_file = self.path("root.pem")
        self.ca_file.write_text(where["root"])
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        assert self.process.wait(60) == 0
        self.process.stdout.close()
        self.folder.cleanup()

    def path(self, name):
        return pathlib.Path(self.folder.name) / name

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def faults(self):
        return json.loads(self.ask("faults"))

    def command(self, *command):
        ca_file = str(self.ca_file)
        environment = {**os.environ, "REQUESTS_CA_BUNDLE": ca_file, "LEGO_CA_CERTIFICATES": ca_file, "no_proxy": "*"}
        return subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=COMMAND_SECONDS_MAX, env=environment,
                              check=False)

    def until_it_succeeds(self, *command):
        """Starts the program as often as it takes; how often that was."""
        for start in range(1, STARTS_MAX + 1):
            done = self.command(*command)
            if done.returncode == 0:
                return start
        raise AssertionError(f"{command[0]} never succeeded: {done.stdout}")


class Faults(unittest.TestCase):
    def check(self, chain, names):
        leaf = x509.load_pem_x509_certificate(chain)
        found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        self.assertEqual(sorted(found.get_values_for_type(x509.DNSName)), sorted(names))

    def all_happened(self, server):
        told = server.faults()
        self.assertGreater(told.get("badNonce", 0), 2, told)
        return told

    def test_certbot(self):
        with FaultyServer(seed=3) as server:

            def certbot(*arguments):
                return ("certbot", *arguments, "--non-interactive", "--server", server.directory, "--config-dir",
                        server.path("etc"), "--work-dir", server.path("work"), "--logs-dir", server.path("logs"))

            server.ask(FAULTS)
            server.until_it_succeeds(*certbot("register", "--agree-tos", "-m", "team@corp.test"))
            server.until_it_succeeds(*certbot(
                "certonly", "--manual", "--preferred-challenges", "dns", "--manual-auth-hook", "true", "--key-type",
                "ecdsa", "--cert-name", "lab", *(argument for name in NAMES for argument in ("-d", name))))
            self.all_happened(server)
            self.check(server.path("etc/live/lab/fullchain.pem").read_bytes(), NAMES)

    def test_lego(self):
        with FaultyServer(seed=4) as server:
            script = server.path("exec")
            script.write_text("#!/bin/sh\n")
            script.chmod(0o755)
            os.environ["EXEC_PATH"] = str(script)
            server.ask(FAULTS)
            names = [argument for name in NAMES for argument in ("--domains", name)]
            server.until_it_succeeds("lego", "--path", server.path("lego"), "--server", server.directory,
                                     "--accept-tos", "--email", "team@corp.test", "--dns", "exec", "--dns.disable-cp",
                                     "--key-type", "ec256", *names, "run")
            self.all_happened(server)
            self.check(server.path("lego/certificates/www.corp.test.crt").read_bytes(), NAMES)

    def test_python_acme_goes_on_where_it_was(self):
        """One account, one order, one certificate: a step that fails is done again, and nothing is lost by it."""
        with FaultyServer(seed=5) as server:
            server.ask(FAULTS)
            key = josepy.JWKEC(key=ec.generate_private_key(ec.SECP256R1()))
            network = client.ClientNetwork(key, alg=josepy.ES256, verify_ssl=str(server.ca_file), user_agent="assay-e2e")
            directory = self.again(lambda: client.ClientV2.get_directory(server.directory, network))
            acme = client.ClientV2(directory, network)
            registration = messages.NewRegistration.from_data(email="team@corp.test", terms_of_service_agreed=True)
            self.again(lambda: self.account(acme, registration))
            private = private_pem(ec.generate_private_key(ec.SECP256R1()))
            request = crypto_util.make_csr(private, NAMES)
            order = self.again(lambda: acme.new_order(request))
            for authorization in order.authorizations:
                challenge = next(c for c in authorization.body.challenges if isinstance(c.chall, challenges.DNS01))
                self.again(lambda: acme.answer_challenge(challenge, challenge.response(key)))
            for authorization in order.authorizations:
                self.again(lambda: self.settled(acme, authorization))
            begun = self.again(lambda: self.finalized(acme, order))
            chain = self.again(lambda: acme._post_as_get(begun.certificate)).text
            self.all_happened(server)
            server.ask(NONE)
            self.check(chain.encode(), NAMES)
            self.assertEqual(acme._post_as_get(order.uri).json()["certificate"], begun.certificate)

    def again(self, step):
        """Does the step as often as it takes."""
        deadline = time.monotonic() + COMMAND_SECONDS_MAX
        while True:
            try:
                return step()
            except (messages.Error, errors.Error):
                if time.monotonic() > deadline:
                    raise

    @staticmethod
    def account(acme, registration):
        try:
            return acme.new_account(registration)
        except errors.ConflictError as conflict:  # it was made, and the answer is the one to the second try
            acme.net.account = messages.RegistrationResource(body=messages.Registration(), uri=conflict.location)
            return acme.net.account

    @staticmethod
    def settled(acme, authorization):
        body = acme.poll(authorization)[0].body
        if body.status == messages.STATUS_PENDING:
            raise errors.Error("it is still pending")
        assert body.status == messages.STATUS_VALID, body
        return body

    @staticmethod
    def finalized(acme, order):
        """The order, once it is valid; finalizes it where it is ready."""
        body = messages.Order.from_json(acme._post_as_get(order.uri).json())
        if body.status == messages.STATUS_READY:
            begin_finalization(acme, order)
        if body.status != messages.STATUS_VALID:
            raise errors.Error("it is not valid yet")
        return body


if __name__ == "__main__":
    unittest.main(verbosity=2)
