#!/usr/bin/python3
"""Runs validator_walk_test among real name servers on port 53 of loopback addresses, in a network namespace.

    walk_test.py BINARY [ARGUMENT…]

Knot serves a signed root, a signed corp.test. and the zones below it that are delegated to someone else's server;
BIND's tools sign them, well or badly. What is delegated to 127.0.0.12 is served by the test itself.
"""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

ROOT, CORPORATE, CHILDREN, ASSAY, NOBODY = ("127.0.0.%d" % n for n in (10, 11, 13, 12, 99))
INSIDE = "VALIDATOR_WALK_INSIDE"
WEEK = 7 * 24 * 3600
READY_WITHIN = 20  # seconds

SOA = "3600 SOA ns.corp.test. hostmaster.corp.test. 1 3600 600 86400 1"

# Zones that a server of the company holds and signs: label of the challenge's zone, and how it is signed wrong.
CHILDREN_ZONES = ("signed", "tampered", "expired", "future", "stripped")


def child_zone(label):
    return f"""$ORIGIN _acme-challenge.{label}.corp.test.
@ {SOA}
@ 3600 NS ns.children.corp.test.
@ 60 TXT "value of {label}"
"""


def corporate_zone(ds_records):
    delegations = "".join(f"_acme-challenge.{label} 3600 NS ns.children\n" for label in CHILDREN_ZONES)
    return f"""$ORIGIN corp.test.
@ {SOA}
@ 3600 NS ns
ns 3600 A {CORPORATE}
ns.children 3600 A {CHILDREN}
_acme-challenge.plain 60 TXT "value of plain"
_acme-challenge.www 3600 NS ns.acme.test.
_acme-challenge.web 3600 NS ns.acme.test.
_acme-challenge.api 3600 CNAME 7f3k9.acme.test.
_acme-challenge.app 3600 CNAME 7f3k9.acme.test.
_acme-challenge.dangling 3600 CNAME nothing.corp.test.
dn 3600 DNAME acme.test.
_acme-challenge.lame 3600 NS ns.lame
ns.lame 3600 A {CORPORATE}
_acme-challenge.dead 3600 NS ns.dead
ns.dead 3600 A {NOBODY}
{delegations}{ds_records}"""


def root_zone(ds_records):
    return f"""$ORIGIN .
. {SOA}
. 3600 NS a.root.test.
a.root.test. 3600 A {ROOT}
corp.test. 3600 NS ns.corp.test.
ns.corp.test. 3600 A {CORPORATE}
acme.test. 3600 NS ns.acme.test.
ns.acme.test. 3600 A {ASSAY}
{ds_records}"""


def run(*command, folder):
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def sign(folder, apex, zone, inception=-3600, expiration=WEEK):
    """The signed zone and the DS of its key."""
    folder.mkdir()
    (folder / "zone").write_text(zone)
    run("dnssec-keygen", "-q", "-a", "ECDSAP256SHA256", "-f", "KSK", apex, folder=folder)
    now = int(time.time())
    stamp = lambda offset: time.strftime("%Y%m%d%H%M%S", time.gmtime(now + offset))
    run("dnssec-signzone", "-q", "-S", "-z", "-P", "-o", apex, "-f", "signed", "-s", stamp(inception), "-e",
        stamp(expiration), "zone", folder=folder)
    (ds_file,) = folder.glob("dsset-*")
    return (folder / "signed").read_text(), ds_file.read_text()


def zones(folder):
    """Signed from the leaves up: {address: {apex: zone}} and the root's DS."""
    children, ds_records = {}, ""
    times = {"expired": (-2 * WEEK, -WEEK), "future": (WEEK, 2 * WEEK)}
    for label in CHILDREN_ZONES:
        apex = f"_acme-challenge.{label}.corp.test"
        signed, ds = sign(folder / label, apex, child_zone(label), *times.get(label, (-3600, WEEK)))
        if label == "tampered":
            signed = signed.replace("value of tampered", "value of attacker")
        children[apex] = child_zone(label) if label == "stripped" else signed
        ds_records += ds
    corporate, ds = sign(folder / "corp", "corp.test", corporate_zone(ds_records))
    root, anchor = sign(folder / "root", ".", root_zone(ds))
    return {ROOT: {".": root}, CORPORATE: {"corp.test": corporate}, CHILDREN: children}, anchor


def start_knot(folder, address, served):
    folder.mkdir()
    conf = f"""server:
    listen: {address}@53
    rundir: "{folder}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: error
database:
    storage: "{folder}"
zone:
"""
    for number, (apex, zone) in enumerate(served.items()):
        (folder / f"zone{number}").write_text(zone)
        conf += f"""  - domain: "{apex}"
    file: "{folder}/zone{number}"
    zonefile-sync: -1
    journal-content: none
"""
    (folder / "knot.conf").write_text(conf)
    return subprocess.Popen(["knotd", "-c", str(folder / "knot.conf")])


def wait_until_it_answers(address, apex, server):
    labels = [] if apex == "." else apex.split(".")
    name = b"".join(bytes([len(label)]) + label.encode() for label in labels) + b"\0"
    query = b"\0\1\0\0\0\1\0\0\0\0\0\0" + name + b"\0\6\0\1"
    deadline = time.monotonic() + READY_WITHIN
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(0.1)
        while time.monotonic() < deadline and server.poll() is None:
            udp.sendto(query, (address, 53))
            try:
                if udp.recv(512)[3] & 15 == 0:
                    return
            except OSError:
                pass
    sys.exit(f"the server of {apex} at {address} does not answer")


def main():
    if INSIDE not in os.environ:
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--map-root-user", "--net", *sys.argv])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    servers = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        try:
            served, anchor = zones(folder)
            for address, its_zones in served.items():
                servers.append(start_knot(folder / address, address, its_zones))
                for apex in its_zones:
                    wait_until_it_answers(address, apex, servers[-1])
            (folder / "root.hints").write_text(f". 3600 NS a.root.test.\na.root.test. 3600 A {ROOT}\n")
            (folder / "root.ds").write_text(anchor)
            return subprocess.run(sys.argv[1:], cwd=folder).returncode
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait()


sys.exit(main())
