#!/usr/bin/env python3
"""Measures Assay's DNS beside NSD and Knot, in one run:

  tests/bench/dns/run.py                            100,000 names over UDP
  tests/bench/dns/run.py --names 1000,1000000 --transport udp,tcp
  tests/bench/dns/run.py --writer                   Assay alone: answers while values are published, and while the
                                                    store's writer stands still

Builds what it needs (preset release), serves the same zone from each server with one worker on one core, checks
1,000 values of each, and then asks them in turn, round by round. Everything is on 127.0.0.1 and ends by itself.
Debian's nsd and knot are measured where they are installed.

What to compare is the CPU time of a query: QPS is bounded by whichever of server and generator is slower. The
ratio is taken within each round and the median of it is shown, because a machine's speed drifts by more than the
servers differ. On loopback a send includes the delivery at the receiver, so each figure holds one delivery.
Memory is what belongs to the server alone (anonymous), and with its share of mapped files (PSS). A restart is from the
start of the program to the first right answer: Assay from its store, the others from the zone file.
"""
import argparse
import json
import os
import pathlib
import shutil
import re
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
SERVER_CORE, LOAD_CORE = 0, 1
READY_TIMEOUT_S = 600
PACED_RATE, UPDATE_RATE, STALL_S = 30_000, 200, 30


