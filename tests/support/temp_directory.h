#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace support {

// An empty directory of its own, gone with its contents afterwards.
class TempDirectory {
 public:
  // In memory where the system offers that: for tests that sync a lot and do not mean the disk.
  enum class Place { disk, memory };

  explicit TempDirectory(Place place = Place::disk) {
    const std::filesystem::path shared = "/dev/shm";
    const bool in_memory = place == Place::memory && std::filesystem::is_directory(shared);
    const auto parent = in_memory ? shared : std::filesystem::temp_directory_path();
    std::string name = (parent / "assay-test-XXXXXX").string();
    if (!mkdtemp(name.data())) std::abort();
    path_ = name;
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace support
