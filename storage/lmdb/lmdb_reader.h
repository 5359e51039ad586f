#pragma once

#include "storage/lmdb/environment.h"
#include "storage/lmdb/writer.h"

namespace storage::lmdb {

// Reads the map in place. A look-up is one descent of the tree; standing still costs one load.
class LmdbReader final : public Reader {
 public:
  LmdbReader(Environment& environment, const Writer& writer) : writer_(writer), txn_(environment) {}

  Result<bool> refresh() override;
  void park() override { txn_.reset(); }
  Result<std::optional<BytesView>> get(BytesView key) override;
  Result<std::optional<EntryView>> lower_bound(BytesView key) override;

 private:
  const Writer& writer_;
  ReadTxn txn_;
  Revision revision_ = kAbsent;
};

}  // namespace storage::lmdb
