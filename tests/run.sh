#!/bin/bash
# Installs what the tests need, builds, and runs all of them.
#   tests/run.sh [PRESET] [CTEST-ARGUMENT…]     PRESET: dev (default: ASan and UBSan), tsan or release
set -eu
cd "$(dirname "$0")/.."
preset=dev
case ${1:-} in dev | tsan | release) preset=$1; shift ;; esac

deploy/packages.sh build test
cmake --preset "$preset"
cmake --build --preset "$preset"
exec ctest --preset "$preset" --parallel "$(nproc)" "$@"
