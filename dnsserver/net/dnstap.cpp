#include "dnsserver/net/dnstap.h"

#include <fcntl.h>
#include <fstrm.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/log.h"

namespace dnsserver::net {

namespace {

constexpr std::string_view kContentType = "protobuf:dnstap.Dnstap";
constexpr mode_t kMode = 0640;

FileDescriptor connect_to(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) return FileDescriptor();
  std::copy(path.native().begin(), path.native().end(), address.sun_path);
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{.tv_sec = std::chrono::floor<std::chrono::seconds>(kDnstapPatience).count(),
                      .tv_usec = 0};
  static_assert(kDnstapPatience % std::chrono::seconds(1) == kDnstapPatience.zero());
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return FileDescriptor();
  return socket;
}

FileDescriptor open_file(const std::filesystem::path& path) {
  std::error_code ignored;  // there is none yet
  std::filesystem::rename(path, path.string() + ".1", ignored);
  return FileDescriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, kMode));
}

// What Frame Streams reads and writes by. `object` is a FileDescriptor.
int fd_of(void* object) { return static_cast<FileDescriptor*>(object)->get(); }

fstrm_res check_open(void* object) { return fd_of(object) >= 0 ? fstrm_res_success : fstrm_res_failure; }

fstrm_res stays_open(void*) { return fstrm_res_success; }

fstrm_res read_from(void* object, void* into, size_t size) {
  auto* octets = static_cast<char*>(into);
  while (size > 0) {
    const ssize_t count = ::recv(fd_of(object), octets, size, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fstrm_res_failure;
    octets += count;
    size -= size_t(count);
  }
  return fstrm_res_success;
}

// A part of a frame would spoil all that follow: then the stream ends.
fstrm_res write_to(void* object, const iovec* parts, int part_count) {
  for (int i = 0; i < part_count; ++i) {
    BytesView octets(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
    while (!octets.empty()) {
      ssize_t count = ::send(fd_of(object), octets.data(), octets.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == ENOTSOCK) count = ::write(fd_of(object), octets.data(), octets.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return fstrm_res_failure;
      octets.remove_prefix(size_t(count));
    }
  }
  return fstrm_res_success;
}

}  // namespace

// From START to STOP.
class Dnstap::Stream {
 public:
  // `has_reader`: the other end says first what it takes, and in the end that it took all.
  Stream(FileDescriptor fd, bool has_reader) : fd_(std::move(fd)) {
    fstrm_rdwr* rdwr = fstrm_rdwr_init(&fd_);
    fstrm_rdwr_set_open(rdwr, check_open);
    fstrm_rdwr_set_close(rdwr, stays_open);
    fstrm_rdwr_set_write(rdwr, write_to);
    if (has_reader) fstrm_rdwr_set_read(rdwr, read_from);
    fstrm_writer_options* options = fstrm_writer_options_init();
    fstrm_writer_options_add_content_type(options, kContentType.data(), kContentType.size());
    writer_ = fstrm_writer_init(options, &rdwr);
    fstrm_writer_options_destroy(&options);
    open_ = writer_ != nullptr && fstrm_writer_open(writer_) == fstrm_res_success;
  }
  ~Stream() { fstrm_writer_destroy(&writer_); }  // says STOP
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  bool is_open() const { return open_; }
  bool write(const std::string& frame) {
    return fstrm_writer_write(writer_, frame.data(), frame.size()) == fstrm_res_success;
  }

 private:
  FileDescriptor fd_;
  fstrm_writer* writer_ = nullptr;
  bool open_ = false;
};

Result<std::unique_ptr<Dnstap>> Dnstap::open(const DnstapOptions& options) {
  std::unique_ptr<Dnstap> dnstap(new Dnstap(options));
  if (!dnstap->is_connected() && !options.file.empty()) {
    return base::fail(base::ErrorKind::unavailable, "cannot write dnstap to " + options.file.string() + ": " +
                                                        std::generic_category().message(errno));
  }
  return dnstap;
}

Dnstap::Dnstap(const DnstapOptions& options) : options_(options) {}
Dnstap::~Dnstap() = default;

bool Dnstap::is_connected() {
  if (stream_) return true;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_try_) return false;
  next_try_ = now + kDnstapPause;
  const bool by_socket = !options_.socket.empty();
  FileDescriptor fd = by_socket ? connect_to(options_.socket) : open_file(options_.file);
  if (fd.get() < 0) return false;
  stream_ = std::make_unique<Stream>(std::move(fd), by_socket);
  if (!stream_->is_open()) stream_.reset();
  return stream_ != nullptr;
}

bool Dnstap::take(const TapRecord& record) {
  if (!is_connected()) return false;
  bool written = stream_->write(dnstap_frame(record, false, options_));
  if (written && options_.responses && !record.response.empty()) {
    written = stream_->write(dnstap_frame(record, true, options_));
  }
  if (!written) {
    stream_.reset();
    base::log::warning("dns.dnstap.interrupted");
  }
  return written;
}

void Dnstap::reopen() {
  stream_.reset();
  next_try_ = {};
}

}  // namespace dnsserver::net
