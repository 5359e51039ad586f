"""SIGKILL in the middle of an order: after the restart the client's order goes on. And nonces over restarts."""
import http.client
import json
import pathlib
import select
import ssl
import sys
import threading
import unittest
import urllib.parse

import josepy
import OpenSSL
from acme import messages

import lab
from acme_session import Session, begin_finalization

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "acmecore/http"))
import wire

NAMES = ["api.corp.test", "*.api.corp.test"]


class Restart(lab.CertificateChecks):
    def finish(self, net, session, order, key):
        self.finish_with(net, session.finalize(session.wait_valid(order)).fullchain_pem, key)

    def finish_with(self, net, chain, key):
        chain_file, key_file = net.folder / "chain.pem", net.folder / "key.pem"
        chain_file.write_text(chain)
        key_file.write_bytes(key)
        self.check(net, chain_file, key_file, NAMES)

    def restart(self, net):
        net.kill_assay()
        net.start_assay()

    def test_killed_between_challenge_and_finalize(self):
        with lab.Lab() as net:
            session = Session(net)
            order, key = session.order(NAMES)
            session.answer(session.publish(order))
            session.wait_valid(order)
            self.restart(net)
            self.finish(net, session, order, key)

    def test_killed_right_after_the_challenge_was_answered(self):
        with lab.Lab() as net:
            session = Session(net)
            order, key = session.order(NAMES)
            session.answer(session.publish(order))
            self.restart(net)
            self.finish(net, session, order, key)

    def test_killed_between_publishing_and_the_challenge(self):
        with lab.Lab() as net:
            session = Session(net)
            order, key = session.order(NAMES)
            pairs = session.publish(order)
            self.restart(net)
            session.answer(pairs)
            self.finish(net, session, order, key)

    def test_killed_while_a_challenge_waits_for_its_next_look(self):
        with lab.Lab() as net:
            session = Session(net)
            order, key = session.order(NAMES)
            challenges = [authorization.body.challenges[0] for authorization in order.authorizations]
            session.answer([(challenge, challenge.response(session.key)) for challenge in challenges])
            self.restart(net)
            session.publish(order)
            self.finish(net, session, order, key)

    def test_killed_after_every_step(self):
        with lab.Lab() as net:
            session = Session(net)
            self.restart(net)
            order, key = session.order(NAMES)
            self.restart(net)
            self.assertEqual(self.status(session, order), "pending")
            pairs = session.publish(order)
            for pair in pairs:
                session.answer([pair])
                self.restart(net)
            order = session.wait_valid(order)
            self.restart(net)
            self.assertEqual(self.status(session, order), "ready")
            begin_finalization(session.acme, order)
            self.restart(net)
            chain, url = self.issued(session, order)
            self.restart(net)
            self.assertEqual(self.issued(session, order), (chain, url))
            self.finish_with(net, chain, key)

            loaded = OpenSSL.crypto.load_certificate(OpenSSL.crypto.FILETYPE_PEM, chain)
            certificate = josepy.ComparableX509(loaded)
            session.acme.revoke(certificate, 0)
            self.restart(net)
            with self.assertRaises(messages.Error) as refused:
                session.acme.revoke(certificate, 0)
            self.assertEqual(refused.exception.code, "alreadyRevoked")

    def test_killed_in_the_middle_of_finalize(self):
        """Whatever was written by then: nothing, what is to be signed, or the certificate. It gets one, and no second."""
        with lab.Lab() as net:
            session = Session(net)
            for milliseconds in (1, 4, 8, 14, 25, 80):
                order, key = session.order(NAMES)
                session.answer(session.publish(order))
                order = session.wait_valid(order)
                finalizing = threading.Thread(target=self.finalize_unheard, args=(session, order))
                finalizing.start()
                select.select([], [], [], milliseconds / 1000)
                net.kill_assay()
                finalizing.join()
                net.start_assay()
                status = self.status(session, order)
                self.assertIn(status, ("ready", "processing", "valid"), milliseconds)
                if status == "ready":
                    begin_finalization(session.acme, order)
                chain, url = self.issued(session, order)
                self.finish_with(net, chain, key)
                with self.assertRaises(messages.Error) as refused:
                    begin_finalization(session.acme, order)
                self.assertEqual(refused.exception.code, "orderNotReady")
                self.assertEqual(self.issued(session, order), (chain, url))
                session.withdraw(order)

    @staticmethod
    def finalize_unheard(session, order):
        try:
            begin_finalization(session.acme, order)
        except Exception:  # pylint: disable=broad-except
            pass  # the server has gone

    def status(self, session, order):
        return session.body(order)["status"]

    def issued(self, session, order):
        """The chain and its URL, once a sweep has taken the order up where that has to be."""
        lab.wait_until(lambda: self.status(session, order) == "valid", "the certificate")
        return session.chain(order), session.body(order)["certificate"]


class Nonces(unittest.TestCase):
    """RFC 8555 §6.5; docs/decisions/nonces.md."""

    def request(self, net, method, url, body=None):
        parts = urllib.parse.urlsplit(url)
        connection = http.client.HTTPSConnection(parts.netloc, context=ssl.create_default_context(cafile=net.ca_file),
                                                 timeout=20)
        connection.request(method, parts.path, body, {"Content-Type": wire.JOSE_JSON} if body else {})
        reply = wire.Reply(connection.getresponse())
        connection.close()
        return reply

    def fresh(self, net):
        return self.request(net, "HEAD", self.url["newNonce"]).headers["Replay-Nonce"]

    def new_account(self, net, nonce):
        key, url = wire.Key(), self.url["newAccount"]
        body = wire.jws(key, {"alg": key.alg, "jwk": key.jwk(), "nonce": nonce, "url": url}, {"termsOfServiceAgreed": True})
        reply = self.request(net, "POST", url, json.dumps(body))
        return reply.status if reply.status == 201 else (reply.status, reply.error)

    def test_a_nonce_is_good_once_also_over_a_restart(self):
        with lab.Lab() as net:
            self.url = self.request(net, "GET", net.directory).json()
            used, unused, other = self.fresh(net), self.fresh(net), self.fresh(net)
            self.assertEqual(self.new_account(net, used), 201)
            net.end_assay()
            net.start_assay()
            self.assertEqual(self.new_account(net, used), (400, "badNonce"))
            self.assertEqual(self.new_account(net, unused), 201)
            net.kill_assay()
            net.start_assay()
            self.assertEqual(self.new_account(net, other), 201)
            self.assertEqual(self.new_account(net, other), (400, "badNonce"))


if __name__ == "__main__":
    lab.run()
