#include "dnsserver/net/query_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/log.h"

namespace dnsserver::net {

namespace {

// Who asked for what is nobody's business but the operator's.
constexpr mode_t kMode = 0640;

// So many octets of lines are written at once.
constexpr size_t kLinesSizeMax = 64 * 1024;

Result<FileDescriptor> open_file(const std::filesystem::path& path) {
  FileDescriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, kMode));
  if (file.get() < 0) {
    const std::string why = std::generic_category().message(errno);
    return base::fail(base::ErrorKind::unavailable,
                      "cannot write the query log " + path.string() + ": " + why);
  }
  return file;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(size_t(count));
  }
  return true;
}

}  // namespace

Result<std::unique_ptr<QueryLog>> QueryLog::open(const QueryLogOptions& options) {
  TRY(FileDescriptor file, open_file(options.file));
  return std::unique_ptr<QueryLog>(new QueryLog(options, std::move(file)));
}

bool QueryLog::take(const TapRecord& record) {
  lines_ += query_line(record, options_.format) + "\n";
  ++line_count_;
  return lines_.size() < kLinesSizeMax || flush() == 0;
}

uint64_t QueryLog::flush() {
  const bool written = write_all(file_.get(), lines_);
  const uint64_t lost = written ? 0 : line_count_;
  lines_.clear();
  line_count_ = 0;
  return lost;
}

void QueryLog::reopen() {
  flush();
  auto file = open_file(options_.file);
  if (!file) return base::log::error("dns.query_log.not_reopened", {{"detail", file.error().detail}});
  file_ = *std::move(file);
}

}  // namespace dnsserver::net
