"""A small internet of its own: a signed root, a corporate DNS server, Assay and a resolver, on loopback.

`run(tests)` puts the calling script into a new network namespace, where port 53 of every 127.x.y.z is free,
and runs its tests there. Delegations are then real ones: a resolver that starts at the root finds corp.test at
the corporate server, and _acme-challenge names of it at Assay.
"""
import contextlib
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import servers

ASSAY = os.environ.get("ASSAY", "assay")
START_SECONDS_MAX = 60
COMMAND_SECONDS_MAX = 180
# The name that is delegated by CNAME has its TXT at the target.
ALIASES = {"_acme-challenge.api.corp.test": "7f3k9.acme.test"}


def run():
    """Runs the tests of the calling script inside network and mount namespaces of their own."""
    if os.environ.get("ASSAY_LAB") != "inside":
        unshare = ["unshare", "-nm"] if os.geteuid() == 0 else ["unshare", "-rnm"]
        os.environ["ASSAY_LAB"] = "inside"
        os.execvp(unshare[0], unshare + [sys.executable] + sys.argv)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # BIND listens only on addresses that an interface has.
    for address in (servers.CORPORATE_ADDRESS, servers.RESOLVER_ADDRESS):
        subprocess.run(["ip", "address", "add", f"{address}/8", "dev", "lo"], check=True)
    # Go's resolver, which lego looks name servers up with, reads nothing but this file.
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as resolv_conf:
        resolv_conf.write(f"nameserver {servers.RESOLVER_ADDRESS}\n")
        resolv_conf.flush()
        subprocess.run(["mount", "--bind", resolv_conf.name, "/etc/resolv.conf"], check=True)
        unittest.main(module="__main__", verbosity=2)


