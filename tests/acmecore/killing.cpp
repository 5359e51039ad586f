#include "tests/acmecore/killing.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cassert>
#include <climits>
#include <cstdlib>
#include <mutex>
#include <set>

#include "acmecore/audit_event.h"
#include "acmecore/certificate.h"
#include "acmecore/crl.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Result;
using base::Task;

namespace {

// Of the whole process; the replaced calls have no other way to it.
struct Plan {
  std::string root;
  Journal* journal = nullptr;
  Death death;
  std::mutex mutex;  // the store's thread steps, too
  size_t steps = 0;
  size_t steps_of_name = 0;
} plan;

// What this thread had digested last: what it signs, which OpenSSL is told by its digest.
thread_local Bytes digested;

// The name of the file, if it counts; empty: it does not.
std::string name_of(const std::filesystem::path& file) {
  const bool counts = plan.journal != nullptr && file.string().starts_with(plan.root);
  return counts ? file.filename().string() : "";
}

std::string name_of(int descriptor) {
  if (plan.journal == nullptr) return "";
  char path[PATH_MAX];
  const auto link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = readlink(link.c_str(), path, sizeof path);
  return size < 0 ? "" : name_of(std::filesystem::path(std::string(path, size_t(size))));
}

// Carries out a call on a file, a step before it and a step behind it.
template <class Call>
auto between_steps(const std::string& verb, const std::string& file, Call call) {
  if (!file.empty()) step("before a " + verb + " of " + file);
  const auto result = call();
  if (!file.empty()) step("behind a " + verb + " of " + file);
  return result;
}

// "leaf" or "crl" and what it is called by; empty: neither of the two.
std::string name_of_signed(BytesView tbs_der) {
  if (const auto leaf = parse_tbs_certificate(tbs_der)) return "leaf " + text_of(leaf->serial);
  const auto crl = parse_tbs_cert_list(tbs_der);
  if (!crl) return "";
  const auto point = distribution_point(*crl);
  const auto number = crl_number(*crl);
  return point && number ? "crl " + point->uris.front() + ' ' + std::to_string(*number) : "";
}

template <class Sign>
int signed_between_steps(BytesView message, Sign sign) {
  const std::string what = plan.journal ? name_of_signed(message) : "";
  const std::string kind = what.substr(0, what.find(' '));
  if (!what.empty()) step("before the signature of a " + kind);
  const int made = sign();
  if (what.empty()) return made;
  plan.journal->note("signed " + what);
  step("behind the signature of a " + kind);
  return made;
}

std::string events_of(const storage::Batch& batch) {
  std::set<std::string> kinds;
  for (const storage::Append& append : batch.appends) {
    const auto event = decode_audit_event(append.payload);
    kinds.insert(event ? event->kind : "something unreadable");
  }
  std::string text;
  for (const std::string& kind : kinds)
    text += (text.empty() ? "" : " and ") + kind;
  return text.empty() ? "no event" : text;
}

template <class Function>
Function original(const char* name) {
  const auto found = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
  if (found == nullptr) std::abort();
  return found;
}

}  // namespace

Journal::Journal(const std::filesystem::path& file)
    : descriptor_(int(syscall(SYS_openat, AT_FDCWD, file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600))) {
  assert(descriptor_ >= 0);
}

Journal::~Journal() { close(descriptor_); }

void Journal::note(std::string_view line) {
  const std::string text = std::string(line) + '\n';
  const long written = syscall(SYS_write, descriptor_, text.data(), text.size());
  assert(written == long(text.size()));
}

void kill_at(const Death& death, const std::filesystem::path& root, Journal& journal) {
  plan.root = root.string();
  plan.death = death;
  plan.journal = &journal;
}

void step(const std::string& name) {
  if (plan.journal == nullptr || plan.death.last == 0) return;
  const std::lock_guard lock(plan.mutex);
  const bool is_last = ++plan.steps == plan.death.last;
  const bool is_named = name.starts_with(plan.death.name);
  const bool is_it = is_named && ++plan.steps_of_name == plan.death.number;
  if (!is_last && !is_it) return;
  plan.journal->note("killed " + name);
  kill(getpid(), SIGKILL);
  for (;;)
    pause();  // another thread may be the one that the signal meets first
}

Task<Result<storage::Revision>> SteppingStore::commit(storage::Batch batch) {
  const std::string events = events_of(batch);
  step("before the commit of " + events);
  auto committed = co_await ForwardingStore::commit(std::move(batch));
  step("behind the commit of " + events);
  co_return committed;
}

}  // namespace acmecore

using namespace acmecore;

extern "C" {

ssize_t pwrite(int descriptor, const void* data, size_t size, off_t offset) {
  return between_steps("write", name_of(descriptor),
                       [&] { return ssize_t(syscall(SYS_pwrite64, descriptor, data, size, offset)); });
}

ssize_t write(int descriptor, const void* data, size_t size) {
  return between_steps("write", name_of(descriptor),
                       [&] { return ssize_t(syscall(SYS_write, descriptor, data, size)); });
}

ssize_t writev(int descriptor, const struct iovec* parts, int count) {
  return between_steps("write", name_of(descriptor),
                       [&] { return ssize_t(syscall(SYS_writev, descriptor, parts, count)); });
}

ssize_t pwritev(int descriptor, const struct iovec* parts, int count, off_t offset) {
  return between_steps("write", name_of(descriptor),
                       [&] { return ssize_t(syscall(SYS_pwritev, descriptor, parts, count, offset, 0)); });
}

int fdatasync(int descriptor) {
  return between_steps("sync", name_of(descriptor), [&] { return int(syscall(SYS_fdatasync, descriptor)); });
}

int fsync(int descriptor) {
  return between_steps("sync", name_of(descriptor), [&] { return int(syscall(SYS_fsync, descriptor)); });
}

int rename(const char* from, const char* to) noexcept {
  return between_steps("rename", name_of(std::filesystem::path(to)),
                       [&] { return int(syscall(SYS_rename, from, to)); });
}

int EVP_Digest(const void* data, size_t size, unsigned char* digest, unsigned int* digest_size,
               const EVP_MD* type, ENGINE* engine) {
  static const auto make = original<decltype(&EVP_Digest)>("EVP_Digest");
  if (plan.journal != nullptr) digested.assign(static_cast<const char*>(data), size);
  return make(data, size, digest, digest_size, type, engine);
}

int EVP_PKEY_sign(EVP_PKEY_CTX* context, unsigned char* signature, size_t* size, const unsigned char* digest,
                  size_t digest_size) {
  static const auto make = original<decltype(&EVP_PKEY_sign)>("EVP_PKEY_sign");
  const auto sign = [&] { return make(context, signature, size, digest, digest_size); };
  return signed_between_steps(digested, sign);
}

int EVP_DigestSign(EVP_MD_CTX* context, unsigned char* signature, size_t* size, const unsigned char* message,
                   size_t message_size) {
  static const auto make = original<decltype(&EVP_DigestSign)>("EVP_DigestSign");
  const auto sign = [&] { return make(context, signature, size, message, message_size); };
  if (signature == nullptr) return sign();  // it asks for the size
  return signed_between_steps({reinterpret_cast<const char*>(message), message_size}, sign);
}
}
