#!/usr/bin/python3
"""Assay beside Debian's Pebble in one run: durable issuances a second, and CPU a certificate.

    tests/bench/acme/run.py [--build build/release] [--rounds 3] [--workers 1,8] [--seconds 10]
    tests/bench/acme/run.py --history 1000000    # the same, of a store that holds so many finished orders, and of an empty one
    tests/bench/acme/run.py --expired 1000000    # a store that holds so many that are to be removed, before and after

Builds what it needs (preset release). Pebble is measured where it is installed: deploy/packages.sh bench.
Rounds are interleaved, each with a fresh server pinned to core 0 and the generator on core 1, because a virtual
machine's speed drifts: compare the ratios. Pebble keeps everything in memory; ours answers when it is durable.
Everything listens on loopback. Prints one line a run and a Markdown table of medians.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import select
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
START_SECONDS_MAX = 30
SWEPT_SECONDS = 5  # nothing was removed for so long: nothing more is due
OWN_RECORDS_MAX = 100  # of a kind, of a server that has issued nothing but certificates for its listeners


def build(folder):
    subprocess.run(["cmake", "--preset", "release", "-B", folder], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--target", "assay", "acme_load", "acme_history"], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    return pathlib.Path(ROOT, folder)


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(done, what):
    deadline = time.monotonic() + START_SECONDS_MAX
    while not done():
        if time.monotonic() > deadline:
            sys.exit(f"{what} did not start within {START_SECONDS_MAX} s")
        select.select([], [], [], 0.02)


def accepts(port):
    with contextlib.closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_assay(args, folder, dns_port, settings=""):
    """A server on core 0 with more tables of configuration; the process, its directory and who signs its HTTPS."""
    (folder / "token").write_text("bench-token-0123456789abcdef\n")
    (folder / "token").chmod(0o600)
    (folder / "assay.toml").write_text(f"""state_directory = "{folder}/state"
