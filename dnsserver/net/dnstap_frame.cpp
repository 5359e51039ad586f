#include "assay/dnstap/dnstap.pb.h"
#include "dnsserver/header.h"
#include "dnsserver/net/dnstap.h"
#include "dnsserver/wire.h"

namespace dnsserver::net {

namespace {

using assay::dnstap::Message;

constexpr Message::SocketProtocol kProtocols[] = {Message::UDP, Message::TCP, Message::DOT};  // as Transport

constexpr uint16_t kOpcodeUpdate = 5 << 11;

bool is_update(BytesView message) {
  return message.size() >= kHeaderSize && (u16_at(message, 2) & kOpcode) == kOpcodeUpdate;
}

}  // namespace

std::string dnstap_frame(const TapRecord& record, bool response, const DnstapOptions& options) {
  constexpr int64_t kNanoseconds = 1'000'000'000;
  assay::dnstap::Dnstap frame;
  frame.set_type(assay::dnstap::Dnstap::MESSAGE);
  if (!options.identity.empty()) frame.set_identity(options.identity);
  if (!options.version.empty()) frame.set_version(options.version);
  Message& message = *frame.mutable_message();
  if (is_update(record.query)) {
    message.set_type(response ? Message::UPDATE_RESPONSE : Message::UPDATE_QUERY);
  } else {
    message.set_type(response ? Message::AUTH_RESPONSE : Message::AUTH_QUERY);
  }
  const Client& client = record.head.client;
  message.set_socket_family(client.address.is_v4() ? Message::INET : Message::INET6);
  message.set_socket_protocol(kProtocols[size_t(record.head.transport)]);
  message.set_query_address(std::string(octets_of(client.address)));
  message.set_query_port(client.port);
  message.set_query_time_sec(uint64_t(record.head.time / kNanoseconds));
  message.set_query_time_nsec(uint32_t(record.head.time % kNanoseconds));
  if (response) {
    message.set_response_time_sec(message.query_time_sec());
    message.set_response_time_nsec(message.query_time_nsec());
    message.set_response_message(std::string(record.response));
  } else {
    message.set_query_message(std::string(record.query));
  }
  return frame.SerializeAsString();
}

}  // namespace dnsserver::net
