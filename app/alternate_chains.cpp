#include "app/alternate_chains.h"

#include "app/files.h"

namespace app {

base::Result<std::vector<acmecore::ChainFile>> load_alternate_chains(const std::vector<std::string>& paths) {
  std::vector<acmecore::ChainFile> files;
  for (const std::string& path : paths) {
    TRY(std::string pem, read_file(path));
    files.push_back({path, std::move(pem)});
  }
  return files;
}

}  // namespace app
