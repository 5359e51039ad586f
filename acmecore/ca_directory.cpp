#include "acmecore/ca_directory.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>

#include "acmecore/certificate.h"
#include "acmecore/pem.h"

namespace acmecore {

using base::Result;
using std::filesystem::path;

namespace {

constexpr const char* kRootKeyFile = "root.key";
constexpr const char* kRootFile = "root.pem";
constexpr const char* kRolesFile = "roles";
constexpr std::string_view kFirstName = "issuing";
constexpr mode_t kDirectoryMode = 0700;

constexpr std::array kRoles{GenerationRole::requested, GenerationRole::next, GenerationRole::current,
                            GenerationRole::retired};

// A generation's place in the order of time: 1 for "issuing", 2 for "issuing-2". 0: no generation has such a name.
unsigned number_of(std::string_view name);
Result<std::vector<CaGeneration>> read_roles(const path& directory);
Result<void> read_files(const path& directory, CaGeneration& generation);
Result<void> write_files(const path& directory, const CaGeneration& generation);
Result<void> write_roles(const path& directory, const std::vector<CaGeneration>& generations);

path file_of(const path& directory, const std::string& name, const char* extension) {
  return directory / (name + extension);
}

// Without a final slash, so that what stands beside it can be named.
Result<path> plain(const path& at) {
  std::error_code error;
  path directory = std::filesystem::absolute(at, error).lexically_normal();
  if (error) return refuse_ca_file(at, "cannot be looked at: " + error.message());
  return directory.has_filename() ? directory : directory.parent_path();
}

}  // namespace

Result<CaDirectory> CaDirectory::read(const path& at) {
  TRY(path directory, plain(at));
  TRY(auto generations, read_roles(directory));
  for (CaGeneration& generation : generations)
    CHECK(read_files(directory, generation));
  return CaDirectory(std::move(directory), std::move(generations));
}

Result<CaDirectory> CaDirectory::read_to_change(const path& at, IfTaken if_taken) {
  TRY(CaDirectoryLock lock, CaDirectoryLock::take(at, if_taken));
  TRY(CaDirectory directory, read(at));
  directory.lock_.emplace(std::move(lock));
  return directory;
}

Result<bool> CaDirectory::is_absent(const path& at) {
  TRY(const path directory, plain(at));
  std::error_code error;
  bool absent = !std::filesystem::exists(directory, error);
  if (!error && !absent) absent = std::filesystem::is_empty(directory, error);
  if (error) return refuse_ca_file(directory, "cannot be looked at: " + error.message());
  return absent;
}

// The rename makes all files appear at once. What an earlier attempt left beside it was never in use.
Result<CaDirectory> CaDirectory::create(const path& at, CaGeneration first, const std::string& root_key,
                                        const std::string& root_pem) {
  TRY(path directory, plain(at));
  const path parent = directory.parent_path();
  const path draft = directory.string() + ".new";
  std::error_code error;
  std::filesystem::remove_all(draft, error);
  if (error) return refuse_ca_file(draft, "cannot be removed: " + error.message());
  std::filesystem::create_directories(parent, error);
  if (error) return refuse_ca_file(parent, "cannot be created: " + error.message());
  if (::mkdir(draft.c_str(), kDirectoryMode) != 0)
    return refuse_ca_file(draft, std::string("cannot be created: ") + std::strerror(errno));
  first.name = kFirstName;
  if (!root_key.empty()) CHECK(write_ca_file(draft / kRootKeyFile, root_key, CaFileKind::key));
  if (!root_pem.empty()) CHECK(write_ca_file(draft / kRootFile, root_pem, CaFileKind::certificate));
  CHECK(write_files(draft, first));
  if (first.role != GenerationRole::current || !first.ceremonies.empty()) CHECK(write_roles(draft, {first}));
  CHECK(sync_ca_directory(draft));
  if (::rename(draft.c_str(), directory.c_str()) != 0)
    return refuse_ca_file(directory, std::string("cannot be created: ") + std::strerror(errno));
  CHECK(sync_ca_directory(parent));
  return read(directory);
}

const CaGeneration* CaDirectory::find(GenerationRole role) const {
  const auto found = std::ranges::find(generations_, role, &CaGeneration::role);
  return found == generations_.end() ? nullptr : &*found;
}

Result<std::optional<std::string>> CaDirectory::root_key() const {
  return read_ca_file(path_ / kRootKeyFile, CaFileKind::key);
}

Result<void> CaDirectory::add(CaGeneration generation) {
  generation.name = free_name();
  CHECK(write_files(path_, generation));
  auto generations = generations_;
  std::erase_if(generations, [&](const CaGeneration& other) { return other.role == generation.role; });
  generations.push_back(std::move(generation));
  return take(std::move(generations));
}

Result<void> CaDirectory::certify(const std::string& chain_pem, Ceremony ceremony) {
  auto generations = generations_;
  const auto requested = std::ranges::find(generations, GenerationRole::requested, &CaGeneration::role);
  assert(requested != generations.end());
  CaGeneration certified = *requested;
  certified.chain_pem = chain_pem;
  certified.request_pem = "";
  certified.ceremonies.push_back(std::move(ceremony));
  certified.role = find(GenerationRole::current) == nullptr ? GenerationRole::current : GenerationRole::next;
  CHECK(write_ca_file(file_of(path_, certified.name, ".pem"), chain_pem, CaFileKind::certificate));
  CHECK(sync_ca_directory(path_));
  generations.erase(requested);
  std::erase_if(generations, [&](const CaGeneration& other) { return other.role == certified.role; });
  generations.push_back(std::move(certified));
  return take(std::move(generations));
}

std::vector<CaGeneration> CaDirectory::rotated() const {
  assert(find(GenerationRole::next) != nullptr);
  auto generations = generations_;
  for (CaGeneration& generation : generations) {
    if (generation.role == GenerationRole::current) generation.role = GenerationRole::retired;
    if (generation.role == GenerationRole::next) generation.role = GenerationRole::current;
  }
  return generations;
}

Result<void> CaDirectory::rotate(const std::optional<Ceremony>& ceremony) {
  auto generations = rotated();
  for (size_t i = 0; ceremony && i < generations.size(); ++i) {
    if (generations[i].role != generations_[i].role) generations[i].ceremonies.push_back(*ceremony);
  }
  return take(std::move(generations));
}

// One that neither a generation has, nor a key that was given up.
std::string CaDirectory::free_name() const {
  std::error_code ignored;  // what cannot be looked at cannot be written either, which says why
  for (unsigned number = 2;; ++number) {
    std::string name = std::string(kFirstName) + "-" + std::to_string(number);
    const bool is_had = std::ranges::find(generations_, name, &CaGeneration::name) != generations_.end();
    if (!is_had && !std::filesystem::exists(file_of(path_, name, ".key"), ignored)) return name;
  }
}

Result<void> CaDirectory::take(std::vector<CaGeneration> generations) {
  assert(lock_.has_value());
  std::ranges::sort(generations, {}, [](const CaGeneration& one) { return number_of(one.name); });
  CHECK(write_roles(path_, generations));
  generations_ = std::move(generations);
  return {};
}

namespace {

unsigned number_of(std::string_view name) {
  if (name == kFirstName) return 1;
  if (!name.starts_with(kFirstName) || name.substr(kFirstName.size(), 1) != "-") return 0;
  const std::string_view digits = name.substr(kFirstName.size() + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size() && digits[0] != '0';
  return is_number && number > 1 ? number : 0;
}

// Each is between two spaces, or a space and an end, and may be empty.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (size_t space = line.find(' '); space != line.npos; space = line.find(' ')) {
    words.push_back(line.substr(0, space));
    line.remove_prefix(space + 1);
  }
  words.push_back(line);
  return words;
}

// One line: "retired issuing-2", and its ceremonies.
Result<CaGeneration> read_line(const path& file, std::string_view line) {
  const auto refuse = [&] {
    return refuse_ca_file(file, "has a line that is not as it should be: \"" + std::string(line) + "\"");
  };
  const auto words = words_of(line);
  const auto role = std::ranges::find(kRoles, words[0], [](GenerationRole one) { return name_of(one); });
  if (role == kRoles.end() || words.size() % kCeremonyWords != 2 || number_of(words[1]) == 0) return refuse();
  CaGeneration generation{std::string(words[1]), *role, {}, {}, {}};
  for (auto rest = std::span(words).subspan(2); !rest.empty(); rest = rest.subspan(kCeremonyWords)) {
    auto ceremony = parse_ceremony(rest.first(kCeremonyWords));
    if (!ceremony) return refuse();
    generation.ceremonies.push_back(*std::move(ceremony));
  }
  return generation;
}

Result<std::vector<CaGeneration>> read_roles(const path& directory) {
  const path file = directory / kRolesFile;
  TRY(const auto text, read_ca_file(file, CaFileKind::certificate));
  if (!text) return std::vector{CaGeneration{std::string(kFirstName), GenerationRole::current, {}, {}, {}}};
  std::vector<CaGeneration> generations;
  for (std::string_view rest = *text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    TRY(CaGeneration generation, read_line(file, rest.substr(0, end)));
    const bool again = std::ranges::any_of(generations, [&](const CaGeneration& other) {
      return other.name == generation.name ||
             (other.role == generation.role && other.role != GenerationRole::retired);
    });
    if (again) return refuse_ca_file(file, "has a name twice, or a role that only one can have");
    generations.push_back(std::move(generation));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::ranges::sort(generations, {}, [](const CaGeneration& one) { return number_of(one.name); });
  return generations;
}

// Whether the last certificate of a chain is a root's. True also where that cannot be told: whoever opens it says what
// is wrong.
bool ends_in_root(const std::string& chain_pem) {
  const auto blocks = parse_pem_chain(kPemCertificate, chain_pem);
  const auto last = blocks ? parse_certificate(blocks->back()) : tl::unexpected(blocks.error());
  return !last || last->issuer_der == last->subject_der;
}

Result<void> read_files(const path& directory, CaGeneration& generation) {
  const path key_file = file_of(directory, generation.name, ".key");
  if (generation.role == GenerationRole::retired) {
    TRY(auto key, read_ca_file(key_file, CaFileKind::key));
    generation.key = std::move(key).value_or("");
  } else {
    TRY(generation.key, read_needed_ca_file(key_file, CaFileKind::key));
  }
  if (generation.role == GenerationRole::requested) {
    TRY(generation.request_pem,
        read_needed_ca_file(file_of(directory, generation.name, ".csr"), CaFileKind::certificate));
    return {};
  }
  TRY(generation.chain_pem,
      read_needed_ca_file(file_of(directory, generation.name, ".pem"), CaFileKind::certificate));
  if (ends_in_root(generation.chain_pem)) return {};
  TRY(const std::string root, read_needed_ca_file(directory / kRootFile, CaFileKind::certificate));
  generation.chain_pem += root;
  return {};
}

Result<void> write_files(const path& directory, const CaGeneration& generation) {
  CHECK(write_ca_file(file_of(directory, generation.name, ".key"), generation.key, CaFileKind::key));
  if (!generation.request_pem.empty()) {
    CHECK(write_ca_file(file_of(directory, generation.name, ".csr"), generation.request_pem,
                        CaFileKind::certificate));
  }
  if (!generation.chain_pem.empty()) {
    CHECK(write_ca_file(file_of(directory, generation.name, ".pem"), generation.chain_pem,
                        CaFileKind::certificate));
  }
  return sync_ca_directory(directory);
}

Result<void> write_roles(const path& directory, const std::vector<CaGeneration>& generations) {
  std::string text;
  for (const CaGeneration& generation : generations) {
    text += std::string(name_of(generation.role)) + " " + generation.name;
    for (const Ceremony& ceremony : generation.ceremonies)
      text += " " + line_of(ceremony);
    text += "\n";
  }
  CHECK(write_ca_file(directory / kRolesFile, text, CaFileKind::certificate));
  return sync_ca_directory(directory);
}

}  // namespace

}  // namespace acmecore
