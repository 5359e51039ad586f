#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/ca_file.h"
#include "acmecore/ceremony.h"
#include "acmecore/issuers.h"
#include "base/error.h"

namespace acmecore {

// One key of an issuer, with what is known of it, as its files hold it.
struct CaGeneration {
  std::string name;  // of its files; empty: they are not written yet
  GenerationRole role;
  std::string key;          // as KeyVault has it; empty: gone, which only a retired one can be
  std::string chain_pem;    // its certificate and those above it, with the root; empty: it is requested
  std::string request_pem;  // of a key that is requested; else empty
  std::vector<Ceremony> ceremonies = {};  // that made it what it is and are known, the oldest first
};

// The directory that an issuer's keys and certificates are kept in:
//
//   root.key, root.pem          a root of its own, where it has one; the key may be taken away
//   issuing.key, issuing.pem    its first key and certificate, with those above it where they are not in root.pem
//   issuing-2.key, …            the next ones
//   issuing-3.csr               the request of one that is not certified yet
//   roles                       a line for each, such as "retired issuing", and behind that the ceremonies that made it
//                               what it is, five words each (line_of); not there while there is only the first, and
//                               no ceremony of it is known
//
// Lines without ceremonies are of an older version, of a CA that a server made at its first start, or of one that the
// running server rotated: who asked for that is in its audit log.
//
// Keys have mode 0600 in a directory of 0700. Every change is one file put in the place of another once all that it
// speaks of is on the disk: a process that is killed on the way leaves what was or what is to be.
class CaDirectory {
 public:
  // unavailable, here and below: a file is missing, is not as it should be, a key is readable for others than its
  // owner, or the disk refuses; the detail names the file. Whether keys and certificates belong together is not looked
  // at.
  static base::Result<CaDirectory> read(const std::filesystem::path& directory);

  // The same, and nobody else changes it for as long as the object lives. conflict: somebody does, and
  // IfTaken::refuse; else waits for them.
  using IfTaken = CaDirectoryLock::IfTaken;
  static base::Result<CaDirectory> read_to_change(const std::filesystem::path& directory, IfTaken if_taken);

  // Whether there is nothing at the path, or an empty directory.
  static base::Result<bool> is_absent(const std::filesystem::path& directory);

  // Makes it, whole or not at all, with one generation and, unless they are empty, a root of its own. It is made beside
  // it, under the name "<directory>.new", and renamed. REQUIRES: is_absent(directory).
  static base::Result<CaDirectory> create(const std::filesystem::path& directory, CaGeneration first,
                                          const std::string& root_key, const std::string& root_pem);

  // The oldest first.
  const std::vector<CaGeneration>& generations() const { return generations_; }
  // The one with this role; null: none has. Of retired ones the oldest.
  const CaGeneration* find(GenerationRole role) const;

  // As KeyVault has it. Nothing: it is not there. The root's certificate is the last of each chain.
  base::Result<std::optional<std::string>> root_key() const;

  // REQUIRES, here and below: read_to_change(). With a name of its own. Whoever is in its role goes: there is one who
  // is requested, and one next.
  base::Result<void> add(CaGeneration generation);

  // Whoever is requested was certified, by this ceremony, and is the next, or the current one where there is none.
  // REQUIRES: one is requested.
  base::Result<void> certify(const std::string& chain_pem, Ceremony ceremony);

  // The next is the current one, which retires. The ceremony, if it is one, is that of both. REQUIRES: there is a next
  // one.
  base::Result<void> rotate(const std::optional<Ceremony>& ceremony = {});
  // What generations() would be then.
  std::vector<CaGeneration> rotated() const;

 private:
  CaDirectory(std::filesystem::path path, std::vector<CaGeneration> generations)
      : path_(std::move(path)), generations_(std::move(generations)) {}

  std::string free_name() const;
  base::Result<void> take(std::vector<CaGeneration> generations);

  std::filesystem::path path_;
  std::vector<CaGeneration> generations_;
  std::optional<CaDirectoryLock> lock_;
};

}  // namespace acmecore
