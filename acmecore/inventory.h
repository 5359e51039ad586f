#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/issued_certificate.h"
#include "acmecore/page.h"
#include "acmecore/records.h"
#include "base/bytes.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore {

// What a page costs at the most: entries of one index that it looks at, and certificates that it reads because an index
// alone could not tell. So a page may be short or empty and have another behind it.
inline constexpr size_t kIndexedMax = 10'000;
inline constexpr size_t kReadMax = 2'000;

// One that has ended is `expired` whether or not it was revoked, for no CRL has it any more.
enum class CertificateStatus { valid, expired, revoked };
std::string_view name_of(CertificateStatus status);
CertificateStatus status_of(const IssuedCertificate& certificate, base::Time now);

// Which certificates: all that is given holds of them. What is empty is not asked for.
struct InventoryFilter {
  std::string name =
      {};  // one of its DNS names: "corp.test", "*.corp.test", and no other that it is good for
  std::string domain = {};  // one of its DNS names is this or below: "corp.test" finds "*.a.corp.test"
  std::string account = {};
  std::string ca = {};           // who signed it: a ca_id
  base::Bytes spki_digest = {};  // SHA-256
  std::string profile = {};
  std::optional<CertificateStatus> status = {};
  std::optional<base::Time> ends_from = {};  // notAfter is not before this
  std::optional<base::Time> ends_before = {};
};

struct CertificateView {
  IssuedCertificate record;
  Certificate certificate;
  CertificateStatus status;
  std::string ca;
};

// A certificate in a list, and what to pass as `after` for those behind it.
struct InventoryEntry {
  CertificateView view;
  std::string place;
};

// The certificates that were signed and are not removed yet, also our own. Thread-safe.
class Inventory {
 public:
  // The ca_id of who signed a certificate.
  using CaOf = std::function<std::string(const IssuedCertificate& certificate)>;

  // The references outlive the object.
  Inventory(Records& records, const base::Clock& clock, CaOf ca_of)
      : records_(records), clock_(clock), ca_of_(std::move(ca_of)) {}

  // Each once, in the order of the index that has the fewest to look at: of a key, a name or an account that in which
  // they were made; below a domain by name; else by notAfter. What is issued, revoked or removed between two pages
  // changes nothing about the others.
  //
  // malformed: a name, a domain, a digest or a ca_id that is none, or an `after` that is of no such list.
  base::Task<base::Result<Page<InventoryEntry>>> certificates(InventoryFilter filter, std::string after,
                                                              size_t limit);

  // not_found: there is none, or it was never signed.
  base::Task<base::Result<CertificateView>> certificate(Serial serial);

 private:
  // A way through an index, and how far it has been gone.
  struct Walk {
    char letter;  // which of the ways that a filter has, in `after`
    IndexRange range;
    base::Bytes position = {};

    std::string place() const;
  };

  base::Task<base::Result<Walk>> walk_for(const InventoryFilter& filter, const std::string& after,
                                          base::Time now);
  static std::vector<Walk> walks_of(const InventoryFilter& filter, base::Time now);
  base::Task<base::Result<std::optional<CertificateView>>> find(const InventoryFilter& filter,
                                                                const IndexRange& range,
                                                                const IndexEntry& entry, base::Time now);
  base::Task<base::Result<std::optional<CertificateView>>> read(Serial serial, base::Time now);

  Records& records_;
  const base::Clock& clock_;
  const CaOf ca_of_;
};

// Puts the certificates of a store from before there was an inventory into it, and does nothing where that is done. To
// be awaited before anything is issued. `records` outlives the call.
base::Task<base::Result<void>> complete_inventory(Records& records);

}  // namespace acmecore
