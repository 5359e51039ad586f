#include "storage/lmdb/backup.h"

#include <fcntl.h>

#include <string>

#include "storage/lmdb/environment.h"
#include "storage/lmdb/file.h"
#include "storage/lmdb/layout.h"
#include "storage/lmdb/state_directory.h"

namespace storage {

using base::ErrorKind;
using base::fail;
using std::filesystem::path;

namespace {

// Opens a directory that nobody writes, and reads all of it.
Result<void> check(const path& directory) {
  TRY(const auto environment, lmdb::Environment::open(directory, lmdb::Access::alone));
  CHECK(lmdb::open_layout(*environment, directory));
  return lmdb::check_integrity(*environment);
}

Bytes checksum_line(BytesView hexadecimal) { return Bytes(hexadecimal) + "  " + lmdb::kDataFile + "\n"; }

Result<void> write_data(lmdb::Environment& environment, const path& to) {
  TRY(const auto data, lmdb::File::create(to / lmdb::kDataFile));
  CHECK(environment.copy_to(data.descriptor()));
  return data.sync();
}

Result<void> write_checksum(const path& to) {
  TRY(const auto data, lmdb::File::open(to / lmdb::kDataFile));
  TRY(const auto sum, data.sha256());
  TRY(const auto file, lmdb::File::create(to / kChecksumFile));
  CHECK(file.write(checksum_line(sum)));
  CHECK(file.sync());
  return lmdb::sync_directory(to);
}

Result<void> write_into(lmdb::Environment& environment, const path& to) {
  CHECK(write_data(environment, to));
  CHECK(check(to));
  return write_checksum(to);
}

}  // namespace

Result<void> lmdb::write_backup(Environment& environment, const path& to) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(to, ignored))) {
    return fail(ErrorKind::conflict, to.string() + " exists; a backup overwrites nothing");
  }
  CHECK(make_directory(to));
  auto written = write_into(environment, to);
  if (!written) std::filesystem::remove_all(to, ignored);
  return written;
}

Result<void> backup_store(const path& directory, const path& to) {
  std::error_code ignored;
  if (!std::filesystem::exists(directory / lmdb::kDataFile, ignored)) {
    return fail(ErrorKind::not_found, "there is no store in " + directory.string());
  }
  TRY(const auto environment, lmdb::Environment::open(directory, lmdb::Access::read));
  CHECK(lmdb::open_layout(*environment, directory));
  return lmdb::write_backup(*environment, to);
}

Result<void> restore_store(const path& from, const path& directory) {
  TRY(const auto checksum, lmdb::File::open(from / kChecksumFile));
  TRY(const auto expected, checksum.read(checksum_line(Bytes(64, '0')).size() + 1));
  CHECK(lmdb::make_directory(directory));
  TRY(const auto lock, lmdb::DirectoryLock::take(directory));
  if (lmdb::holds_store(directory)) {
    return fail(ErrorKind::conflict,
                "there is a store in " + directory.string() + "; restore into a directory without one");
  }
  return lmdb::install_store(directory, [&](const path& unfinished) -> Result<void> {
    TRY(const auto data, lmdb::File::open(from / lmdb::kDataFile));
    TRY(const auto copy, lmdb::File::create(unfinished / lmdb::kDataFile));
    CHECK(data.copy_to(copy));
    TRY(const auto copied, lmdb::File::open(unfinished / lmdb::kDataFile));
    TRY(const auto sum, copied.sha256());
    if (checksum_line(sum) != expected) {
      return fail(ErrorKind::malformed, "the backup in " + from.string() +
                                            " is damaged: the SHA-256 of its " + lmdb::kDataFile +
                                            " is not what " + kChecksumFile + " says");
    }
    CHECK(copy.sync());
    return check(unfinished);
  });
}

}  // namespace storage
