#include "app/backup.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

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

// A role without a CA has no such directory.
Result<void> copy_ca(const path& from, const path& to) {
  if (!is_there(from)) return {};
  CHECK(make_private_directory(to));
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(from, failure)) {
    TRY(const std::string contents, read_file(entry.path()));
    const bool is_key = entry.path().extension() == ".key";
    CHECK(write_file(to / entry.path().filename(), contents,
                     is_key ? FileMode::secret : FileMode::open_to_all));
  }
  if (failure) return fail(ErrorKind::unavailable, "cannot read " + from.string() + ": " + failure.message());
  return sync_directory(to);
}

Result<void> write_backup(const path& state, const path& to) {
  CHECK(copy_ca(state / kCaDirectory, to / kCaDirectory));
  return storage::backup_store(state / kStoreDirectory, to / kStoreDirectory);
}

// Whether the CA there is the very one that is to be restored: of a restore that was cut short.
Result<bool> is_same_ca(const path& from, const path& there) {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(there, failure)) {
    const path original = from / entry.path().filename();
    if (!is_there(original)) return false;
    TRY(const std::string contents, read_file(entry.path()));
    TRY(const std::string wanted, read_file(original));
    if (contents != wanted) return false;
  }
  if (failure)
    return fail(ErrorKind::unavailable, "cannot read " + there.string() + ": " + failure.message());
  return true;
}

// Whole or not at all.
Result<void> restore_ca(const path& from, const path& to) {
  if (!is_there(from)) return {};
  const path draft = to.string() + ".new";
  std::error_code failure;
  std::filesystem::remove_all(draft, failure);  // of an attempt that was cut short
  CHECK(copy_ca(from, draft));
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

// The CA comes first: without a store it harms nobody, while the next start would make another CA for a store
// without one.
Result<void> restore_state(const path& from, const path& state) {
  const path ca = state / kCaDirectory;
  std::error_code ignored;
  const bool has_ca = is_there(ca) && !std::filesystem::is_empty(ca, ignored);
  if (has_ca) {
    TRY(const bool is_same, is_same_ca(from / kCaDirectory, ca));
    if (!is_same) {
      return fail(ErrorKind::unavailable,
                  state.string() + " holds another CA; restore into an empty directory");
    }
  }
  if (storage::lmdb::holds_store(state / kStoreDirectory)) {
    return fail(ErrorKind::unavailable,
                state.string() + " holds a store already; restore into an empty directory");
  }
  CHECK(make_private_directory(state));
  if (!has_ca) CHECK(restore_ca(from / kCaDirectory, ca));
  return storage::restore_store(from / kStoreDirectory, state / kStoreDirectory);
}

}  // namespace app
