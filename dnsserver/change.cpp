#include "dnsserver/change.h"

namespace dnsserver {

namespace {

const Name& owner(const PutRRset& put) { return put.rrset.owner; }
const Name& owner(const Present& present) { return present.challenge.owner; }
const Name& owner(const auto& change) { return change.owner; }

}  // namespace

const Name& owner_of(const OwnerChange& change) {
  return std::visit([](const auto& which) -> const Name& { return owner(which); }, change);
}

const Writer* writer_of(const OwnerChange& change) {
  if (const auto* present = std::get_if<Present>(&change)) return &present->writer;
  if (const auto* remove = std::get_if<Remove>(&change)) return &remove->writer;
  return nullptr;
}

}  // namespace dnsserver
