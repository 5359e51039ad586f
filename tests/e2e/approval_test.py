"""Orders that wait for somebody's approval: real clients, our own command line, and a SIGKILL in between."""
import json
import os

import lab
from acme_session import Session, begin_finalization

NAME = "api.corp.test"
SETTINGS = """[policy]
approval = ["**.corp.test"]
"""


class Approval(lab.CertificateChecks):
    def finalized(self, net):
        """A session, its order that waits, and the key."""
        session = Session(net)
        order, key = session.order([NAME])
        session.answer(session.publish(order))
        session.wait_valid(order)
        begin_finalization(session.acme, order)
        return session, order, key

    def decided(self, net, session, order):
        lab.wait_until(lambda: session.body(order)["status"] != "processing", "an order that is decided", net.assay)
        return session.body(order)

    def orders(self, net, *options):
        return json.loads(net.cli("order", "list", "--output", "json", *options).stdout)["orders"]

    def waiting(self, net):
        return [order["id"] for order in self.orders(net, "--waiting")]

    def fetch(self, net, session, order, key):
        self.assertEqual(self.decided(net, session, order)["status"], "valid")
        chain, key_file = net.folder / "chain.pem", net.folder / "key.pem"
        chain.write_text(session.chain(order))
        key_file.write_bytes(key)
        return self.check(net, chain, key_file, [NAME])

    def test_an_order_waits_through_a_restart_and_is_issued_when_it_is_approved(self):
        with lab.Lab(settings=SETTINGS) as net:
            session, order, key = self.finalized(net)
            waiting, = self.waiting(net)
            self.assertTrue(order.uri.endswith(waiting))
            net.kill_assay()
            net.start_assay()
            self.assertEqual(self.waiting(net), [waiting])
            shown = net.cli("order", "show", waiting).stdout
            self.assertIn(f"{waiting} processing\n  for {NAME}\n", shown)
            self.assertIn("  waits for approval since ", shown)
            approved = net.cli("order", "approve", waiting).stdout
            self.assertIn(f"{waiting} valid\n", approved)
            self.assertIn("  decided by lab ", approved)
            self.fetch(net, session, order, key)
            self.assertEqual(self.waiting(net), [])
            again = net.cli("order", "approve", waiting, check=False)
            self.assertEqual(again.returncode, 1)
            self.assertIn("it was approved by lab at ", again.stdout)

    def test_killed_right_after_the_approval(self):
        with lab.Lab(settings=SETTINGS) as net:
            session, order, key = self.finalized(net)
            waiting, = self.waiting(net)
            net.cli("order", "approve", waiting)
            net.kill_assay()
            net.start_assay()
            self.fetch(net, session, order, key)

    def test_a_rejection_reaches_the_client_with_its_reason(self):
        with lab.Lab(settings=SETTINGS) as net:
            session, order, _ = self.finalized(net)
            waiting, = self.waiting(net)
            net.cli("order", "reject", waiting, "--reason", "that host is gone")
            rejected = self.decided(net, session, order)
            self.assertEqual(rejected["status"], "invalid")
            self.assertIn("that host is gone", rejected["error"]["detail"])
            self.assertEqual([found["status"] for found in self.orders(net)], ["invalid"])

    def test_an_approval_that_ends_without_a_certificate_is_a_failure(self):
        with lab.Lab(settings=SETTINGS) as net:
            self.finalized(net)
            waiting, = self.waiting(net)
            net.kill_assay()
            net.config.write_text(net.config.read_text().replace(SETTINGS, SETTINGS + f'deny = ["{NAME}"]\n'))
            net.start_assay()
            refused = net.cli("order", "approve", waiting, check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn(f"{waiting} invalid\n", refused.stdout)
            self.assertIn("the order was approved, but is invalid: ", refused.stdout)
            self.assertIn("on its deny list", refused.stdout)

    def test_certbot_waits_until_somebody_approves(self):
        with lab.Lab(settings=SETTINGS) as net:
            hook = net.hook()
            folder = net.folder / "certbot"
            certbot = net.start("certbot", [
                "certbot", "certonly", "--non-interactive", "--agree-tos", "-m", "team@corp.test", "--manual",
                "--manual-auth-hook", f"{hook} add _acme-challenge.$CERTBOT_DOMAIN $CERTBOT_VALIDATION",
                "--manual-cleanup-hook", f"{hook} remove _acme-challenge.$CERTBOT_DOMAIN $CERTBOT_VALIDATION",
                "--preferred-challenges", "dns", "--server", net.directory, "--config-dir", str(folder / "config"),
                "--work-dir", str(folder / "work"), "--logs-dir", str(folder / "logs"), "--issuance-timeout", "170",
                "-d", NAME], env={**os.environ, **net.environment()})
            lab.wait_until(lambda: self.waiting(net), "an order that waits", certbot)
            waiting, = self.waiting(net)
            net.cli("order", "approve", waiting)
            certbot.wait(lab.COMMAND_SECONDS_MAX)
            live = folder / "config" / "live" / NAME
            self.check(net, live / "fullchain.pem", live / "privkey.pem", [NAME])


if __name__ == "__main__":
    lab.run()
