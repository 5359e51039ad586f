"""SIGKILL in the middle of an order: after the restart the client's order goes on."""
import lab
from acme_session import Session

NAMES = ["api.corp.test", "*.api.corp.test"]


class Restart(lab.CertificateChecks):
    def finish(self, net, session, order, key):
        order = session.finalize(session.wait_valid(order))
        chain, key_file = net.folder / "chain.pem", net.folder / "key.pem"
        chain.write_text(order.fullchain_pem)
        key_file.write_bytes(key)
        self.check(net, chain, key_file, NAMES)

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


if __name__ == "__main__":
    lab.run()
