#include "dnsserver/rpc/zone_export.h"

#include <utility>

#include "dnsserver/rpc/fields.h"
#include "dnsserver/zone_file_text.h"
#include "proto/status.h"

namespace dnsserver::rpc {

namespace {

using assay::v1::ExportZoneResponse;

constexpr size_t kEntriesAtOnce = 1000;
// Well below the 4 MiB that a client of gRPC takes in one message. One RRset may go beyond it, in the form of
// RFC 3597 by some 200 KiB.
constexpr size_t kMessageSize = 256 * 1024;

// Gathers text into messages.
class TextStream {
 public:
  explicit TextStream(ExportStream& stream) : stream_(stream) {}

  // False: the client has gone.
  Task<bool> write(std::string text) {
    text_ += text;
    if (text_.size() < kMessageSize) co_return true;
    co_return co_await flush();
  }

  Task<bool> flush() {
    ExportZoneResponse message;
    message.set_text(std::exchange(text_, ""));
    co_return co_await stream_.write(std::move(message));
  }

 private:
  ExportStream& stream_;
  std::string text_;
};

Task<Result<void>> write_rrsets(Publishing& publishing, const Name& apex, TextStream& text) {
  Bytes after;
  do {
    const bool is_first = after.empty();
    CO_TRY(auto page, co_await publishing.list_rrsets(apex, std::move(after), kEntriesAtOnce));
    after = std::move(page.next);
    for (size_t i = is_first ? 1 : 0; i < page.items.size(); ++i) {  // the first are the NS of the apex
      if (!co_await text.write(zone_file_lines(page.items[i]))) co_return Result<void>();
    }
  } while (!after.empty());
  co_return Result<void>();
}

Task<Result<void>> write_challenges(Publishing& publishing, const Name& apex, TextStream& text) {
  Bytes after;
  do {
    CO_TRY(auto page, co_await publishing.list_zone_challenges(apex, std::move(after), kEntriesAtOnce));
    after = std::move(page.next);
    for (const Challenge& challenge : page.items) {
      if (!co_await text.write(zone_file_line(challenge))) co_return Result<void>();
    }
  } while (!after.empty());
  co_return Result<void>();
}

Task<Result<void>> write_zone_file(Publishing& publishing, const assay::v1::ExportZoneRequest& request,
                                   TextStream& text) {
  CO_TRY(const Name apex, parse_name("apex", request.apex()));
  CO_TRY(const Zone zone, co_await publishing.find_zone(apex));
  if (!co_await text.write(zone_file_head(zone))) co_return Result<void>();
  CO_CHECK(co_await write_rrsets(publishing, apex, text));
  if (request.with_challenges()) CO_CHECK(co_await write_challenges(publishing, apex, text));
  co_await text.flush();
  co_return Result<void>();
}

}  // namespace

Task<grpc::Status> export_zone(Publishing& publishing, tl::expected<std::string, grpc::Status> caller,
                               assay::v1::ExportZoneRequest request, ExportStream& stream) {
  if (!caller) co_return caller.error();
  TextStream text(stream);
  const auto done = co_await write_zone_file(publishing, request, text);
  co_return done ? grpc::Status::OK : proto::to_status(done.error());
}

}  // namespace dnsserver::rpc