roles = ["dns", "ca", "validator"]
[log]
level = "warning"
[dns]
listen = ["127.0.0.1:0"]
workers = 1
[acme]
listen = ["127.0.0.1:0"]
[grpc]
listen = ["127.0.0.1:0"]
[[grpc.credential]]
name = "bench"
token_file = "{folder}/token"
permissions = ["certificates", "administration"]
[validator]
stub = [{{ zone = "bench.test", addresses = ["127.0.0.1:{dns_port}"] }}]
{settings}
""")
    with open(folder / "log", "wb") as log:
        server = subprocess.Popen(["taskset", "-c", "0", args.build / "app/assay", "serve", "--config", folder / "assay.toml"],
                                  stdout=log, stderr=log)
    ready = folder / "state/run.json"
    wait_for(lambda: ready.exists() or server.poll() is not None, "assay")
    if server.poll() is not None:
        sys.exit((folder / "log").read_text())
    at = json.loads(ready.read_text())
    return server, at["acme_directory"], at["ca_file"]


def start_pebble(_, folder, dns_port):
    port, management = free_port(), free_port()
    subject = ["-nodes", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=localhost"]
    subprocess.run(["openssl", "req", "-x509", *subject, "-addext", "subjectAltName=DNS:localhost", "-keyout",
                    folder / "key.pem", "-out", folder / "ca.pem"], check=True, capture_output=True)
    (folder / "pebble.json").write_text(json.dumps({"pebble": {
        "listenAddress": f"127.0.0.1:{port}", "managementListenAddress": f"127.0.0.1:{management}",
        "certificate": str(folder / "ca.pem"), "privateKey": str(folder / "key.pem"), "httpPort": 1, "tlsPort": 1}}))
    environment = {**os.environ, "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0",
                   "GOMAXPROCS": "1"}
    server = subprocess.Popen(["taskset", "-c", "0", "pebble", "-config", folder / "pebble.json", "-dnsserver",
                               f"127.0.0.1:{dns_port}"], env=environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    wait_for(lambda: accepts(port), "pebble")
    return server, f"https://localhost:{port}/dir", str(folder / "ca.pem")


SERVERS = {"assay": start_assay, "pebble": start_pebble}


# Memory of its own: the store's pages, which the kernel keeps as long as nobody else needs the room, are not.
def own_memory_mb(server):
    status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) / 1000


def measure(args, name, workers, folder=None, then=lambda: None):
    """What acme_load tells of a server. `then` is called when that is told, before the server is stopped."""
    with contextlib.ExitStack() as stack:
        folder = folder or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="assay-bench-")))
        # The generator answers DNS, so it starts first and is told of the server when there is one.
        load = subprocess.Popen(["taskset", "-c", "1", args.build / "tests/bench/acme/acme_load", "--workers", str(workers),
                                 "--seconds", str(args.seconds)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        dns_port = int(load.stdout.readline().split()[1])
        server, directory, ca_file = SERVERS[name](args, folder, dns_port)
        try:
            output, _ = load.communicate(f"{server.pid} {directory} {ca_file}\n")
            memory = own_memory_mb(server)
            then()
        finally:
            server.terminate()
            server.wait()
        if load.returncode != 0:
            sys.exit(f"{name}: acme_load failed")
        return {**json.loads(output), "memory_mb": memory}


def history_tool(args, command, folder, *options):
    tool = args.build / "tests/bench/acme/acme_history"
    output = subprocess.run([tool, command, folder / "state", *map(str, options)], check=True, capture_output=True)
    return json.loads(output.stdout or "null")


# A state directory that a server has made, with finished orders of the past in its store.
def make_history(args, folder, orders, *options):
    server, _, _ = start_assay(args, folder, free_port())
    server.terminate()
    server.wait()
    started = time.monotonic()
    history_tool(args, "fill", folder, "--orders", orders, *options)
    size = history_tool(args, "size", folder)
    print(f"{orders} orders written in {time.monotonic() - started:.0f} s: {json.dumps(size)}", flush=True)
    return size


# Has a server remove what is due, and returns how long it takes.
def sweep(args, folder):
    def stays():
        tables = history_tool(args, "size", folder)["tables"]
        return [tables.get(table, {"records": 0})["records"] for table in "oux"]

    server, _, _ = start_assay(args, folder, free_port())
    begun = changed = time.monotonic()
    before, now = None, stays()
    while now != before:
        changed = time.monotonic()
        time.sleep(SWEPT_SECONDS)
        before, now = now, stays()
    server.terminate()
    server.wait()
    return changed - begun


# What was written in large pieces is cached in large pieces, which Linux 6.16 and newer look at whole whenever one page
# of them is written. This reads it again page by page, as a server does.
def cache_in_pages(args, folder):
    file = os.open(folder / "state/store/data.mdb", os.O_RDONLY)
    os.fsync(file)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(file)
    history_tool(args, "size", folder)


def compare_with_history(args):
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as temporary:
        folder = pathlib.Path(temporary)
        # None is to be removed yet: that would be measured, too.
        size = make_history(args, folder, args.history, "--begun-days-ago", 6, "--over-days", 5)
        cache_in_pages(args, folder)
        results = {"empty": [], "history": []}
        for round_number in range(args.rounds):
            for name, runs in results.items():
                runs.append(measure(args, "assay", args.workers[-1], folder if name == "history" else None))
                print(f"round {round_number + 1} {name}: {json.dumps(runs[-1])}", flush=True)
        print("\n| store | issuances/s | CPU ms an issuance | memory of its own, MB |\n|---|---|---|---|")
        for name, runs in results.items():
            print(f"| {name} | {median(runs, 'per_second'):.0f} | {median(runs, 'cpu_ms'):.2f} | "
                  f"{median(runs, 'memory_mb'):.0f} |")
        print(f"\noctets of the file for each certificate: {(size['file'] - size['free']) / args.history:.0f}")


# What the server removes, how long that takes it, and whether what comes after takes the room that was freed.
def watch_expiry(args):
    with tempfile.TemporaryDirectory(prefix="assay-bench-") as temporary:
        folder = pathlib.Path(temporary)
        before = make_history(args, folder, args.expired, "--begun-days-ago", 400, "--over-days", 200)
        taken = sweep(args, folder)
        swept = history_tool(args, "size", folder)
        left = max(swept["tables"].get(table, {"records": 0})["records"] for table in "oux")
        if left > OWN_RECORDS_MAX:
            sys.exit(f"{left} records of a kind were not removed")
        result = measure(args, "assay", args.workers[-1], folder)
        after = history_tool(args, "size", folder)
        print(f"swept in {taken:.0f} s: {json.dumps(swept)}\nthen: {json.dumps(result)}\nafter that: {json.dumps(after)}\n")
        print("| | file, MB | of it free, MB |\n|---|---|---|")
        for name, size in {f"{args.expired} orders": before, "all of them removed": swept,
                           f"{result['issuances']} new ones": after}.items():
            print(f"| {name} | {size['file'] / 1e6:.0f} | {size['free'] / 1e6:.0f} |")


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", default="1,8")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--history", type=int, metavar="ORDERS")
    parser.add_argument("--expired", type=int, metavar="ORDERS")
    args = parser.parse_args()
    args.workers = [int(count) for count in args.workers.split(",")]
    args.build = build(args.build)
    if args.history:
        return compare_with_history(args)
    if args.expired:
        return watch_expiry(args)
    servers = [name for name in SERVERS if name == "assay" or shutil.which(name)]
    for name in SERVERS.keys() - set(servers):
        print(f"{name} is not installed and is left out", file=sys.stderr)
    results = {}
    for round_number in range(args.rounds):
        for workers in args.workers:
            for name in servers:
                result = measure(args, name, workers)
                results.setdefault((workers, name), []).append(result)
                print(f"round {round_number + 1} workers {workers} {name}: {json.dumps(result)}", flush=True)
    print("\n| workers | server | issuances/s | CPU ms an issuance | issue p50 / p99 ms | challenge to valid p50 / p99 ms |")
    print("|---|---|---|---|---|---|")
    for (workers, name), runs in sorted(results.items()):
        middle = {key: median(runs, key) for key in runs[0]}
        print(f"| {workers} | {name} | {middle['per_second']:.0f} | {middle['cpu_ms']:.2f} | {middle['issue_p50_ms']:.1f} / "
              f"{middle['issue_p99_ms']:.1f} | {middle['validation_p50_ms']:.1f} / {middle['validation_p99_ms']:.1f} |")


if __name__ == "__main__":
    main()
