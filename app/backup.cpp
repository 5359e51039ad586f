#include "app/backup.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <vector>

#include "app/files.h"
#include "app/state.h"
#include "storage/lmdb/backup.h"
#include "storage/lmdb/state_directory.h"

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;
using std::filesystem::path;

namespace {

bool is_there(const path& file) {
  std::error_code ignored;  // what cannot be looked at cannot be written either, which says why
  return std::filesystem::exists(file, ignored);
}

// What holds keys of CAs, each with a directory for an issuer or being one.
constexpr std::array kCaDirectories{kCaDirectory, kIssuersDirectory};

// What speaks of the other files of a CA.
constexpr const char* kRolesFile = "roles";

Result<std::vector<path>> files_of(const path& directory) {
  std::error_code failure;
  std::vector<path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory, failure))
    files.push_back(entry.path());
  if (failure)
    return fail(ErrorKind::unavailable, "cannot read " + directory.string() + ": " + failure.message());
  return files;
}

Result<void> copy_keys(const path& from, const path& to);

Result<void> copy_entry(const path& from, const path& to) {
  std::error_code ignored;  // what cannot be looked at cannot be read either, which says why
  if (std::filesystem::is_directory(from, ignored)) return copy_keys(from, to);
  TRY(const std::string contents, read_file(from));
  const path kind = from.extension();
  const bool is_for_all = kind == ".pem" || kind == ".csr" || from.filename() == kRolesFile;
  return write_file(to, contents, is_for_all ? FileMode::open_to_all : FileMode::secret);
}

// A role without a CA, and a server with one issuer, has no such directory.
Result<void> copy_keys(const path& from, const path& to) {
  if (!is_there(from)) return {};
  CHECK(make_private_directory(to));
  const path roles = from / kRolesFile;  // before the list is made: all that it speaks of is there then
  if (is_there(roles)) CHECK(copy_entry(roles, to / kRolesFile));
  TRY(const auto files, files_of(from));
  for (const path& file : files)
    if (file.filename() != kRolesFile) CHECK(copy_entry(file, to / file.filename()));
  return sync_directory(to);
}

// The store comes first: whoever signed what is in it is in the copy then.
Result<void> write_backup(const path& state, const path& to) {
  CHECK(storage::backup_store(state / kStoreDirectory, to / kStoreDirectory));
  for (const char* directory : kCaDirectories)
    CHECK(copy_keys(state / directory, to / directory));
  return {};
}

// Whether what is there is the very same that is to be restored: of a restore that was cut short.
Result<bool> are_same_keys(const path& from, const path& there) {
  TRY(const auto files, files_of(there));
  for (const path& file : files) {
    const path original = from / file.filename();
    if (!is_there(original)) return false;
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
      TRY(const bool are_same, are_same_keys(original, file));
      if (!are_same) return false;
      continue;
    }
    TRY(const std::string contents, read_file(file));
    TRY(const std::string wanted, read_file(original));
    if (contents != wanted) return false;
  }
  return true;
}

// Whether there are keys already. unavailable: there are others than those that are to be restored.
Result<bool> holds_keys(const path& from, const path& there) {
  std::error_code ignored;
  if (!is_there(there) || std::filesystem::is_empty(there, ignored)) return false;
  TRY(const bool are_same, are_same_keys(from, there));
  if (are_same) return true;
  return fail(ErrorKind::unavailable,
              there.parent_path().string() + " holds another CA; restore into an empty directory");
}

// Whole or not at all.
Result<void> restore_keys(const path& from, const path& to) {
  if (!is_there(from)) return {};
  const path draft = to.string() + ".new";
  std::error_code failure;
  std::filesystem::remove_all(draft, failure);  // of an attempt that was cut short
  CHECK(copy_keys(from, draft));
  std::filesystem::rename(draft, to, failure);
  if (failure) return fail(ErrorKind::unavailable, "cannot write " + to.string() + ": " + failure.message());
  return sync_directory(to.parent_path());
}

// A relative path without a folder has none that could be synced.
path folder_of(const path& file) { return file.has_parent_path() ? file.parent_path() : path("."); }

}  // namespace

Result<void> backup_state(const path& state, const path& to) {
  const path target = to.has_filename() ? to : to.parent_path();  // "copy/"
  if (is_there(target))
    return fail(ErrorKind::unavailable, target.string() + " exists; a backup goes where nothing is");
  std::string draft = target.string() + ".XXXXXX";
  if (::mkdtemp(draft.data()) == nullptr) {
    return fail(ErrorKind::unavailable, "cannot make " + draft + ": " + std::strerror(errno));
  }
  std::error_code failure;
  Result<void> written = write_backup(state, draft);
  if (written) std::filesystem::rename(draft, target, failure);
  if (written && failure) {
    written = fail(ErrorKind::unavailable, "cannot write " + target.string() + ": " + failure.message());
  }
  if (written) return sync_directory(folder_of(target));
  std::filesystem::remove_all(draft, failure);
  return written;
}

// The CAs come first: without a store they harm nobody, while the next start would make another CA for a store
// without one.
Result<void> restore_state(const path& from, const path& state) {
  std::array<bool, kCaDirectories.size()> are_there{};
  for (size_t i = 0; i < kCaDirectories.size(); ++i) {
    TRY(are_there[i], holds_keys(from / kCaDirectories[i], state / kCaDirectories[i]));
  }
  if (storage::lmdb::holds_store(state / kStoreDirectory)) {
    return fail(ErrorKind::unavailable,
                state.string() + " holds a store already; restore into an empty directory");
  }
  CHECK(make_private_directory(state));
  for (size_t i = 0; i < kCaDirectories.size(); ++i) {
    if (!are_there[i]) CHECK(restore_keys(from / kCaDirectories[i], state / kCaDirectories[i]));
  }
  return storage::restore_store(from / kStoreDirectory, state / kStoreDirectory);
}

}  // namespace app
