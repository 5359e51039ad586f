#!/usr/bin/python3
"""What it costs to revoke all that a CA has issued, and what that does to issuance.

    tests/bench/revocation/mass.py [--build build/release] [--certificates 100000] [--shards 16] [--rounds 3] [--workers 8]

Builds what it needs (preset release). Each round fills the stores of two servers with so many valid certificates of their CA,
and has `assay cert revoke --issued-before` revoke them all:
- in the still: how long until the job is done, and until its CRLs have all of them; CPU and octets of the disk for each; and
  whether the ARI windows (RFC 9773) of a sample, which were in the future, are in the past then;
- beside workers that issue (tests/bench/acme/acme_load), for as long as that took, and who have issued as long in the still
  just before.
The server is pinned to core 0 and everything else to core 1: compare the ratios. Everything listens on loopback. Prints one
line of JSON a run and Markdown tables of medians.
"""
import base64
import datetime
import json
import math
import os
import pathlib
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import run as revocation
from run import acme

TARGETS = ["assay", "acme_load", "acme_history"]
PUBLISHED_SECONDS_MAX = 600
SAMPLE = 20
WARMUP_SECONDS = 2  # of acme_load

# None has expired, no order is to be removed yet, and all are older than what is issued while this runs.
BEGUN_DAYS_AGO, OVER_DAYS = 5, 4
LIFETIME = datetime.timedelta(days=90)  # as acme_history has it

# In each entry of a CRL whose reason is told: the reasonCode extension's OID (RFC 5280 §5.3.1).
REASON_CODE = bytes.fromhex("0603551d15")


def time_of(text):
    return datetime.datetime.fromisoformat(text)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Operator:
    """Revokes all that is in the store of a running server, once."""

    def __init__(self, ca, server, certificates):
        self.ca, self.server, self.certificates = ca, server, certificates
        self.progress = []  # seconds, revoked

    def entries(self):
        return sum(crl.read_bytes().count(REASON_CODE) for crl in self.ca.crls())

    def revoke_all(self):
        """What it took, when all of them are in CRLs."""
        cpu_before, self.begun = revocation.cpu_seconds(self.server.pid), time.monotonic()
        command = self.ca.command("cert", "revoke", "--issued-before", rfc3339(now() - datetime.timedelta(hours=1)), "--reason",
                                  "superseded", "--output", "json")
        shown = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in shown.stderr:
            if told := re.search(r"(\d+) revoked", line):
                self.progress.append((round(self.seconds(), 1), int(told[1])))
        job = json.loads(shown.stdout.read() or "null")
        if shown.wait() != 0 or int(job["job"]["revoked"]) != self.certificates:
            sys.exit(f"not all were revoked: {job}")
        while self.entries() < self.certificates:
            if self.seconds() > PUBLISHED_SECONDS_MAX:
                sys.exit(f"{self.entries()} of them are in CRLs after {PUBLISHED_SECONDS_MAX} s")
            time.sleep(0.1)
        spent = revocation.cpu_seconds(self.server.pid) - cpu_before
        created, ended = (time_of(job["job"][name]).timestamp() for name in ("createTime", "endTime"))
        last_crl = max(crl.stat().st_mtime for crl in self.ca.crls())
        return {"revoked_s": ended - created, "in_crls_s": last_crl - created, "server_cpu_s": spent,
                "progress": self.progress}

    def seconds(self):
        return time.monotonic() - self.begun

    def per_second_at_last(self):
        """How many were revoked a second until the progress was told last, which another thread may do meanwhile."""
        seconds, revoked = self.progress[-1] if self.progress else (1, 0)
        return revoked / seconds


def base64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class RenewalInfo:
    """Asks ARI about some of the certificates, spread over the time in which they were issued."""

    def __init__(self, ca, certificates, begun, directory, ca_file):
        self.tls = ssl.create_default_context(cafile=ca_file)
        at = self.get(directory)["renewalInfo"]
        over = datetime.timedelta(days=OVER_DAYS)
        width = 2 * over / certificates + datetime.timedelta(seconds=10)
        serials = [self.serial(ca, begun + LIFETIME + over * i / SAMPLE, width) for i in range(SAMPLE)]
        shown = json.loads(revocation.run(ca.command("cert", "show", serials[0], "--output", "json")))
        extension = revocation.run(["openssl", "x509", "-noout", "-ext", "authorityKeyIdentifier"],
                                   input=shown["certificate"]["details"]["pem"])
        key = base64url(bytes.fromhex(re.search(r"(?:[0-9A-F]{2}:)+[0-9A-F]{2}", extension)[0].replace(":", "")))
        self.urls = [f"{at}/{key}.{base64url(bytes.fromhex(serial))}" for serial in serials]

    def get(self, url):
        with urllib.request.urlopen(url, timeout=20, context=self.tls) as reply:
            return json.load(reply)

    def serial(self, ca, ends, width):
        listed = revocation.run(ca.command("cert", "list", "--ends-from", rfc3339(ends), "--ends-before", rfc3339(ends + width),
                                           "--output", "json"))
        return json.loads(listed)["certificates"][0]["serial"]

    def count(self):
        """Of how many the whole window is in the past, and of how many it is in the future."""
        windows = [self.get(url)["suggestedWindow"] for url in self.urls]
        return (sum(time_of(window["end"]) <= now() for window in windows),
                sum(time_of(window["start"]) > now() for window in windows))


