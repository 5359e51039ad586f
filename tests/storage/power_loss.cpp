#include "tests/storage/power_loss.h"

#include <algorithm>
#include <utility>

namespace storage {

namespace {

constexpr size_t kPageSize = 4096;
constexpr size_t kSectorSize = 512;
constexpr int kRandomSubsets = 12;

void overwrite(std::string& contents, size_t offset, const std::string& octets) {
  if (contents.size() < offset + octets.size()) contents.resize(offset + octets.size());
  contents.replace(offset, octets.size(), octets);
}

void rename(std::map<std::string, uint64_t>& names, const NameEvent& event) {
  names.erase(event.from);
  names[event.to] = event.file;
}

}  // namespace

void PowerLoss::replay(const std::vector<DiskEvent>& events) {
  for (const DiskEvent& event : events) {
    std::visit([this](const auto& happened) { happen(happened); }, event);
  }
  look_at_all();
}

void PowerLoss::happen(const WriteEvent& event) {
  const size_t before = pending_.size();
  for (size_t done = 0; done < event.octets.size();) {
    const size_t offset = event.offset + done;
    const size_t size = std::min(event.octets.size() - done, kPageSize - offset % kPageSize);
    pending_.push_back({event.file, offset, event.octets.substr(done, size)});
    done += size;
  }
  if (!event.durable) return;
  look_at_all();
  for (size_t i = before; i < pending_.size(); ++i)
    make_durable(pending_[i]);
  pending_.resize(before);
}

void PowerLoss::happen(const SyncEvent& event) {
  look_at_all();
  for (const Page& page : pending_) {
    if (page.file == event.file) make_durable(page);
  }
  std::erase_if(pending_, [&](const Page& page) { return page.file == event.file; });
  for (const NameEvent& name : pending_names_) {
    if (name.directory == event.file) rename(durable_names_, name);
  }
  std::erase_if(pending_names_, [&](const NameEvent& name) { return name.directory == event.file; });
}

void PowerLoss::make_durable(const Page& page) { overwrite(durable_[page.file], page.offset, page.octets); }

void PowerLoss::look_at_all() {
  for (size_t count = 0; count <= pending_.size(); ++count) {
    look_at(Chosen(pending_.begin(), pending_.begin() + std::ptrdiff_t(count)));
  }
  for (size_t dropped = 0; dropped + 1 < pending_.size(); ++dropped) {
    Chosen chosen = pending_;
    chosen.erase(chosen.begin() + std::ptrdiff_t(dropped));
    look_at(chosen);
  }
  for (int i = 0; i < kRandomSubsets && !pending_.empty(); ++i) {
    Chosen chosen;
    std::ranges::copy_if(pending_, std::back_inserter(chosen),
                         [this](const Page&) { return random_() % 2 == 0; });
    std::ranges::shuffle(chosen, random_);
    if (!chosen.empty()) {
      std::string& torn = chosen.back().octets;
      torn.resize(std::min(torn.size(), random_() % (kPageSize / kSectorSize) * kSectorSize));
    }
    look_at(chosen);
  }
}

void PowerLoss::look_at(const Chosen& pages) {
  auto contents = durable_;
  for (const Page& page : pages)
    overwrite(contents[page.file], page.offset, page.octets);
  auto names = durable_names_;
  for (size_t count = 0;; ++count) {
    Files files;
    for (const auto& [name, file] : names)
      files[name] = contents[file];
    look_(files, marks_);
    if (count == pending_names_.size()) break;
    rename(names, pending_names_[count]);
  }
}

}  // namespace storage
