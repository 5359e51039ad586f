#pragma once

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/storage/disk_layer.h"

namespace storage {

// What a disk may hold when the power fails, after the record of what a program did to it.
//
// A write is split into pages, and a name is one change of a directory. What a sync has covered is there.
// Everything since may be there or not, each page and name by itself and in any order; a page may be torn
// between two sectors. Names change in their order, as every journalling file system keeps it.
class PowerLoss {
 public:
  // What a crash leaves: the contents of the files that have a name.
  using Files = std::map<std::string, std::string>;
  // Called with each state, and with the marks that were noted before.
  using Look = std::function<void(const Files& files, const std::set<uint64_t>& marks)>;

  explicit PowerLoss(Look look) : look_(std::move(look)) {}

  // Goes through the record and looks at the states of every moment at which there are most of them: just
  // before each sync returns, and at the end.
  void replay(const std::vector<DiskEvent>& events);

 private:
  struct Page {
    uint64_t file;
    size_t offset;
    std::string octets;
  };
  using Chosen = std::vector<Page>;

  void happen(const WriteEvent& event);
  void happen(const SyncEvent& event);
  void happen(const NameEvent& event) { pending_names_.push_back(event); }
  void happen(const MarkEvent& event) { marks_.insert(event.mark); }

  void look_at_all();
  void look_at(const Chosen& pages);
  void make_durable(const Page& page);

  Look look_;
  std::mt19937 random_{20261123};
  std::map<uint64_t, std::string> durable_;
  std::map<std::string, uint64_t> durable_names_;
  std::vector<Page> pending_;
  std::vector<NameEvent> pending_names_;
  std::set<uint64_t> marks_;
};

}  // namespace storage