def filled(args, folder):
    """The CA, and when its oldest certificate was issued."""
    ca = revocation.Ca(args, folder)
    begun = now() - datetime.timedelta(days=BEGUN_DAYS_AGO)
    acme.history_tool(args, "fill", folder, "--orders", args.certificates, "--begun-days-ago", BEGUN_DAYS_AGO, "--over-days",
                      OVER_DAYS)
    return ca, begun


def in_use(args, folder):
    size = acme.history_tool(args, "size", folder)
    return size["file"] - size["free"]


def in_the_still(args, folder):
    ca, begun = filled(args, folder)
    before = in_use(args, folder)
    server, directory, ca_file = ca.start(args, folder, acme.free_port())
    try:
        renewal = RenewalInfo(ca, args.certificates, begun, directory, ca_file)
        if renewal.count() != (0, SAMPLE):
            sys.exit("clients were told to renew before anything was revoked")
        result = Operator(ca, server, args.certificates).revoke_all()
        result["windows_moved"], _ = renewal.count()
        if result["windows_moved"] != SAMPLE:
            sys.exit(f"{result['windows_moved']} of {SAMPLE} ARI windows are in the past")
    finally:
        revocation.stop(server)
    result["per_second"] = args.certificates / result["revoked_s"]
    result["cpu_us"] = 1e6 * result["server_cpu_s"] / args.certificates
    result["octets"] = (in_use(args, folder) - before) / args.certificates
    return result


def beside_issuance(args, folder):
    """Issuance in the still, issuance beside the job, and the job."""
    ca, _ = filled(args, folder)
    job = {}

    def start_and_revoke(*where):
        started = ca.start(*where)
        operator = Operator(ca, started[0], args.certificates)

        def revoke_all():
            time.sleep(WARMUP_SECONDS)
            job.update(operator.revoke_all())
        job["operator"], job["thread"] = operator, threading.Thread(target=revoke_all, daemon=True)
        job["thread"].start()
        return started

    def see_it_through():
        operator = job.pop("operator")
        job["issued_beside_s"], job["per_second"] = operator.seconds(), operator.per_second_at_last()
        job.pop("thread").join()
    acme.SERVERS.update({"still": ca.start, "beside": start_and_revoke})
    still = acme.measure(args, "still", args.workers, folder)
    beside = acme.measure(args, "beside", args.workers, folder, see_it_through)
    if "in_crls_s" not in job:
        sys.exit("the job failed")
    return still, beside, job


def medians(runs):
    numbers = [key for key, value in runs[0].items() if isinstance(value, (int, float))]
    return {key: statistics.median(run[key] for run in runs) for key in numbers}


def print_tables(args, runs):
    middle = {name: medians(results) for name, results in runs.items()}
    print(f"\n{args.certificates} certificates, {args.shards} CRLs, {args.workers} workers\n")
    print("| a job that revokes all | certificates/s | all revoked after s | all in CRLs after s | CPU µs each | octets each |")
    print("|---|---|---|---|---|---|")
    alone, job = middle["alone"], middle["job"]
    print(f"| in the still | {alone['per_second']:.0f} | {alone['revoked_s']:.1f} | {alone['in_crls_s']:.1f} | "
          f"{alone['cpu_us']:.0f} | {alone['octets']:.0f} |")
    print(f"| beside issuance | {job['per_second']:.0f} | {job['revoked_s']:.1f} | {job['in_crls_s']:.1f} | | |")
    print("\n| issuance | issuances/s | CPU ms an issuance | issue p50 / p99 ms |\n|---|---|---|---|")
    for name, title in {"still": "in the still", "beside": "beside the job, with its CPU"}.items():
        result = middle[name]
        print(f"| {title} | {result['per_second']:.0f} | {result['cpu_ms']:.2f} | {result['issue_p50_ms']:.1f} / "
              f"{result['issue_p99_ms']:.1f} |")


def main():
    parser = revocation.argument_parser(__doc__, shards=16)
    parser.add_argument("--certificates", type=int, default=100_000)
    args = revocation.parse(parser, TARGETS)
    os.sched_setaffinity(0, {1})  # away from the server
    runs = {"alone": [], "still": [], "beside": [], "job": []}
    for number in range(args.rounds):
        with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
            results = [in_the_still(args, pathlib.Path(folder))]
        args.seconds = math.ceil(results[0]["revoked_s"])  # beside issuance it takes longer, so that it is not over before
        with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
            results += beside_issuance(args, pathlib.Path(folder))
        for (name, before), result in zip(runs.items(), results):
            before.append(result)
            print(f"round {number + 1} {name}: {json.dumps(result)}", flush=True)
    print_tables(args, runs)


if __name__ == "__main__":
    main()
