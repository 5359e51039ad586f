#include "dnsserver/net/tcp_stream.h"

#include "dnsserver/wire.h"

namespace dnsserver::net {

StreamProgress answer_stream(BytesView in, std::span<char> out, const StreamClient& client,
                             Responder& responder, TrafficCounters& counters, const Doorway& doorway,
                             Tap* tap) {
  StreamProgress progress;
  while (in.size() - progress.read >= kTcpLengthSize) {
    const size_t size = u16_at(in, progress.read);
    progress.broken = size < kHeaderSize;
    if (progress.broken || in.size() - progress.read - kTcpLengthSize < size) break;
    progress.full = out.size() - progress.written < kTcpFrameSizeMax;
    if (progress.full) break;
    const BytesView query = in.substr(progress.read + kTcpLengthSize, size);
    const auto room = out.subspan(progress.written + kTcpLengthSize, kTcpSizeMax);
    const Response response =
        answer(query, room, client.transport, client.client, responder, doorway.use, doorway.way);
    counters.count(response);
    // What the door answers later is noted then.
    if (tap && !response.for_door) {
      tap->note_query(query);
      tap->note_response(client.client, client.transport, response.rcode, {room.data(), response.size});
    }
    progress.read += kTcpLengthSize + size;
    if (response.for_door) ++progress.awaited;
    if (response.size == 0) continue;
    put_u16(out.data() + progress.written, uint16_t(response.size));
    progress.written += kTcpLengthSize + response.size;
  }
  return progress;
}

}  // namespace dnsserver::net
