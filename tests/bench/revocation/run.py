#!/usr/bin/python3
"""What it costs to tell what is revoked, in one run: CRLs of a million entries, OCSP answers, and what both do to issuance.

    tests/bench/revocation/run.py [--build build/release] [--revoked 1000000] [--shards 1] [--rounds 3] [--seconds 20]

Builds what it needs (preset release), and measures
- how long a CRL of so many entries takes, from the store to the file (revocation_bench);
- OCSP answers a second of one core, kept ones and such as are signed for a nonce, beside `openssl ocsp` and beside the
  signatures a second that `openssl speed` makes with ECDSA on P-256;
- issuance (tests/bench/acme/acme_load) while all shards lie still, and while one is built again and again because something
  is revoked each second.
Rounds are interleaved, each with the server pinned to core 0 and the generator on core 1: compare the ratios. Everything
listens on loopback. Prints one line a run and Markdown tables of medians.
"""
import argparse
import contextlib
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
TARGETS = ["assay", "acme_load", "revocation_bench", "revocation_history", "ocsp_load"]
PUBLISHED_SECONDS_MAX = 120
SPENT_MAX = 1000  # certificates that are revoked, one a second


def acme_driver():
    """tests/bench/acme/run.py, which starts servers and measures issuance."""
    path = ROOT / "tests/bench/acme/run.py"
    loader = importlib.machinery.SourceFileLoader("acme_driver", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("acme_driver", loader))
    loader.exec_module(module)
    return module


acme = acme_driver()


