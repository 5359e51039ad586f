#pragma once

#include <filesystem>

#include "storage/store.h"

// Copies of a store that is in use, and back. Errors are sentences for the operator.
//
// A backup is a directory with the data file, without its free pages, and its SHA-256 as sha256sum writes it.
// The sum is written last: a directory without it is no backup.
namespace storage {

inline constexpr const char* kChecksumFile = "SHA256SUMS";

namespace lmdb {
class Environment;

// Writes a backup of the environment into the directory `to`, which must not exist; durable when it returns. What
// was written is read again and checked. On failure nothing stays. Blocks for as long as the copying takes;
// the store goes on, but keeps the pages that it frees meanwhile.
Result<void> write_backup(Environment& environment, const std::filesystem::path& to);
}  // namespace lmdb

// Backs up the store in `directory` while another process, or none, has it open.
// REQUIRES: this process has not; LmdbStore::backup is for that.
Result<void> backup_store(const std::filesystem::path& directory, const std::filesystem::path& to);

// Puts the store of a backup into `directory`, which may be missing but must hold no store; whole or not at all.
// Fails, before LMDB sees a page of it, when a backup is not complete or its contents do not have their
// SHA-256; and when a newer Assay wrote it.
Result<void> restore_store(const std::filesystem::path& from, const std::filesystem::path& directory);

}  // namespace storage
