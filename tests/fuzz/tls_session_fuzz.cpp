// Whatever comes before, in the midst of and behind a TLS handshake, in whatever pieces: the session ends or waits
// for more, and what it says and reads stays within bounds.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "dnsserver/net/tls_session.h"
#include "tests/dnsserver/memory_tls_client.h"
#include "tests/support/self_signed.h"

using namespace dnsserver::net;

namespace {

SSL_CTX* context() {
  static SSL_CTX* const context =
      base::new_tls_server(support::self_signed("localhost"), base::AlpnProtocol::dot).value().release();
  return context;
}

void require(bool holds) {
  if (!holds) std::abort();
}

Bytes read(TlsSession& session, BytesView octets) {
  std::vector<char> plain(octets.size() + kTlsRecordSizeMax);
  Bytes out;
  if (!session.has_ended()) require(session.read(octets, plain, out) <= plain.size());
  return out;
}

}  // namespace

// The first octet: how many flights of a good handshake come first, and in pieces of what size the rest comes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  TlsSession session(context());
  MemoryTlsClient client;
  Bytes heard;
  for (int flights = data[0] % 3; flights > 0; --flights)
    heard = read(session, client.shake_hands(heard));
  const size_t piece = data[0] / 3 + 1;
  BytesView rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  while (!rest.empty()) {
    read(session, rest.substr(0, piece));
    rest.remove_prefix(std::min(piece, rest.size()));
  }
  Bytes out;
  if (session.is_established()) session.write("answer", out);
  session.close(out);
  return 0;
}
