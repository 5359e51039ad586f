#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "acmecore/crl_shard.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// The latest CRLs in a directory, <directory>/<ca>/<number>.crl, for whoever serves them and for the next start. A file
// is whole or not there, and what was written survives power loss. unavailable: the detail names the file and says why.
class CrlFiles {
 public:
  explicit CrlFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // In the place of the shard's file, if it has one.
  base::Result<void> write(const CrlShard& shard, base::BytesView der) const;

  struct File {
    CrlShard shard;
    base::Bytes der;
  };
  // Those of a CA. Files with other names are passed over. A directory that cannot be looked at is not an empty one:
  // what its CRLs have would be forgotten.
  base::Result<std::vector<File>> read(const std::string& ca) const;

  std::filesystem::path file_of(const CrlShard& shard) const;

 private:
  const std::filesystem::path directory_;
};

}  // namespace acmecore
