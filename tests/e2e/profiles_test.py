"""Profiles, by our command line and in the directory: what is configured is what is issued."""
import json
import ssl
import urllib.request

from cryptography import x509

import lab

SETTINGS = """
[[acme.directory]]
name = "default"
[[acme.directory]]
name = "short"
profiles = ["shortlived"]
default_profile = "shortlived"
external_account = "optional"
[[issuance.profile]]
name = "classic"
description = "90 days, with a common name"
common_name = true
[[issuance.profile]]
name = "shortlived"
description = "https://corp.test/profiles"
certificate_lifetime = "160h"
key_types = ["p256"]
wildcards = false
[[issuance.profile]]
name = "mutual"
description = "with everything"
extended_key_usages = ["server_auth", "client_auth"]
subject_key_identifier = true
policies = ["1.3.6.1.4.1.55555.1", "2.23.140.1.2.1"]
ca_issuers_url = "http://pki.corp.test/issuing.der"
ocsp_url = "http://ocsp.corp.test"
must_staple = true
country = "DE"
organization = "Corp"
"""


class Profiles(lab.CertificateChecks):
    def issue(self, net, *options):
        chain, key = net.folder / "chain.pem", net.folder / "key.pem"
        net.cli("cert", "issue", "--name", "www.corp.test", "--key-out", key, "--cert-out", chain, *options)
        self.check(net, chain, key, ["www.corp.test"])
        return x509.load_pem_x509_certificate(chain.read_bytes())

    def hours(self, leaf):
        return round((leaf.not_valid_after - leaf.not_valid_before).total_seconds() / 3600)

    def check_content(self, leaf):
        self.assertEqual(leaf.subject.rfc4514_string(), "O=Corp,C=DE")
        value = lambda kind: leaf.extensions.get_extension_for_class(kind).value
        self.assertEqual([usage._name for usage in value(x509.ExtendedKeyUsage)], ["serverAuth", "clientAuth"])
        self.assertEqual([policy.policy_identifier.dotted_string for policy in value(x509.CertificatePolicies)],
                         ["1.3.6.1.4.1.55555.1", "2.23.140.1.2.1"])
        self.assertEqual([access.access_location.value for access in value(x509.AuthorityInformationAccess)],
                         ["http://ocsp.corp.test", "http://pki.corp.test/issuing.der"])
        self.assertEqual(list(value(x509.TLSFeature)), [x509.TLSFeatureType.status_request])
        self.assertEqual(len(value(x509.SubjectKeyIdentifier).digest), 20)

    def profiles(self, net, url):
        with urllib.request.urlopen(url, context=ssl.create_default_context(cafile=net.ca_file), timeout=20) as reply:
            return json.load(reply)["meta"]["profiles"]

    def test_what_is_configured_is_what_is_issued(self):
        with lab.Lab(settings=SETTINGS) as net:
            leaf = self.issue(net, "--profile", "shortlived")
            self.assertEqual((self.hours(leaf), leaf.subject.rfc4514_string()), (160, ""))
            leaf = self.issue(net)
            self.assertEqual((self.hours(leaf), leaf.subject.rfc4514_string()), (90 * 24, "CN=www.corp.test"))
            refused = net.cli("cert", "issue", "--name", "www.corp.test", "--key-out", net.folder / "k", "--profile",
                              "monthly", check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn('"classic", "shortlived", "mutual"', refused.stdout)
            self.check_content(self.issue(net, "--profile", "mutual"))

            self.assertEqual(self.profiles(net, net.directory), {"classic": "90 days, with a common name",
                                                                 "shortlived": "https://corp.test/profiles",
                                                                 "mutual": "with everything"})
            short = net.directory.replace("/directory", "/acme/short/directory")
            self.assertEqual(list(self.profiles(net, short)), ["shortlived"])

            test = net.cli("policy", "test", "*.corp.test", "--key-type", "p384", "--profile", "shortlived", check=False)
            self.assertEqual(test.returncode, 1)
            self.assertIn("invalidProfile: \"*.corp.test\" is a wildcard", test.stdout)
            self.assertIn("badCSR: ", test.stdout)
            self.assertEqual(net.cli("policy", "test", "*.corp.test", "--profile", "classic").returncode, 0)

            made = net.cli("eab", "create", "--directory", "short", "--profile", "shortlived")
            self.assertIn("  profile shortlived\n", made.stdout)
            refused = net.cli("eab", "create", "--directory", "short", "--profile", "classic", check=False)
            self.assertEqual(refused.returncode, 1)
            self.assertIn('"short" offers', refused.stdout)


if __name__ == "__main__":
    lab.run()
