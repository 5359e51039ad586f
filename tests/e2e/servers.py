"""DNS servers that nobody here wrote, from Debian, each started by hand inside the lab's network namespace.

Each function writes a configuration below `folder` and returns (command, environment-independent) as a list;
the lab starts it and ends it by its pid. Every server listens on port 53 of one loopback address.
"""
import pathlib
import subprocess

ROOT_ADDRESS = "127.0.0.10"  # serves "."
CORPORATE_ADDRESS = "127.0.0.11"  # serves corp.test.
ASSAY_ADDRESS = "127.0.0.12"  # serves what is delegated to it
RESOLVER_ADDRESS = "127.0.0.13"  # a resolver in front of all of them

# corp.test belongs to the corporate DNS team; two of its names are delegated to us, one in each way.
CORPORATE_ZONE = f"""$ORIGIN corp.test.
@ 3600 SOA ns1.corp.test. hostmaster.corp.test. 1 3600 600 86400 1
@ 3600 NS ns1.corp.test.
ns1 3600 A {CORPORATE_ADDRESS}
@ 3600 A 127.0.0.1
api 3600 A 127.0.0.1
www 3600 A 127.0.0.1
_acme-challenge.api 3600 CNAME 7f3k9.acme.test.
_acme-challenge.www 3600 NS ns1.acme.test.
"""

ROOT_ZONE = f"""$ORIGIN .
. 3600 SOA root.root-servers.test. hostmaster.test. 1 3600 600 86400 1
. 3600 NS root.root-servers.test.
root.root-servers.test. 3600 A {ROOT_ADDRESS}
corp.test. 3600 NS ns1.corp.test.
ns1.corp.test. 3600 A {CORPORATE_ADDRESS}
acme.test. 3600 NS ns1.acme.test.
ns1.acme.test. 3600 A {ASSAY_ADDRESS}
"""


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def knot(folder, address, apex, zone, sign=False):
    """Knot, optionally signing its zone by itself."""
    folder.mkdir(parents=True)
    write(folder / "zone", zone)
    signing = "    dnssec-signing: on\n    dnssec-policy: lab\n" if sign else ""
    policy = "policy:\n  - id: lab\n    algorithm: ecdsap256sha256\n    single-type-signing: on\n" if sign else ""
    conf = write(folder / "knot.conf", f"""server:
    listen: {address}@53
    rundir: "{folder}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
log:
  - target: stderr
    any: warning
database:
    storage: "{folder}"
{policy}zone:
  - domain: "{apex}"
    storage: "{folder}"
    file: zone
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
{signing}""")
    return ["knotd", "-c", str(conf)]


def nsd(folder, address, apex, zone):
    folder.mkdir(parents=True)
    write(folder / "zone", zone)
    conf = write(folder / "nsd.conf", f"""server:
    ip-address: {address}@53
    username: ""
    zonesdir: "{folder}"
    database: ""
    pidfile: "{folder}/nsd.pid"
    xfrdfile: "{folder}/xfrd.state"
    zonelistfile: "{folder}/zone.list"
    cookie-secret-file: "{folder}/cookies"
    server-count: 1
    xfrdir: "{folder}"
remote-control:
    control-enable: no
zone:
    name: "{apex}"
    zonefile: "zone"
""")
    return ["nsd", "-d", "-c", str(conf)]


def bind(folder, address, apex, zone):
    folder.mkdir(parents=True)
    write(folder / "zone", zone)
    conf = write(folder / "named.conf", f"""options {{
  directory "{folder}";
  pid-file "{folder}/named.pid";
  session-keyfile "{folder}/session.key";
  listen-on port 53 {{ {address}; }};
  listen-on-v6 {{ none; }};
  recursion no;
  dnssec-validation no;
  allow-transfer {{ none; }};
}};
controls {{ }};
zone "{apex}" {{ type primary; file "{folder}/zone"; allow-update {{ 127.0.0.0/8; }}; }};
""")
    return ["named", "-g", "-n", "1", "-c", str(conf)]


def unbound(folder, root_hints, trust_anchor):
    folder.mkdir(parents=True)
    conf = write(folder / "unbound.conf", f"""server:
  interface: {RESOLVER_ADDRESS}@53
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  do-ip6: no
  chroot: ""
  username: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  num-threads: 1
  local-zone: "test." nodefault
  root-hints: "{root_hints}"
  trust-anchor-file: "{trust_anchor}"
  qname-minimisation: yes
  use-caps-for-id: yes
  harden-below-nxdomain: yes
  aggressive-nsec: yes
remote-control:
  control-enable: no
""")
    return ["unbound", "-d", "-c", str(conf)]


def knot_resolver(folder, _, trust_anchor):
    """Minimises names, mixes their case and uses NSEC aggressively, unless it is told not to."""
    folder.mkdir(parents=True)
    conf = write(folder / "kresd.conf", f"""net.ipv6 = false
net.listen('{RESOLVER_ADDRESS}', 53)
modules.load('hints')
hints.root({{ ['root.root-servers.test.'] = '{ROOT_ADDRESS}' }})
trust_anchors.remove('.')
trust_anchors.add_file('{trust_anchor}', true)
cache.size = 10 * MB
-- Else servers on loopback are not asked, and test. is not looked up at all (RFC 6761).
option('ALLOW_LOCAL', true)
policy.add(policy.suffix(policy.PASS, policy.todnames({{'test'}})))
""")
    return ["kresd", "-n", "-c", str(conf), str(folder)]


def bind_resolver(folder, root_hints, trust_anchor):
    folder.mkdir(parents=True)
    key_tag, algorithm, digest_type, digest = trust_anchor.read_text().split()[2:]
    conf = write(folder / "named.conf", f"""options {{
  directory "{folder}";
  pid-file "{folder}/named.pid";
  session-keyfile "{folder}/session.key";
  managed-keys-directory "{folder}";
  listen-on port 53 {{ {RESOLVER_ADDRESS}; }};
  listen-on-v6 {{ none; }};
  allow-recursion {{ any; }};
  dnssec-validation yes;
  synth-from-dnssec yes;
  qname-minimization strict;
  max-cache-size 32M;
  empty-zones-enable no;
}};
controls {{ }};
trust-anchors {{ . static-ds {key_tag} {algorithm} {digest_type} "{digest}"; }};
zone "." {{ type hint; file "{root_hints}"; }};
""")
    return ["named", "-g", "-4", "-n", "1", "-c", str(conf)]


def trust_anchor_of_root(folder):
    """The DS of the root that the lab's Knot signs, as a resolver's trust anchor."""
    keys = subprocess.run(["keymgr", "-c", str(folder / "knot.conf"), ".", "ds"], check=True, capture_output=True,
                          text=True).stdout
    ds = [line for line in keys.splitlines() if " DS " in line and line.split()[4] == "2"]
    assert ds, f"keymgr shows no SHA-256 DS of the root: {keys!r}"
    return ds[0] + "\n"


CORPORATE_SERVERS = {"knot": knot, "nsd": nsd, "bind": bind}
RESOLVERS = {"unbound": unbound, "knot_resolver": knot_resolver, "bind": bind_resolver}


def root_hints():
    return f". 3600000 NS root.root-servers.test.\nroot.root-servers.test. 3600000 A {ROOT_ADDRESS}\n"


