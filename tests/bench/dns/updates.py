#!/usr/bin/env python3
"""Measures dynamic updates (RFC 2136, TSIG with HMAC-SHA256) of Assay beside BIND and Knot, in one run:

  tests/bench/dns/updates.py                  a zone of 100,000 names, 1 and 64 updates outstanding

Builds what it needs (preset release). Each server holds the same zone, takes updates over UDP on one core and makes them
durable before it acknowledges: Assay in LMDB, BIND in its journal, Knot in its journal (robust). Each update replaces the
TXT RRset of one name with one value. With one outstanding, every acknowledged value is asked for at once; `unseen` counts
those that this next query did not see. Servers that are not installed are left out. Everything is on 127.0.0.1.
"""
import argparse
import base64
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import run as bench

KEY, SECRET = "bench-key", "0123456789abcdef0123456789abcdef"
SECRET_BASE64 = base64.b64encode(SECRET.encode()).decode()
TOKEN = "bench-token-0123456789abcdef"
TARGETS = ["assay", "dns_bench_zone", "dns_bench_updates"]


def build(folder):
    quiet = {"cwd": bench.ROOT, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run(["cmake", "--preset", "release", "-B", folder], **quiet)
    subprocess.run(["cmake", "--build", folder, "--target", *TARGETS], **quiet)
    return pathlib.Path(bench.ROOT, folder)


def start(command, log, ready):
    with log.open("w") as out:
        process = subprocess.Popen(["taskset", "-c", str(bench.SERVER_CORE), *map(str, command)], stdout=out, stderr=out,
                                   start_new_session=True)
    deadline = time.monotonic() + bench.READY_TIMEOUT_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"{command[0]} did not come up: {log.read_text()}")
        time.sleep(0.05)
    return process


def serves(port):
    def ready():
        answer = subprocess.run(["dig", "+short", "+time=1", "+tries=1", "@127.0.0.1", "-p", str(port), "acme.test", "SOA"],
                                capture_output=True, text=True)
        return answer.returncode == 0 and answer.stdout.strip() != ""
    return ready


def start_assay(folder, zone, port, built):
    token = folder / "token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    state = folder / "state"
    (folder / "assay.toml").write_text(f"""state_directory = "{state}"
[log]
level = "warning"
[dns]
listen = ["127.0.0.1:{port}"]
workers = 1
[acme]
listen = ["127.0.0.1:0"]
[grpc]
listen = ["127.0.0.1:0"]
[[grpc.credential]]
name = "bench"
token_file = "{token}"
permissions = ["zones", "challenges", "credentials"]
""")
    assay = built / "app/assay"
    process = start([assay, "serve", "--config", folder / "assay.toml"], folder / "log", (state / "run.json").exists)
    cli = lambda *arguments: subprocess.run([assay, *arguments, "--state", state, "--token-file", token], check=True,
                                            stdout=subprocess.DEVNULL)
    cli("zone", "create", "acme.test", "--name-server", "ns1.acme.test")
    cli("zone", "import", zone)
    cli("credential", "create", "--subtree", "acme.test", "--no-password", "--tsig-key",
        f"hmac-sha256:{KEY}={SECRET_BASE64}", "--names-max", "1000000", "--writes-per-minute", "100000000", "--burst",
        "100000000")
    return process


def start_bind(folder, zone, port, _):
    shutil.copy(zone, folder / "zone")
    (folder / "named.conf").write_text(f"""options {{
  directory "{folder}"; pid-file "{folder}/named.pid"; session-keyfile none; managed-keys-directory "{folder}";
  listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no; notify no; dnssec-validation no;
  allow-transfer {{ none; }}; max-journal-size 1g;
}};
controls {{ }};
key "{KEY}" {{ algorithm hmac-sha256; secret "{SECRET_BASE64}"; }};
zone "acme.test" {{ type primary; file "{folder}/zone"; check-names ignore; check-integrity no; allow-update {{ key "{KEY}"; }}; }};
""")
    return start(["named", "-g", "-n", "1", "-c", folder / "named.conf"], folder / "log", serves(port))


def start_knot(folder, zone, port, _):
    (folder / "knot.conf").write_text(f"""server:
  rundir: "{folder}"
  listen: 127.0.0.1@{port}
  udp-workers: 1
  tcp-workers: 1
  background-workers: 1
log:
  - target: stderr
    any: warning
database:
  storage: "{folder}"
  journal-db-mode: robust
  journal-db-max-size: 4G
key:
  - id: {KEY}
    algorithm: hmac-sha256
    secret: {SECRET_BASE64}
acl:
  - id: update
    key: {KEY}
    action: update
zone:
  - domain: acme.test
    file: "{zone}"
    acl: update
    zonefile-sync: -1
    journal-content: changes
    journal-max-usage: 2G
    journal-max-depth: 1000000
""")
    return start(["knotd", "-c", folder / "knot.conf"], folder / "log", serves(port))


SERVERS = {"assay": (None, start_assay), "bind": ("named", start_bind), "knot": ("knotd", start_knot)}


def cpu_ns(pid):
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks)


def measure(process, port, outstanding, seconds, built):
    before = cpu_ns(process.pid)
    command = [built / "tests/bench/dns/dns_bench_updates", str(port), str(seconds), str(outstanding), KEY, SECRET]
    run = subprocess.run(["taskset", "-c", str(bench.LOAD_CORE), *command], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{command}: {run.stdout}{run.stderr}")
    result = json.loads(run.stdout)
    result["cpu_us"] = (cpu_ns(process.pid) - before) / 1000 / max(result["updates"], 1)
    return result


def table(outstanding, results):
    print(f"\n{outstanding} outstanding\n")
    print("| server | updates/s | of BIND's | CPU µs an update | p50 / p99 ms | unseen | lost |")
    print("|---|---|---|---|---|---|---|")
    for label, rounds in results.items():
        median = lambda key: statistics.median(r[key] for r in rounds)
        ratio = "–"
        if "bind" in results:
            ratio = f"{statistics.median(r['per_second'] / b['per_second'] for r, b in zip(rounds, results['bind'])):.2f}"
        print(f"| {label} | **{median('per_second'):,.0f}** | {ratio} | {median('cpu_us'):.0f} | {median('p50_ms'):.2f} / "
              f"{median('p99_ms'):.2f} | {sum(r['unseen'] for r in rounds)} | {sum(r['lost'] for r in rounds)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=100_000, help="size of the zone")
    parser.add_argument("--outstanding", default="1,64")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--build", default="build/release", help="build folder")
    options = parser.parse_args()
    built = build(options.build)
    with tempfile.TemporaryDirectory(prefix="assay-bench-", dir=bench.ROOT / options.build) as scratch:
        scratch = pathlib.Path(scratch)
        zone = scratch / "acme.test.zone"
        with zone.open("w") as out:
            subprocess.run([built / "tests/bench/dns/dns_bench_zone", str(options.names)], stdout=out, check=True)
        running = {}
        try:
            for label, (program, start_server) in SERVERS.items():
                if program and not shutil.which(program):
                    print(f"{label} is not installed and is left out", file=sys.stderr)
                    continue
                folder, port = scratch / label, bench.free_port()
                folder.mkdir()
                running[label] = start_server(folder, zone, port, built), port
            for outstanding in map(int, options.outstanding.split(",")):
                results = {label: [] for label in running}
                for _ in range(options.rounds):
                    for label, (process, port) in running.items():
                        results[label].append(measure(process, port, outstanding, options.seconds, built))
                table(outstanding, results)
        finally:
            for process, _ in running.values():
                process.terminate()
                process.wait()


if __name__ == "__main__":
    main()
