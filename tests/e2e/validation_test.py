"""What stands in the DNS, looked up from the root down, and what a client hears of it over HTTPS (RFC 8555 §8.4)."""
import unittest

from acme import errors

import lab
import servers
from acme_session import Session
from scripted import ScriptedServer, answer_to

DIRECT = "_acme-challenge.www.corp.test"
TARGET = "7f3k9.acme.test"
BROKEN_ADDRESS = "127.0.0.21"
ONE_LOOK_DECIDES = 'retry_for = "0ms"\n'  # of [validator]
# near: as many CNAMEs as are followed; far: one more; lame: at us, who have no such zone.
CORPORATE_RECORDS = f"""
_acme-challenge.near 3600 CNAME c1
{"".join(f"c{i} 3600 CNAME c{i + 1}{chr(10)}" for i in range(1, 7))}
c7 3600 CNAME {TARGET}.
_acme-challenge.far 3600 CNAME _acme-challenge.near
_acme-challenge.loop 3600 CNAME around
around 3600 CNAME _acme-challenge.loop
_acme-challenge.nowhere 3600 CNAME nothing-here.acme.test.
_acme-challenge.lame 3600 NS ns1.acme.test.
"""
# bogus.test has a DS, and nobody who signs.
ROOT_RECORDS = f"""
broken.test. 3600 NS ns1.broken.test.
ns1.broken.test. 3600 A {BROKEN_ADDRESS}
bogus.test. 3600 NS ns1.acme.test.
bogus.test. 3600 DS 12345 13 2 {"5a" * 32}
"""


class Validation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.net = cls.enterClassContext(lab.Lab(settings=ONE_LOOK_DECIDES, corporate_records=CORPORATE_RECORDS,
                                                root_records=ROOT_RECORDS))
        cls.net.cli("zone", "create", "bogus.test", "--name-server", "ns1.acme.test")
        cls.session = Session(cls.net)

    def asked(self, name, session=None):
        """An order for the name, its challenge, and the value that proves it."""
        session = session or self.session
        order, _ = session.order([name])
        challenge = order.authorizations[0].body.challenges[0]
        return order, challenge, challenge.validation(session.key)

    def publish(self, name, *values):
        for value in values:
            self.net.command([self.net.hook(), "add", name, value])
        self.addCleanup(self.net.cli, "txt", "remove", name, "--all", check=False)

    def proved(self, order, challenge, session=None):
        session = session or self.session
        session.answer([(challenge, challenge.response(session.key))])
        session.wait_valid(order)

    def not_proved(self, order, challenge, code, *told):
        self.session.answer([(challenge, challenge.response(self.session.key))])
        with self.assertRaises(errors.ValidationError) as refused:
            self.session.wait_valid(order)
        error = refused.exception.failed_authzrs[0].body.challenges[0].error
        self.assertEqual(error.code, code, error.detail)
        for words in told:
            self.assertIn(words, error.detail)

    # T49
    def test_one_value_of_several_is_enough(self):
        order, challenge, value = self.asked("www.corp.test")
        self.publish(DIRECT, "v=spf1 -all", value, "something-else")
        self.proved(order, challenge)

    # T49
    def test_the_strings_of_a_value_are_joined(self):
        order, challenge, value = self.asked("www.corp.test")
        self.net.cli("zone", "rrset", "put", DIRECT, "TXT", f'"{value[:1]}" "{value[1:30]}" "" "{value[30:]}"')
        self.addCleanup(self.net.cli, "zone", "rrset", "delete", DIRECT, "TXT")
        self.proved(order, challenge)

    # T50
    def test_a_value_that_is_almost_right_proves_nothing(self):
        order, challenge, value = self.asked("www.corp.test")
        self.publish(DIRECT, value.swapcase(), value + "=", " " + value, value + " ", f'"{value}"', value[:-1], value + value)
        self.not_proved(order, challenge, "unauthorized", DIRECT)

    # T53
    def test_the_value_of_anothers_challenge_proves_nothing(self):
        other = Session(self.net)
        order, challenge, _ = self.asked("www.corp.test")
        others_order, others_challenge, value = self.asked("www.corp.test", other)
        self.publish(DIRECT, value)
        self.not_proved(order, challenge, "unauthorized", DIRECT)
        self.proved(others_order, others_challenge, other)

    # T51
    def test_cnames_are_followed_and_not_for_ever(self):
        for name in ("near.corp.test", "far.corp.test"):
            order, challenge, value = self.asked(name)
            self.publish(TARGET, value)
            if name.startswith("near"):
                self.proved(order, challenge)
            else:
                self.not_proved(order, challenge, "dns")

    # T51
    def test_a_circle_of_cnames_is_a_dns_error(self):
        order, challenge, _ = self.asked("loop.corp.test")
        self.not_proved(order, challenge, "dns")

    # T46
    def test_a_cname_that_leads_nowhere_is_told(self):
        order, challenge, _ = self.asked("nowhere.corp.test")
        self.not_proved(order, challenge, "unauthorized", "nothing-here.acme.test", "NXDOMAIN")

    # T47
    def test_a_delegation_to_who_does_not_know_of_it_is_a_dns_error(self):
        order, challenge, _ = self.asked("lame.corp.test")
        self.not_proved(order, challenge, "dns", "_acme-challenge.lame.corp.test")

    # T47
    def test_a_server_that_fails_is_a_dns_error(self):
        with ScriptedServer(BROKEN_ADDRESS, lambda query: answer_to(query, rcode=2)):
            order, challenge, _ = self.asked("a.broken.test")
            self.not_proved(order, challenge, "dns", "_acme-challenge.a.broken.test")

    # T48
    def test_the_right_value_without_the_signature_that_it_should_have_proves_nothing(self):
        order, challenge, value = self.asked("a.bogus.test")
        self.publish("_acme-challenge.a.bogus.test", value)
        self.assertEqual(self.net.dig(servers.ASSAY_ADDRESS, "_acme-challenge.a.bogus.test", "TXT"), [f'"{value}"'])
        self.not_proved(order, challenge, "dns", "bogus")


if __name__ == "__main__":
    lab.run()
