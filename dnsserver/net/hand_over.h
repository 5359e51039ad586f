#pragma once

#include <span>

#include "dnsserver/client.h"
#include "dnsserver/door.h"
#include "dnsserver/responder.h"

namespace dnsserver::net {

// Where a worker's messages go that it does not answer from its snapshot.
struct DoorUse {
  Door* door = nullptr;      // null: they are answered NOTIMP
  bool for_updates = false;  // all of its messages go there
};

// How a message came, and the way back for a response that takes time.
struct Way {
  Arrival arrival;
  LateReply later;
};

// The door as the messages of one connection find it.
struct Doorway {
  const DoorUse& use;
  std::function<Way(BytesView message)> way;
};

// The RCODE in the header of a response.
Rcode rcode_in(BytesView response);

// The response of the door, in `buffer`. What has no room is dropped. Still for the door, if it comes later.
Response hand_over(BytesView message, std::span<char> buffer, Responder& responder, const DoorUse& use,
                   Way way);

// Answers a message at once, or by the door. `way` returns the Way, and is called only for the latter.
template <class MakeWay>
Response answer(BytesView message, std::span<char> buffer, Transport transport, const Client& client,
                Responder& responder, const DoorUse& use, const MakeWay& way) {
  Response response{.for_door = use.for_updates};
  if (!response.for_door) {
    response = responder.respond(message, buffer, transport, octets_of(client.address));
  }
  return response.for_door ? hand_over(message, buffer, responder, use, way(message)) : response;
}

}  // namespace dnsserver::net
