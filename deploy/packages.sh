#!/bin/bash
# Installs Debian 12 packages that Assay is built, run and tested with. As root, or through sudo; only what is
# missing is asked for, and no daemon that comes along is started.
#   deploy/packages.sh build|proof|test|bench…
set -eu

build="g++ cmake ninja-build ccache pkg-config libldns-dev libunbound-dev libcrypt-dev libboost1.81-dev libboost-json1.81-dev
  libboost-url1.81-dev libssl-dev libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc
  liblmdb-dev libsqlite3-dev libfstrm-dev libexpected-dev libtomlplusplus-dev libcli11-dev libgmp-dev libidn2-dev
  libgoogle-perftools-dev libp11-kit-dev libpsl-dev publicsuffix libspdlog-dev libgtest-dev libgmock-dev libbenchmark-dev prometheus-cpp-dev"
# What deploy/run.sh shows its proof with: a corporate DNS server and an ACME client that nobody here wrote.
proof="knot bind9-dnsutils certbot openssl curl"
test="clang clang-format universal-ctags git knot knot-dnsutils knot-dnssecutils nsd bind9 bind9-dnsutils bind9-utils ldnsutils
  unbound knot-resolver certbot python3-certbot-dns-rfc2136 lego dehydrated uacme apache2-bin acmetool caddy
  ruby-acme-client golang-go golang-golang-x-crypto-dev
  golang-github-caddyserver-certmagic-dev golang-github-miekg-dns-dev python3-acme python3-josepy python3-cryptography
  python3-dnspython python3-requests python3-grpcio python3-protobuf fstrm-bin openssl gnutls-bin libnss3-tools chromium
  ca-certificates curl jq iproute2 util-linux lmdb-utils softhsm2 opensc p11-kit p11-kit-modules"
# Some packages of Node.js bring npm along and refuse Debian's.
command -v npm >/dev/null || test+=" nodejs npm"
# What tests/bench measures beside Assay.
bench="knot nsd bind9 bind9-dnsutils pebble"

wanted=
for set in "$@"; do
  case $set in
    build) wanted+=" $build" ;;
    proof) wanted+=" $proof" ;;
    test) wanted+=" $test" ;;
    bench) wanted+=" $bench" ;;
    *) echo "packages.sh: no set of packages is called \"$set\"; there are build, proof, test and bench" >&2; exit 2 ;;
  esac
done

missing=
for package in $wanted; do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing+=" $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "packages.sh: these packages are missing, and only root can install them:$missing" >&2; exit 1; }
  as_root=sudo
fi
echo "Installing:$missing"
# Packages must not start their servers: the tests start their own, by hand, on loopback.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap '$as_root rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
  $as_root chmod +x "$policy"
fi
$as_root apt-get update -q
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
