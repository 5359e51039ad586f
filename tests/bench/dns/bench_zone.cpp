// Prints the benchmark's zone as a master file: dns_bench_zone NAMES
#include <cstdio>
#include <cstdlib>

#include "tests/bench/dns/workload.h"

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: dns_bench_zone NAMES\n"), 2;
  const uint64_t names = std::strtoull(argv[1], nullptr, 10);
  std::printf("$ORIGIN %s\n$TTL %u\n", bench::kApex.data(), bench::kTtl);
  std::printf("@ IN SOA ns1 hostmaster 1 3600 900 604800 60\n@ IN NS ns1\nns1 IN A 127.0.0.1\n");
  for (uint64_t i = 0; i < names; ++i) {
    for (const std::string& value : bench::values(i)) {
      std::printf("%s IN TXT \"%s\"\n", bench::label(i).c_str(), value.c_str());
    }
  }
  return 0;
}
