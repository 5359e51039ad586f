"""A program on python3-acme: the protocol step by step, and what must be refused."""
import josepy
import OpenSSL
from acme import errors, messages

import lab
from acme_session import Session

NAMES = ["api.corp.test", "*.api.corp.test", "www.corp.test", "*.www.corp.test"]


class PythonAcme(lab.CertificateChecks):
    def issue(self, net, session, number):
        order, key = session.order(NAMES)
        session.answer(session.publish(order))
        order = session.finalize(session.wait_valid(order))
        chain, key_file = net.folder / f"{number}.pem", net.folder / f"{number}.key"
        chain.write_text(order.fullchain_pem)
        key_file.write_bytes(key)
        return self.check(net, chain, key_file, NAMES), order

    def test_issues_renews_and_revokes(self):
        with lab.Lab(corporate="knot") as net:
            session = Session(net)
            first, order = self.issue(net, session, 1)
            second, _ = self.issue(net, session, 2)
            self.assertNotEqual(first, second)

            updated = session.acme.update_registration(
                session.account, messages.Registration(contact=("mailto:other-team@corp.test",)))
            self.assertEqual(updated.body.contact, ("mailto:other-team@corp.test",))

            certificate = josepy.ComparableX509(
                OpenSSL.crypto.load_certificate(OpenSSL.crypto.FILETYPE_PEM, order.fullchain_pem))
            session.acme.revoke(certificate, 4)
            with self.assertRaises((messages.Error, errors.ClientError)) as refused:
                session.acme.revoke(certificate, 4)
            self.assertIn("alreadyRevoked", str(refused.exception))

            session.acme.deactivate_registration(updated)
            with self.assertRaises(messages.Error) as refused:
                session.order(NAMES)
            self.assertEqual(refused.exception.code, "unauthorized")

    def test_a_wrong_value_is_refused_with_what_the_resolver_saw(self):
        with lab.Lab(corporate="knot") as net:
            session = Session(net)
            order, _ = session.order(["www.corp.test"])
            challenge, response = session.publish(order)[0]
            net.cli("txt", "remove", "_acme-challenge.www.corp.test", "--all")
            net.cli("txt", "present", "_acme-challenge.www.corp.test", "not-what-was-asked-for")
            session.answer([(challenge, response)])
            with self.assertRaises(errors.ValidationError) as refused:
                session.wait_valid(order)
            problem = refused.exception.failed_authzrs[0].body.challenges[0].error
            self.assertEqual(problem.code, "unauthorized")
            self.assertIn("_acme-challenge.www.corp.test", problem.detail)
            self.assertIn("not-what-was-asked-for", problem.detail)

    def test_a_name_that_nobody_published_is_refused(self):
        with lab.Lab(corporate="knot") as net:
            session = Session(net)
            order, _ = session.order(["nobody.corp.test"])
            authorization = order.authorizations[0]
            challenge = authorization.body.challenges[0]
            session.answer([(challenge, challenge.response(session.key))])
            with self.assertRaises(errors.ValidationError) as refused:
                session.wait_valid(order)
            self.assertIn("NXDOMAIN", refused.exception.failed_authzrs[0].body.challenges[0].error.detail)

    def test_a_value_that_comes_after_the_answer_is_found(self):
        with lab.Lab(corporate="knot") as net:
            session = Session(net)
            order, _ = session.order(["www.corp.test"])
            challenge = order.authorizations[0].body.challenges[0]
            session.answer([(challenge, challenge.response(session.key))])

            def told():
                seen, _ = session.acme.poll(order.authorizations[0])
                return seen.body.challenges[0].error
            lab.wait_until(told, "the first failure")
            self.assertIn("_acme-challenge.www.corp.test", told().detail)
            session.publish(order)
            self.assertEqual(session.wait_valid(order).authorizations[0].body.status.name, "valid")


if __name__ == "__main__":
    lab.run()
