"""Caddy, Debian's, which has no DNS plugins: it gets what its account is authorized for already.

It makes its account and fails; then another program with the key of that account proves the names, and Caddy's next order
relies on it (acme.authorization_reuse).
"""
import json
import os
import pathlib

from cryptography.hazmat.primitives import serialization

import lab
import servers
from acme_session import Session
from client_facts import Facts, debian_version, said_by
from pages import ClientLab, PageTest

FACTS = Facts("Caddy without plugins", "caddy", debian_version("caddy"))
PROGRAM = "/usr/bin/caddy"


class Caddy(PageTest):
    def configuration(self, net, issuer=None, policy=None):
        """A file for Caddy, with further keys of the issuer and of the automation policy."""
        account = net.account()
        acme = {"module": "acme", "ca": net.directory, "email": "team@corp.test",
                "trusted_roots_pem_files": [net.ready["root_file"]],
                "external_account": {"key_id": account["KEY-IDENTIFIER"], "mac_key": account["HMAC-KEY"]},
                "challenges": {"http": {"disabled": True}, "tls-alpn": {"disabled": True}}, **(issuer or {})}
        names = self.NAMES[:2]
        return servers.write(net.folder / "caddy.json", json.dumps({
            "admin": {"disabled": True, "config": {"persist": False}},
            "storage": {"module": "file_system", "root": str(net.folder / "caddy")},
            "apps": {"tls": {"certificates": {"automate": names},
                             "automation": {"policies": [{"subjects": names, "issuers": [acme], **(policy or {})}]}}}}))

    def start(self, net, **policy):
        environment = {**os.environ, "HOME": str(net.folder), "XDG_DATA_HOME": str(net.folder / "home")}
        return net.start("caddy", [PROGRAM, "run", "--config", str(self.configuration(net, policy=policy))], env=environment)

    def stop(self, process):
        process.terminate()
        process.wait()

    def account_key(self, net):
        paths = list((net.folder / "caddy/acme").glob("*/users/team@corp.test/*.key"))
        return serialization.load_pem_private_key(paths[0].read_bytes(), None) if paths else None

    def serials(self, net):
        """Of both certificates; nothing as long as one is missing."""
        found = []
        for name in self.NAMES[:2]:
            directory = name.replace("*", "wildcard_")
            for chain in (net.folder / "caddy/certificates").glob(f"*/{directory}/{directory}.crt"):
                if chain.with_suffix(".json").exists():  # which Caddy writes last
                    found.append(self.check(net, chain, chain.with_suffix(".key"), [name]))
        return found if len(found) == 2 else []

    def test_relies_on_what_is_authorized(self):
        with ClientLab("knot", acme='authorization_reuse = "1h"') as net:
            log = net.folder / "caddy.log"
            with FACTS.does("EAB"):
                caddy = self.start(net)
                lab.wait_until(lambda: log.exists() and "no solvers available" in log.read_text(), "Caddy's order", caddy)
                self.stop(caddy)
                self.assertEqual(net.bound_accounts(), 1)
            self.assertEqual(self.serials(net), [])
            session = Session(net, key=self.account_key(net))
            order, _ = session.order(self.NAMES[:2])
            session.answer(session.publish(order))
            session.wait_valid(order)
            session.withdraw(order)
            self.check_clean(net)
            with FACTS.does("certificate", "wildcard"):
                caddy = self.start(net)
                lab.wait_until(lambda: self.serials(net), "Caddy's certificates", caddy)
                self.stop(caddy)
                FACTS.publishes_by("another program")
            with FACTS.does("renew"):
                first = set(self.serials(net))
                caddy = self.start(net, renewal_window_ratio=0.9999)
                lab.wait_until(lambda: not first & set(self.serials(net)), "Caddy's renewal", caddy)
                self.stop(caddy)
            self.assertEqual(net.bound_accounts(), 1)
            with FACTS.fails("profiles", "unknown to this version"):
                wrong = net.command([PROGRAM, "validate", "--config", self.configuration(net, {"profile": "web"})], check=False,
                                    env={"HOME": net.folder, "XDG_DATA_HOME": net.folder / "home"})
                self.assertIn('unknown field "profile"', wrong.stdout)

    def test_what_it_lacks(self):
        shown = said_by(PROGRAM, "help")
        program = pathlib.Path(PROGRAM).read_bytes().decode("latin-1")
        FACTS.lacks("revoke", "there is no command for it", shown, "(?i)revoke")
        FACTS.lacks("key rollover", "there is no command for it", shown, "(?i)roll ?over|account")
        FACTS.lacks("ARI", "unknown to this version", program, "renewalInfo")


if __name__ == "__main__":
    lab.run()
