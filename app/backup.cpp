#include "app/backup.h"

#include <system_error>

#include "app/files.h"
#include "app/state.h"
#include "storage/lmdb/backup.h"

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;
using std::filesystem::path;

namespace {

Result<void> make_directory(const path& directory) {
  std::error_code failure;
  std::filesystem::create_directories(directory, failure);
  if (!failure) std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failure);
  if (failure)
    return fail(ErrorKind::unavailable, "cannot make " + directory.string() + ": " + failure.message());
  return {};
}

bool is_there(const path& file) {
  std::error_code ignored;  // what cannot be looked at cannot be written either, which says why
  return std::filesystem::exists(file, ignored);
}

// A role without a CA has no such directory.
Result<void> copy_ca(const path& from, const path& to) {
  if (!is_there(from)) return {};
  CHECK(make_directory(to));
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator(from, failure)) {
    TRY(const std::string contents, read_file(entry.path()));
    const bool is_key = entry.path().extension() == ".key";
    CHECK(write_file(to / entry.path().filename(), contents,
                     is_key ? FileMode::secret : FileMode::open_to_all));
  }
  if (failure) return fail(ErrorKind::unavailable, "cannot read " + from.string() + ": " + failure.message());
  return {};
}

Result<void> write_backup(const path& state, const path& to) {
  CHECK(make_directory(to));
  CHECK(copy_ca(state / kCaDirectory, to / kCaDirectory));
  return storage::backup_store(state / kStoreDirectory, to / kStoreDirectory);
}

}  // namespace

Result<void> backup_state(const path& state, const path& to) {
  if (is_there(to))
    return fail(ErrorKind::unavailable, to.string() + " exists; a backup goes where nothing is");
  const path draft = to.string() + ".new";
  std::error_code failure;
  std::filesystem::remove_all(draft, failure);  // of an attempt that was cut short
  Result<void> written = write_backup(state, draft);
  if (written) std::filesystem::rename(draft, to, failure);
  if (written && failure) {
    written = fail(ErrorKind::unavailable, "cannot write " + to.string() + ": " + failure.message());
  }
  if (!written) std::filesystem::remove_all(draft, failure);
  return written;
}

Result<void> restore_state(const path& from, const path& state) {
  if (is_there(state / kCaDirectory)) {
    return fail(ErrorKind::unavailable,
                state.string() + " holds a CA already; restore into an empty directory");
  }
  const path draft = (state / kCaDirectory).string() + ".new";
  std::error_code failure;
  std::filesystem::remove_all(draft, failure);  // of an attempt that was cut short
  CHECK(make_directory(state));
  CHECK(copy_ca(from / kCaDirectory, draft));
  CHECK(storage::restore_store(from / kStoreDirectory, state / kStoreDirectory));
  if (is_there(draft)) std::filesystem::rename(draft, state / kCaDirectory, failure);
  if (failure)
    return fail(ErrorKind::unavailable, "cannot write " + state.string() + ": " + failure.message());
  return {};
}

}  // namespace app
