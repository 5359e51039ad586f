"""RFC 8555 §8.1, §8.4: whose value proves a name."""
import unittest

from cryptography.hazmat.primitives import hashes

import wire
from wire import Key, b64, jws


def dns01_value(challenge, key):
    """What stands in the TXT record when `key` responds to the challenge."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(f"{challenge['token']}.{key.thumbprint()}".encode())
    return b64(digest.finalize())


class Validation(wire.WireTest):
    def setUp(self):
        self.account = self.new_account()

    def asked(self, account, name):
        """An order for the name, its authorization's URL and the challenge."""
        order = self.new_order(account, name)
        url, = order["authorizations"]
        return order, url, self.get(account, url)["challenges"][0]

    def outcome(self, account, url, challenge):
        self.assertEqual(self.post(account, challenge["url"], {}).status, 200)
        return self.poll(account, url, "pending")

    def proves(self, account, url, challenge):
        self.assertEqual(self.outcome(account, url, challenge)["status"], "valid")

    def proves_nothing(self, account, url, challenge):
        authorization = self.outcome(account, url, challenge)
        self.assertEqual(authorization["status"], "invalid")
        self.assertEqual(authorization["challenges"][0]["error"]["type"], wire.URN + "unauthorized")

    def test_the_value_is_made_of_the_token_and_the_key(self):
        for alg in ("ES256", "RS256", "EdDSA"):
            account, name = self.new_account(Key(alg)), f"{alg.lower()}.published.test"
            _, url, challenge = self.asked(account, name)
            self.server.publish(name, dns01_value(challenge, account.key))
            self.proves(account, url, challenge)

    def test_other_values_beside_it_do_not_matter(self):
        name = "a.published.test"
        _, url, challenge = self.asked(self.account, name)
        for value in ("v=spf1 -all", "", dns01_value(challenge, Key()), dns01_value(challenge, self.account.key)):
            self.server.publish(name, value)
        self.proves(self.account, url, challenge)

    # T53
    def test_the_value_of_anothers_challenge_proves_nothing(self):
        name, thief = "b.published.test", self.new_account()
        _, victims_url, victims = self.asked(self.account, name)
        self.server.publish(name, dns01_value(victims, self.account.key))
        # Nor anything that could be made of both.
        _, url, own = self.asked(thief, name)
        for value in (dns01_value(victims, thief.key), dns01_value(own, self.account.key), own["token"],
                      f"{own['token']}.{thief.key.thumbprint()}", thief.key.thumbprint()):
            self.server.publish(name, value)
        self.proves_nothing(thief, url, own)
        self.proves(self.account, victims_url, victims)

    def test_the_value_of_an_earlier_challenge_proves_nothing(self):
        name = "c.published.test"
        _, url, challenge = self.asked(self.account, name)
        self.server.publish(name, dns01_value(challenge, self.account.key))
        self.proves(self.account, url, challenge)
        _, url, challenge = self.asked(self.account, name)
        self.proves_nothing(self.account, url, challenge)

    def test_the_value_of_a_name_proves_no_other(self):
        for name, other in (("d.published.test", "a.d.published.test"), ("a.e.published.test", "e.published.test")):
            _, url, challenge = self.asked(self.account, name)
            self.server.publish(other, dns01_value(challenge, self.account.key))
            self.proves_nothing(self.account, url, challenge)

    def test_the_key_is_the_one_that_responds(self):
        name, old, key, url = "f.published.test", self.account.key, Key(), self.url["keyChange"]
        _, first_url, first = self.asked(self.account, name)
        _, second_url, second = self.asked(self.account, name)
        inner = jws(key, {"alg": key.alg, "jwk": key.jwk(), "url": url},
                    {"account": self.account.url, "oldKey": old.jwk()})
        self.assertEqual(self.post(self.account, url, inner).status, 200)
        moved = wire.Account(key, self.account.url, None)
        self.server.publish(name, dns01_value(first, old))
        self.proves_nothing(moved, first_url, first)
        self.server.publish(name, dns01_value(second, key))
        self.proves(moved, second_url, second)


if __name__ == "__main__":
    unittest.main()