def build(folder):
    targets = ["dns_bench_zone", "dns_bench_server", "dns_bench_load"]
    subprocess.run(["cmake", "--preset", "release", "-B", folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--target", *targets], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return pathlib.Path(ROOT, folder, "tests/bench/dns")


def free_port():
    with socket.socket() as tcp:
        tcp.bind(("127.0.0.1", 0))
        return tcp.getsockname()[1]


def nsd_command(scratch, zone, port):
    config = scratch / "nsd.conf"
    config.write_text(f"""
server:
  ip-address: 127.0.0.1@{port}
  server-count: 1
  username: ""
  zonesdir: "{scratch}"
  database: ""
  zonelistfile: "{scratch}/zone.list"
  xfrdfile: "{scratch}/xfrd.state"
  xfrdir: "{scratch}"
  pidfile: "{scratch}/nsd.pid"
  logfile: "{scratch}/nsd.log"
  minimal-responses: yes
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  tcp-count: 1000
remote-control:
  control-enable: no
zone:
  name: "acme.test"
  zonefile: "{zone}"
""")
    return ["nsd", "-d", "-c", str(config)]


def knot_command(scratch, zone, port):
    config = scratch / "knot.conf"
    config.write_text(f"""
server:
  rundir: "{scratch}"
  listen: 127.0.0.1@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: warning
database:
  storage: "{scratch}/knot"
template:
  - id: default
    storage: "{scratch}"
    zonefile-load: whole
    zonefile-sync: -1
    journal-content: none
zone:
  - domain: "acme.test"
    file: "{zone}"
""")
    return ["knotd", "-c", str(config)]


def first_query(zone):
    """A query for the first TXT of the zone file, and the value that must come."""
    with zone.open() as lines:
        owner, value = next(match.groups() for line in lines if (match := re.match(r'(\S+) IN TXT "(.*)"', line)))
    labels = [owner.encode(), b"acme", b"test", b""]
    question = b"".join(bytes([len(label)]) + label for label in labels) + struct.pack(">HH", 16, 1)
    return struct.pack(">HHHHHH", 1, 0, 1, 0, 0, 0) + question, value.encode()


class Server:
    """One server under test, from when it answers until it is stopped."""

    def __init__(self, label, command, port, tools, names, zone, log):
        self.label, self.command, self.port, self.tools, self.names = label, command, port, tools, names
        self.first_query, self.log = first_query(zone), log
        self.start()
        self.load("check", "udp")
        self.load("check", "tcp")

    def start(self):
        """Starts it and returns after how many seconds it gave the first right answer."""
        started = time.monotonic()
        self.process = subprocess.Popen(["taskset", "-c", str(SERVER_CORE), *self.command], stdin=subprocess.PIPE,
                                        stdout=self.log, stderr=self.log, start_new_session=True)
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() - started > READY_TIMEOUT_S:
                raise SystemExit(f"{self.label} did not come up; see {self.log.name}")
        return time.monotonic() - started

    def answers(self):
        query, value = self.first_query
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.settimeout(0.02)
            try:
                udp.connect(("127.0.0.1", self.port))
                udp.send(query)
                return value in udp.recv(4096)
            except OSError:
                return False

    def restart(self):
        self.stop()
        return self.start()

    def tell(self, line):
        """An instruction for dns_bench_server."""
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def memory_mb(self):
        """Anonymous memory and PSS, of all its processes."""
        anonymous = pss = 0
        for pid in self.processes():
            rollup = dict(re.findall(r"(\w+): +(\d+) kB", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()))
            anonymous += int(rollup["Pss_Anon"])
            pss += int(rollup["Pss"])
        return anonymous / 1024, pss / 1024

    def load(self, action, transport, *arguments, ok=True):
        """Runs the generator. None: it failed, which is an error if it must be `ok`."""
        command = [str(self.tools / "dns_bench_load"), action, transport, str(self.port), str(self.names), *arguments]
        run = subprocess.run(["taskset", "-c", str(LOAD_CORE), *command], capture_output=True, text=True)
        if run.returncode != 0 and ok:
            raise SystemExit(f"{self.label}: {' '.join(command)}: {run.stdout}{run.stderr}")
        return json.loads(run.stdout) if run.returncode == 0 else None

    def processes(self):
        """The process and those that it started."""
        processes = [self.process.pid]
        for pid in processes:
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                processes += [int(child) for child in (task / "children").read_text().split()]
        return processes

    def cpu_ns(self):
        tasks = [task for pid in self.processes() for task in pathlib.Path(f"/proc/{pid}/task").iterdir()]
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)

    def measure(self, transport, seconds, outstanding):
        before = self.cpu_ns()
        result = self.load("load", transport, str(seconds), str(outstanding))
        result["cpu_us"] = (self.cpu_ns() - before) / 1000 / result["answered"]
        return result

    def stop(self):
        self.process.stdin.close()
        if self.label != "assay":
            self.process.terminate()
        self.process.wait(timeout=60)


def commands(tools, scratch, zone):
    """Label, command and port of each server that is here."""
    port = free_port()
    store = scratch / "store"
    yield "assay", [str(tools / "dns_bench_server"), str(zone), str(store), str(port)], port
    for label, program, command in (("nsd", "nsd", nsd_command), ("knot", "knotd", knot_command)):
        if shutil.which(program):
            port = free_port()
            yield label, command(scratch, zone, port), port
        else:
            print(f"{label} is not installed and is left out", file=sys.stderr)


def table(names, transport, results):
    print(f"\n{names:,} names, {transport}\n")
    print("| server | CPU µs a query (least–most) | of NSD's | of Knot's | queries/s | p50 / p99 µs |")
    print("|---|---|---|---|---|---|")
    for label, rounds in results.items():
        median = lambda key: statistics.median(r[key] for r in rounds)
        cpu = sorted(r["cpu_us"] for r in rounds)
        ratios = [
            f"{statistics.median(r['cpu_us'] / p['cpu_us'] for r, p in zip(rounds, results[peer])):.2f}"
            if peer in results else "–" for peer in ("nsd", "knot")
        ]
        print(f"| {label} | **{median('cpu_us'):.2f}** ({cpu[0]:.2f}–{cpu[-1]:.2f}) | {ratios[0]} | {ratios[1]} "
              f"| {median('qps'):,.0f} | {median('p50_us'):,.0f} / {median('p99_us'):,.0f} |")
    lost = sum(r["lost"] for rounds in results.values() for r in rounds)
    if lost:
        print(f"\n{lost} responses were lost.")


def memory_and_restart(servers):
    print("\n| server | anonymous MB | PSS MB | restart to first answer, s |")
    print("|---|---|---|---|")
    for server in servers:
        anonymous, pss = server.memory_mb()
        print(f"| {server.label} | {anonymous:,.0f} | {pss:,.0f} | {server.restart():.2f} |")


def writer_table(server, options):
    """Answers at a fixed rate while the store's writer does what it may do."""
    print(f"\n{server.names:,} names, udp, {PACED_RATE:,} queries/s; latencies from when a query was due\n")
    print("| meanwhile | p50 / p99 / p99.9 µs (median of the rounds) | answered | lost |")
    print("|---|---|---|---|")
    updates = f"updates {UPDATE_RATE}"
    meanwhile = {"nothing": ([], options.seconds, options.rounds),
                 f"{UPDATE_RATE} values/s presented or removed": ([updates], options.seconds, options.rounds),
                 f"the writer stands still for {STALL_S} s": ([updates, "stall"], STALL_S, 1)}
    results = {what: [] for what in meanwhile}
    for round_number in range(options.rounds):
        for what, (lines, seconds, rounds) in meanwhile.items():
            if round_number >= rounds:
                continue
            for line in lines:
                server.tell(line)
            results[what].append(server.load("pace", "udp", str(seconds), str(PACED_RATE)))
            server.tell("resume")
            server.tell("updates 0")
            time.sleep(0.2)
    for what, rounds in results.items():
        median = lambda key: f"{statistics.median(r[key] for r in rounds):,.0f}"
        print(f"| {what} | {median('p50_us')} / {median('p99_us')} / {median('p999_us')} "
              f"| {sum(r['answered'] for r in rounds):,} | {sum(r['lost'] for r in rounds)} |")


def run(tools, names, transports, options):
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as scratch_name:
        scratch = pathlib.Path(scratch_name)
        zone = scratch / "acme.test.zone"
        with zone.open("w") as out:
            subprocess.run([tools / "dns_bench_zone", str(names)], stdout=out, check=True)
        servers = []
        try:
            for label, command, port in commands(tools, scratch, zone):
                log = (scratch / f"{label}.out").open("w")
                servers.append(Server(label, command, port, tools, names, zone, log))
                if options.writer:
                    writer_table(servers[0], options)
                    return
            for transport in transports:
                results = {server.label: [] for server in servers}
                for server in servers:
                    server.measure(transport, 1, options.outstanding)
                for _ in range(options.rounds):
                    for server in servers:
                        results[server.label].append(server.measure(transport, options.seconds, options.outstanding))
                table(names, transport, results)
            memory_and_restart(servers)
        finally:
            for server in servers:
                server.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", default="100000", help="sizes of the zone, between commas")
    parser.add_argument("--transport", default="udp", help="udp, tcp, or both between commas")
    parser.add_argument("--writer", action="store_true", help="Assay alone, while its store is written")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--outstanding", type=int, default=104)
    parser.add_argument("--build", default="build/release", help="build folder")
    options = parser.parse_args()
    tools = build(options.build)
    for names in options.names.split(","):
        run(tools, int(names), options.transport.split(","), options)


if __name__ == "__main__":
    main()