def build(folder, targets):
    subprocess.run(["cmake", "--preset", "release", "-B", folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--target", *targets], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return pathlib.Path(ROOT, folder)


def settings(port, shards):
    return f"""[revocation]
listen = ["127.0.0.1:{port}"]
crl.shards = {shards}
ocsp.enabled = true
"""


def run(command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **options).stdout


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stop(server):
    server.terminate()
    server.wait()


class Ca:
    """A server's folder, where it has made its CA."""

    def __init__(self, args, folder):
        self.args, self.folder, self.port = args, folder, acme.free_port()
        self.settings = settings(self.port, args.shards)
        server, _, _ = acme.start_assay(args, folder, acme.free_port(), self.settings)
        self.wait_for_crls(0)
        stop(server)
        self.ca = next((folder / "state/crl").iterdir()).name
        self.good, self.spent = [], []

    def write_history(self, revoked):
        """So many revoked certificates, and some that are not, while no server runs."""
        started = time.monotonic()
        printed = run([self.args.build / "tests/bench/revocation/revocation_history", self.folder / "state/store", "--ca",
                       self.ca, "--revoked", revoked, "--shards", self.args.shards, "--good", SPENT_MAX])
        self.good = printed.split()
        print(f"{revoked} revoked certificates written in {time.monotonic() - started:.0f} s", flush=True)

    def crls(self):
        return sorted((self.folder / "state/crl").glob("*/*.crl"))

    def wait_for_crls(self, since):
        deadline = time.monotonic() + PUBLISHED_SECONDS_MAX
        while len(self.crls()) < self.args.shards or min(crl.stat().st_mtime for crl in self.crls()) < since:
            if time.monotonic() > deadline:
                sys.exit(f"no new CRLs within {PUBLISHED_SECONDS_MAX} s")
            time.sleep(0.1)

    def start(self, args, folder, dns_port):
        """As acme.start_assay, once the CRLs that a start makes are there."""
        (folder / "state/run.json").unlink(missing_ok=True)
        begin = time.time()
        started = acme.start_assay(args, folder, dns_port, self.settings)
        self.wait_for_crls(begin)
        return started

    def command(self, *words):
        """What an operator of the running server types, on the generator's core."""
        return ["taskset", "-c", "1", self.args.build / "app/assay", *words, "--state", self.folder / "state", "--token-file",
                self.folder / "token"]

    def revoke(self, serial):
        run(self.command("cert", "revoke", serial, "--reason", "superseded"))

    def spend(self):
        self.spent.append(self.good.pop())
        self.revoke(self.spent[-1])

    def start_and_revoke(self, again):
        """Starts a server whose operator revokes something each second: what was revoked before, which changes nothing,
        or another one, so that its shard is built again."""
        def start(args, folder, dns_port):
            server, directory, ca_file = self.start(args, folder, dns_port)

            def revoke_each_second():
                while server.poll() is None:
                    with contextlib.suppress(subprocess.CalledProcessError):  # the server ends
                        if again:
                            self.revoke(self.spent[-1])
                        else:
                            self.spend()
                    time.sleep(1)
            threading.Thread(target=revoke_each_second, daemon=True).start()
            return server, directory, ca_file
        return start


def issuance(args):
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as temporary:
        folder = pathlib.Path(temporary)
        ca = Ca(args, folder)
        ca.write_history(args.revoked)
        server, _, _ = ca.start(args, folder, acme.free_port())
        ca.spend()
        stop(server)
        acme.SERVERS.update({"still": ca.start_and_revoke(again=True), "built": ca.start_and_revoke(again=False)})
        runs = {"still": [], "built": []}
        for number in range(args.rounds):
            for name, results in runs.items():
                before = [crl.stat().st_mtime for crl in ca.crls()]
                results.append(acme.measure(args, name, args.workers, folder))
                changed = sum(crl.stat().st_mtime != time_before for crl, time_before in zip(ca.crls(), before))
                if name == "built" and changed == 0:
                    sys.exit("no CRL was built again")
                print(f"round {number + 1} {name}: {json.dumps(results[-1])}; {changed} shards are others", flush=True)
        size = sum(crl.stat().st_size for crl in ca.crls())
    print(f"\n{args.revoked} revoked certificates in {args.shards} CRLs of {size / 1e6:.1f} MB together\n")
    print("| CRLs | issuances/s | issue p50 ms | issue p99 ms |\n|---|---|---|---|")
    for name, results in runs.items():
        middle = {key: statistics.median(result[key] for result in results) for key in results[0]}
        print(f"| {name} | {middle['per_second']:.0f} | {middle['issue_p50_ms']:.1f} | {middle['issue_p99_ms']:.1f} |")


def assay_responder(args, folder):
    """A running server, and how it is asked: name, connections, options of ocsp_load."""
    ca = Ca(args, folder)
    ca.write_history(0)
    server, _, _ = ca.start(args, folder, acme.free_port())
    issuing = folder / "issuing.pem"
    with urllib.request.urlopen(f"http://127.0.0.1:{ca.port}/issuer/{ca.ca}.crt", timeout=20) as reply:
        run_der(["openssl", "x509", "-inform", "der", "-out", issuing], reply.read())
    ask = ["openssl", "ocsp", "-issuer", issuing, "-serial", "0x" + ca.good[0]]
    run([*ask, "-no_nonce", "-reqout", folder / "plain.der"])
    run([*ask, "-nonce", "-reqout", folder / "nonce.der"])
    at = ["--port", ca.port, "--path", "/ocsp"]
    return server, [("Assay, kept", "kept", [*at, "--request", folder / "plain.der"]),
                    ("Assay, kept", "new", [*at, "--request", folder / "plain.der"]),
                    ("Assay, signed for a nonce", "kept", [*at, "--request", folder / "nonce.der"]),
                    ("Assay, signed for a nonce", "new", [*at, "--request", folder / "nonce.der"])]


def run_der(command, octets):
    subprocess.run([str(part) for part in command], input=octets, check=True, capture_output=True)


def openssl_responder(_, folder):
    """openssl's own, with a CA of its own on P-256. It closes behind each answer."""
    port = acme.free_port()
    issuing, key, index = folder / "ca.pem", folder / "ca.key", folder / "index.txt"
    run(["openssl", "req", "-x509", "-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj",
         "/CN=bench", "-keyout", key, "-out", issuing])
    index.write_text("V\t491231235959Z\t\t1000\tunknown\t/CN=bench.test\n")
    run(["openssl", "ocsp", "-issuer", issuing, "-serial", "0x1000", "-nonce", "-reqout", folder / "request.der"])
    with open(folder / "openssl.log", "wb") as log:
        server = subprocess.Popen(["taskset", "-c", "0", "openssl", "ocsp", "-port", str(port), "-index", index, "-CA", issuing,
                                   "-rsigner", issuing, "-rkey", key, "-nmin", "5"], stdout=log, stderr=log)
    # It ends at a connection that asks nothing, so it is not tried but waited for until it says that it listens.
    acme.wait_for(lambda: "waiting for OCSP client" in (folder / "openssl.log").read_text(), "openssl ocsp")
    return server, [("openssl ocsp", "new", ["--port", port, "--path", "/", "--request", folder / "request.der"])]


def signatures_a_second(args):
    printed = run(["taskset", "-c", "0", "openssl", "speed", "-seconds", args.ocsp_seconds, "ecdsap256"])
    return float(re.search(r"\(nistp256\)\s+\S+\s+\S+\s+(\S+)", printed)[1])


def ocsp(args):
    rows, signatures = {}, []
    for number in range(args.rounds):
        signatures.append(signatures_a_second(args))
        for respond in (assay_responder, openssl_responder):
            with tempfile.TemporaryDirectory(prefix="assay-bench-") as temporary:
                server, questions = respond(args, pathlib.Path(temporary))
                try:
                    for name, connections, options in questions:
                        before = cpu_seconds(server.pid)
                        answered = json.loads(run(["taskset", "-c", "1", args.build / "tests/bench/revocation/ocsp_load",
                                                   *options, "--connections", connections, "--seconds", args.ocsp_seconds]))
                        spent = cpu_seconds(server.pid) - before
                        result = (answered["answers"] / answered["seconds"], 1e6 * spent / answered["answers"])
                        rows.setdefault((name, connections), []).append(result)
                        print(f"round {number + 1} {name}, connections {connections}: {result[0]:.0f} answers/s, "
                              f"{result[1]:.0f} µs of CPU each", flush=True)
                finally:
                    stop(server)
    signed = statistics.median(signatures)
    print(f"\nopenssl speed: {signed:.0f} signatures/s of one core with ECDSA on P-256\n")
    print("| responder | connections | answers/s | CPU µs an answer | of the signatures |\n|---|---|---|---|---|")
    for (name, connections), results in rows.items():
        rate, spent = (statistics.median(values) for values in zip(*results))
        print(f"| {name} | {connections} | {rate:.0f} | {spent:.0f} | {100 * rate / signed:.0f} % |")


def argument_parser(description, shards):
    """With the arguments that each benchmark of revocation has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--built", action="store_true", help="build nothing")
    parser.add_argument("--shards", type=int, default=shards)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=8)
    return parser


def parse(parser, targets):
    args = parser.parse_args()
    args.build = pathlib.Path(ROOT, args.build) if args.built else build(args.build, targets)
    return args


def main():
    parser = argument_parser(__doc__, shards=1)
    parser.add_argument("--revoked", type=int, default=1_000_000, help="entries of all CRLs together")
    parser.add_argument("--seconds", type=int, default=20, help="of issuance")
    parser.add_argument("--ocsp-seconds", type=int, default=5)
    args = parse(parser, TARGETS)
    subprocess.run(["taskset", "-c", "0", args.build / "tests/bench/revocation/revocation_bench"], check=True)
    ocsp(args)
    issuance(args)


if __name__ == "__main__":
    main()
