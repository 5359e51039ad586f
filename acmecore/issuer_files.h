#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "acmecore/issuers.h"
#include "base/bytes.h"
#include "base/error.h"

namespace acmecore {

// The certificates of issuing CAs in a directory, <directory>/<ca>.crt in DER (RFC 5280 §4.2.2.1), for whoever serves
// what leaves name. A file is whole or not there. Used by one thread at a time.
class IssuerFiles {
 public:
  explicit IssuerFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // Writes that of each CA (IssuerSet::find) which it has not written yet; cheap where there is none. A CA that is not
  // configured any more keeps its file: its leaves go on naming it. unavailable: the detail names the file and says
  // why.
  base::Result<void> write(const Issuers& issuers);

 private:
  const std::filesystem::path directory_;
  std::map<std::string, base::Bytes> written_;  // DER, by the CA
};

}  // namespace acmecore