def wait_until(done, what, process=None, seconds=START_SECONDS_MAX):
    """Asks `done` until it is true; gives up when the process has ended or the time is over."""
    deadline = time.monotonic() + seconds
    while not done():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{what}: the process ended with {process.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: nothing after {seconds} s")
        select.select([], [], [], 0.02)


def answers_dns(address):
    """True when a DNS server accepts connections there."""
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex((address, 53)) == 0


class Lab:
    """Use as a context manager. `corporate` is knot, nsd or bind; `settings` are more tables for Assay's configuration,
    where {folder} is the lab's, and `acme` more keys of its [acme]; more records of the corporate zone and of the root may be
    given."""

    def __init__(self, corporate="knot", settings="", acme="", corporate_records="", root_records=""):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="assay-e2e-"))
        self.corporate = corporate
        self.settings = settings.replace("{folder}", str(self.folder))
        self.acme = acme
        self.corporate_zone = servers.CORPORATE_ZONE + corporate_records
        self.root_zone = servers.ROOT_ZONE + root_records
        self.processes = []
        self.assay = None

    def __enter__(self):
        try:
            self._start_peers()
            self._configure_assay()
            self.start_assay()
            self._create_zones()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        if kind is not None:
            for log in sorted(self.folder.glob("*.log")):
                print(f"---- {log.name}\n{log.read_text(errors='replace')[-4000:]}", file=sys.stderr)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, name, command, **options):
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **options)
        self.processes.append(process)
        return process

    def _start_peers(self):
        root = self.start("root", servers.knot(self.folder / "root", servers.ROOT_ADDRESS, ".", self.root_zone,
                                               sign=True))
        serve = servers.CORPORATE_SERVERS[self.corporate]
        corporate = self.start("corporate", serve(self.folder / "corporate", servers.CORPORATE_ADDRESS, "corp.test",
                                                  self.corporate_zone))
        wait_until(lambda: answers_dns(servers.ROOT_ADDRESS), "root", root)
        wait_until(lambda: self.dig(servers.ROOT_ADDRESS, ".", "DNSKEY"), "the root's signature", root)
        wait_until(lambda: answers_dns(servers.CORPORATE_ADDRESS), self.corporate, corporate)
        self.root_hints = servers.write(self.folder / "root.hints", servers.root_hints())
        self.trust_anchor = servers.write(self.folder / "root.ds", servers.trust_anchor_of_root(self.folder / "root"))

    def start_resolver(self, program="unbound"):
        """One of servers.RESOLVERS in front of everything, at servers.RESOLVER_ADDRESS."""
        command = servers.RESOLVERS[program](self.folder / "resolver", self.root_hints, self.trust_anchor)
        resolver = self.start("resolver", command)
        wait_until(lambda: answers_dns(servers.RESOLVER_ADDRESS), program, resolver)

    def _configure_assay(self):
        self.state = self.folder / "state"
        token = servers.write(self.folder / "token", "e2e-token-of-the-lab-0123456789\n")
        token.chmod(0o600)
        self.config = servers.write(self.folder / "assay.toml", f"""state_directory = "{self.state}"
[dns]
listen = ["{servers.ASSAY_ADDRESS}:53"]
[acme]
listen = ["127.0.0.1:8443"]
external_url = "https://localhost:8443"
{self.acme}
[grpc]
listen = ["127.0.0.1:8444"]
[[grpc.credential]]
name = "lab"
token_file = "{token}"
permissions = ["zones", "challenges", "certificates", "credentials", "external_accounts", "administration", "approval", "audit"]
[validator]
root_hints = "{self.root_hints}"
trust_anchors = "{self.trust_anchor}"
{self.settings}
""")

    def start_assay(self):
        ready = self.state / "run.json"
        ready.unlink(missing_ok=True)
        self.assay = self.start("assay", [ASSAY, "serve", "--config", str(self.config)])
        wait_until(ready.exists, "assay", self.assay)
        self.ready = json.loads(ready.read_text())

    def end_assay(self):
        """As an operator ends it."""
        self.assay.terminate()
        self.assay.wait(START_SECONDS_MAX)

    def kill_assay(self):
        """SIGKILL: nothing is flushed, nobody says good-bye."""
        self.assay.send_signal(signal.SIGKILL)
        self.assay.wait()

    def _create_zones(self):
        self.cli("zone", "create", "acme.test", "--name-server", "ns1.acme.test")
        self.cli("zone", "rrset", "put", "ns1.acme.test", "A", servers.ASSAY_ADDRESS, "--ttl", "60s")
        self.cli("zone", "create", "_acme-challenge.www.corp.test", "--name-server", "ns1.acme.test")

    # Programs

    @property
    def ca_file(self):
        return self.ready["ca_file"]

    @property
    def directory(self):
        return self.ready["acme_directory"]

    def cli(self, *arguments, check=True, token_file=None):
        """One call of our own command line, by the lab's credential or by that of the file."""
        return self.command([ASSAY, *arguments, "--state", str(self.state), "--token-file",
                             str(token_file or self.folder / "token")], check=check)

    def command(self, command, check=True, env=None, **options):
        """Runs a program to its end; its output is in the error when it fails."""
        done = subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=COMMAND_SECONDS_MAX,
                              env={**os.environ, **self.environment(), **(env or {})}, **options)
        if check and done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}")
        return done

    def environment(self):
        """What TLS libraries read, so that clients trust our HTTPS."""
        if not hasattr(self, "ready"):
            return {}
        # gRPC may still be ending a connection when our short-lived client exits, which looks like a leak. The
        # server's own leaks are looked for: it is not started with this.
        return {"ASAN_OPTIONS": "detect_leaks=0", "REQUESTS_CA_BUNDLE": self.ca_file, "SSL_CERT_FILE": self.ca_file,
                "CURL_CA_BUNDLE": self.ca_file, "LEGO_CA_CERTIFICATES": self.ca_file, "no_proxy": "*"}

    def hook(self):
        """A script for clients: `hook add|remove NAME VALUE` publishes by our command line, where the name leads."""
        path = self.folder / "hook"
        cases = "\n".join(f"  {name}) name={target} ;;" for name, target in ALIASES.items())
        servers.write(path, f"""#!/bin/bash
set -eu
name=${{2%.}}
case $name in
{cases}
esac
case $1 in add) verb=present ;; remove) verb=remove ;; *) exit 2 ;; esac
exec {ASSAY} txt "$verb" --state "{self.state}" --token-file "{self.folder}/token" -- "$name" "$3"
""")
        path.chmod(0o755)
        return path

    def dig(self, server, name, rrtype, *options):
        """The answer section in short form, one RDATA a line."""
        done = subprocess.run(["dig", "+short", "+time=5", "+tries=2", *options, f"@{server}", name, rrtype],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60, check=False)
        return [] if done.returncode else [line for line in done.stdout.splitlines() if not line.startswith(";")]


class CertificateChecks(unittest.TestCase):
    """What every certificate that a client was given must be."""

    def check(self, lab, chain, key, names, root=None):
        """Chain and key are PEM files, `root` the one to trust in the place of the server's; returns the serial."""
        text = pathlib.Path(chain).read_text()
        leaf = lab.folder / "checked-leaf.pem"
        leaf.write_text(text[:text.index("-----END CERTIFICATE-----")] + "-----END CERTIFICATE-----\n")
        for name in names:
            host = name.replace("*", "any-label", 1)
            lab.command(["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host, "-CAfile",
                         root or lab.ready["root_file"], "-untrusted", chain, leaf])
        shown = lab.command(["openssl", "x509", "-in", leaf, "-noout", "-ext", "subjectAltName"]).stdout
        found = sorted(part.strip()[4:] for line in shown.splitlines() for part in line.split(",") if "DNS:" in part)
        self.assertEqual(found, sorted(names))
        public = lab.command(["openssl", "x509", "-in", leaf, "-noout", "-pubkey"]).stdout
        self.assertEqual(public, lab.command(["openssl", "pkey", "-in", key, "-pubout"]).stdout)
        return lab.command(["openssl", "x509", "-in", leaf, "-noout", "-serial"]).stdout.strip()
