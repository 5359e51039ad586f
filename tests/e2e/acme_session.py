"""An ACME session on python3-acme, step by step, so that a test can do something between two steps."""
import datetime

import josepy
import OpenSSL
from acme import challenges, client, crypto_util, errors, messages
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


def private_pem(key):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def begin_finalization(acme, order):
    """Sends the CSR and waits for nothing; python3-acme does both at once."""
    csr = OpenSSL.crypto.load_certificate_request(OpenSSL.crypto.FILETYPE_PEM, order.csr_pem)
    acme._post(order.body.finalize, messages.CertificateRequest(csr=josepy.ComparableX509(csr)))


class Session:
    """One account with a new P-256 key, or the account of `key`. `hook add|remove NAME VALUE` publishes and withdraws TXT
    values; else it is the lab's."""

    def __init__(self, net, hook=None, key=None):
        self.net = net
        self.hook = hook or net.hook()
        self.key = josepy.JWKEC(key=key or ec.generate_private_key(ec.SECP256R1()))
        network = client.ClientNetwork(self.key, alg=josepy.ES256, verify_ssl=net.ca_file, user_agent="assay-e2e")
        directory = client.ClientV2.get_directory(net.directory, network)
        self.acme = client.ClientV2(directory, network)
        registration = messages.NewRegistration.from_data(email="team@corp.test", terms_of_service_agreed=True)
        try:
            self.account = self.acme.new_account(registration)
        except errors.ConflictError as known:  # RFC 8555 §7.3.1: 200 and where it is
            self.account = network.account = messages.RegistrationResource(uri=known.location, body=messages.Registration())

    def order(self, names):
        """A pending order and the private key of its CSR, in PEM."""
        key = private_pem(ec.generate_private_key(ec.SECP256R1()))
        return self.acme.new_order(crypto_util.make_csr(key, names)), key

    def publish(self, order):
        """Publishes all TXT values; returns (challenge, response) pairs for answer()."""
        pairs = []
        for authorization in order.authorizations:
            challenge = next(c for c in authorization.body.challenges if isinstance(c.chall, challenges.DNS01))
            response, value = challenge.response_and_validation(self.key)
            name = "_acme-challenge." + authorization.body.identifier.value
            self.net.command([self.hook, "add", name, value])
            pairs.append((challenge, response))
        return pairs

    def withdraw(self, order):
        """Takes all TXT values away again."""
        for authorization in order.authorizations:
            challenge = next(c for c in authorization.body.challenges if isinstance(c.chall, challenges.DNS01))
            name = "_acme-challenge." + authorization.body.identifier.value
            self.net.command([self.hook, "remove", name, challenge.validation(self.key)])

    def answer(self, pairs):
        for challenge, response in pairs:
            self.acme.answer_challenge(challenge, response)

    def wait_valid(self, order):
        return self.acme.poll_authorizations(order, self._deadline())

    def finalize(self, order):
        """The order with its certificate chain."""
        return self.acme.finalize_order(order, self._deadline())

    def body(self, order):
        """The order as it is now, in JSON."""
        return self.acme._post_as_get(order.uri).json()

    def chain(self, order):
        """The certificate chain of an order that is valid, in PEM."""
        return self.acme._post_as_get(self.body(order)["certificate"]).text

    @staticmethod
    def _deadline():
        return datetime.datetime.now() + datetime.timedelta(seconds=60)
