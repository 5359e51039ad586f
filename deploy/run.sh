#!/bin/bash
# Builds Assay, starts it on loopback, and shows that it works: certbot gets a certificate for corp.test and
# *.corp.test, a zone that Knot serves and of which only one name is delegated to Assay.
#   deploy/run.sh           then leaves everything running until Ctrl-C; state in ./assay-dev
#   deploy/run.sh --once    ends everything after the proof, whose outcome is the exit code; leaves nothing
#   deploy/run.sh --program FILE [--once]    the same with a program that is built; installs nothing
set -eu
cd "$(dirname "$0")/.."

once= program=
while [ $# -gt 0 ]; do
  case $1 in
    --once) once=1 ;;
    --program) [ $# -gt 1 ] || { echo "run.sh: --program needs a file" >&2; exit 2; }; program=$(realpath -e "$2"); shift ;;
    *) echo "usage: deploy/run.sh [--program FILE] [--once]" >&2; exit 2 ;;
  esac
  shift
done

say() { printf '\n== %s\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$@"; }
die() { printf '\nrun.sh: %s\n' "$*" >&2; exit 1; }

# Ends what this script started, by pid, the last first.
pids=()
work=$(mktemp -d)
state=$PWD/assay-dev
[ -z "$once" ] || state=$work/state
clean_up() {
  local outcome=$? i
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill "${pids[i]}" 2>/dev/null || true
    wait "${pids[i]}" 2>/dev/null || true
  done
  rm -rf "$work"
  exit "$outcome"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Whether a port is in use on this machine, as the kernel's tables of sockets say.
is_taken() { grep -qsi ":$(printf '%04X' "$1") " /proc/net/tcp /proc/net/udp /proc/net/tcp6 /proc/net/udp6; }
free_port() {
  local port
  for ((port = $1; port < $1 + 200; port++)); do
    is_taken "$port" || { echo "$port"; return; }
  done
  die "none of the 200 ports from $1 on is free"
}

# wait_for WHAT PID LOG COMMAND…: until the command succeeds; fails when the process ends or 60 s are over.
wait_for() {
  local what=$1 pid=$2 log=$3 i
  shift 3
  for ((i = 0; i < 600; i++)); do
    "$@" >/dev/null 2>&1 && return
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
  cat "$log" >&2
  die "$what does not come up"
}

assay=$program
if [ -z "$program" ]; then
  say "Packages: what is missing of compilers and libraries, Knot, certbot and dig"
  deploy/packages.sh build proof

  say "Building (a first build takes some minutes)"
  cmake --preset release >"$work/cmake.log" || { cat "$work/cmake.log"; die "cmake fails"; }
  cmake --build --preset release --target assay
  assay=$PWD/build/release/app/assay
fi

say "The DNS server of the corporation: Knot, with corp.test"
# The corporation delegates one name, once, to a name that nobody else can guess.
alias=$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n').acme.test
knot_port=$(free_port 5300)
cat >"$work/corp.test.zone" <<ZONE
\$ORIGIN corp.test.
\$TTL 3600
@                SOA    ns1 hostmaster 1 3600 600 86400 5
@                NS     ns1
ns1              A      127.0.0.1
www              A      127.0.0.1
_acme-challenge  CNAME  $alias.
ZONE
cat >"$work/knot.conf" <<CONF
server:
    listen: 127.0.0.1@$knot_port
    rundir: "$work"
log:
  - target: stderr
    any: warning
database:
    storage: "$work"
zone:
  - domain: corp.test
    storage: "$work"
    file: corp.test.zone
    zonefile-sync: -1
CONF
cat "$work/corp.test.zone"
knotd -c "$work/knot.conf" 2>"$work/knot.log" &
pids+=($!)
wait_for Knot $! "$work/knot.log" dig +short +tries=1 +time=1 @127.0.0.1 -p "$knot_port" corp.test SOA
echo "Knot answers at 127.0.0.1 port $knot_port"

say "Assay: challenge authority for acme.test, ACME CA and validator"
# The zone's name servers are on loopback, where no resolver would look for corp.test: hence the stub.
rm -f "$state/run.json"
"$assay" dev --state "$state" --stub "corp.test=127.0.0.1:$knot_port" >"$work/assay.out" 2>"$work/assay.log" &
assay_pid=$!
pids+=("$assay_pid")
wait_for Assay "$assay_pid" "$work/assay.log" test -s "$state/run.json"
wait_for Assay "$assay_pid" "$work/assay.log" test -s "$work/assay.out"
cat "$work/assay.out"
directory=$(sed 's/.*"acme_directory":"\([^"]*\)".*/\1/' "$state/run.json")
root=$state/root.pem

say "certbot gets a certificate for corp.test and *.corp.test"
# Its hooks publish where the CNAME leads: with both names, two values stand there side by side.
for verb in present remove; do
  printf '#!/bin/sh\nexec "%s" txt %s %s "$CERTBOT_VALIDATION" --state "%s"\n' "$assay" "$verb" "$alias" "$state" \
    >"$work/$verb"
  chmod +x "$work/$verb"
done
certbot_directory=$work/certbot
env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY -u ALL_PROXY -u all_proxy REQUESTS_CA_BUNDLE="$root" \
  certbot certonly --non-interactive --agree-tos -m hostmaster@corp.test --server "$directory" \
  --config-dir "$certbot_directory/etc" --work-dir "$certbot_directory/work" --logs-dir "$certbot_directory/logs" \
  --manual --preferred-challenges dns --manual-auth-hook "$work/present" --manual-cleanup-hook "$work/remove" \
  --key-type ecdsa --cert-name corp.test -d corp.test -d '*.corp.test' ||
  { cat "$work/assay.log" >&2; die "certbot got no certificate"; }

# check_chain CHAIN: the chain leads to our root, and the certificate is for exactly the two names.
check_chain() {
  show openssl verify -x509_strict -purpose sslserver -CAfile "$root" -untrusted "$1" "$1"
  show openssl x509 -in "$1" -noout -issuer -dates -ext subjectAltName
  local names
  names=$(openssl x509 -in "$1" -noout -ext subjectAltName | sed -n 's/DNS://gp' | tr -d ' ')
  case $names in
    'corp.test,*.corp.test' | '*.corp.test,corp.test') ;;
    *) die "the certificate is for $names" ;;
  esac
}
check_chain "$certbot_directory/etc/live/corp.test/fullchain.pem"

say "The same in one call, without an ACME client"
show "$assay" cert issue --state "$state" --name corp.test --name '*.corp.test' --key-out "$work/key.pem" \
  --cert-out "$work/chain.pem"
check_chain "$work/chain.pem"

say "It works."
[ -z "$once" ] || exit 0
dns_port=$(sed 's/.*"dns":\["[^"]*:\([0-9]*\)".*/\1/' "$state/run.json")
cat <<NEXT
Everything goes on running until Ctrl-C. What to try next, from another terminal in $PWD:

  PATH=$PWD/build/release/app:\$PATH
  assay txt present www.acme.test hello            # publishes a TXT value for an hour
  dig @127.0.0.1 -p $dns_port www.acme.test TXT
  assay txt list --output json
  assay cert issue --name www.acme.test --key-out key.pem --cert-out chain.pem
  curl --cacert $root $directory
  assay --help; assay man | man -l -

The state stays in $state for the next time.
NEXT
wait "$assay_pid"
