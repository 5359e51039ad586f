#include "acmecore/inventory.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "acmecore/crl_shard.h"
#include "acmecore/dns_name_syntax.h"
#include "base/base64url.h"
#include "base/log.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Task;
using base::Time;
using std::chrono::seconds;

namespace {

// Entries of an index that one call of the store has at the most.
constexpr size_t kStride = 1'000;

// A way with fewer entries than this is as good as any; what they all exceed is not counted.
constexpr size_t kProbeMax = 100;

// What one commit of complete_inventory takes.
constexpr size_t kTakenAtOnce = 500;

Result<void> check(const InventoryFilter& filter) {
  if (!filter.name.empty()) CHECK(check_dns_name(filter.name));
  if (!filter.domain.empty()) CHECK(check_dns_name(filter.domain));
  if (!filter.ca.empty() && filter.ca.size() != kCaIdSize)
    return fail(ErrorKind::malformed, "a CA is named by 16 hexadecimal digits, as in the URLs of its CRLs");
  if (!filter.spki_digest.empty() && filter.spki_digest.size() != base::kSha256Size)
    return fail(ErrorKind::malformed, "a key is named by its SHA-256");
  return {};
}

// Whether what an index knows lets it fit. Times there are rounded down to seconds.
bool may_fit(const InventoryFilter& filter, const IndexEntry& entry, Time now) {
  if (!entry.not_after) return true;
  const Time first = *entry.not_after;
  const Time behind = first + seconds(1);
  if (filter.status == CertificateStatus::expired && first >= now) return false;
  if (filter.status && filter.status != CertificateStatus::expired && behind <= now) return false;
  if (filter.ends_from && behind <= *filter.ends_from) return false;
  return !filter.ends_before || first < *filter.ends_before;
}

bool has_name_in(const std::vector<std::string>& names, const std::string& domain) {
  return std::ranges::any_of(
      names, [&](const std::string& name) { return name == domain || is_below(name, domain); });
}

bool fits(const InventoryFilter& filter, const CertificateView& view) {
  const IssuedCertificate& record = view.record;
  const std::vector<std::string>& names = view.certificate.subject_alt_name.dns_names;
  return (!filter.status || view.status == *filter.status) &&
         (filter.account.empty() || record.account == filter.account) &&
         (filter.profile.empty() || record.profile == filter.profile) &&
         (filter.ca.empty() || view.ca == filter.ca) &&
         (!filter.ends_from || record.not_after >= *filter.ends_from) &&
         (!filter.ends_before || record.not_after < *filter.ends_before) &&
         (filter.name.empty() || std::ranges::count(names, filter.name) > 0) &&
         (filter.domain.empty() || has_name_in(names, filter.domain)) &&
         (filter.spki_digest.empty() || base::sha256(view.certificate.spki_der) == filter.spki_digest);
}

// Of the names that a certificate has in the range, the one that it is listed by.
bool is_first_in_range(const IndexEntry& entry, const IndexRange& range, const Certificate& certificate) {
  return std::ranges::none_of(certificate.subject_alt_name.dns_names, [&](const std::string& name) {
    const Bytes labels = labels_from_the_root(name);
    return labels.starts_with(range.prefix) && labels < entry.labels;
  });
}

tl::unexpected<base::Error> not_of_this_list() {
  return fail(ErrorKind::malformed, "page_token: it is not of this list");
}

}  // namespace

std::string_view name_of(CertificateStatus status) {
  switch (status) {
    case CertificateStatus::valid: return "valid";
    case CertificateStatus::expired: return "expired";
    case CertificateStatus::revoked: return "revoked";
  }
  return "";
}

CertificateStatus status_of(const IssuedCertificate& certificate, Time now) {
  if (now > certificate.not_after) return CertificateStatus::expired;
  return certificate.revocation ? CertificateStatus::revoked : CertificateStatus::valid;
}

std::string Inventory::Walk::place() const { return letter + base::base64url(position); }

Task<Result<Page<InventoryEntry>>> Inventory::certificates(InventoryFilter filter, std::string after,
                                                           size_t limit) {
  CO_CHECK(check(filter));
  const Time now = clock_.now();
  CO_TRY(Walk walk, co_await walk_for(filter, after, now));
  Page<InventoryEntry> page;
  size_t looked_at = 0;
  for (size_t read = 0; looked_at < kIndexedMax && read < kReadMax;) {
    CO_TRY(const auto entries, co_await records_.indexed(walk.range, walk.position, kStride));
    for (const IndexEntry& entry : entries) {
      walk.position = entry.position;
      if (!may_fit(filter, entry, now)) continue;
      CO_TRY(auto found, co_await find(filter, walk.range, entry, now));
      if (found) page.found.push_back({*std::move(found), walk.place()});
      if (++read == kReadMax || page.found.size() == limit) {
        page.next = walk.place();
        co_return page;
      }
    }
    if (entries.size() < kStride) co_return page;
    looked_at += entries.size();
  }
  page.next = walk.place();
  co_return page;
}

Task<Result<CertificateView>> Inventory::certificate(Serial serial) {
  CO_TRY(auto view, co_await read(std::move(serial), clock_.now()));
  if (!view) co_return fail(ErrorKind::not_found, "there is no such certificate");
  co_return *std::move(view);
}

// The ways to what a filter is about, that with the fewest certificates first, as far as one can say.
std::vector<Inventory::Walk> Inventory::walks_of(const InventoryFilter& filter, Time now) {
  using Status = CertificateStatus;
  std::vector<Walk> walks;
  if (!filter.spki_digest.empty()) walks.push_back({'k', range_of_key(filter.spki_digest)});
  if (!filter.name.empty()) walks.push_back({'n', range_of_name(filter.name)});
  if (!filter.account.empty()) walks.push_back({'a', range_of_account(filter.account)});
  if (!filter.domain.empty()) walks.push_back({'d', range_of_domain(filter.domain)});
  auto from = filter.ends_from;
  auto before = filter.ends_before;
  if (filter.status && filter.status != Status::expired) from = std::max(from.value_or(now), now);
  if (filter.status == Status::expired) before = std::min(before.value_or(now), now);
  if (filter.status == Status::revoked) walks.push_back({'r', range_of_revoked(from, before)});
  walks.push_back({'e', range_of_ends(from, before)});
  return walks;
}

// Of the first page the way with the fewest entries, of the others the same.
Task<Result<Inventory::Walk>> Inventory::walk_for(const InventoryFilter& filter, const std::string& after,
                                                  Time now) {
  std::vector<Walk> walks = walks_of(filter, now);
  if (!after.empty()) {
    const auto walk = std::ranges::find(walks, after.front(), &Walk::letter);
    const auto position = base::parse_base64url(std::string_view(after).substr(1));
    if (walk == walks.end() || !position || position->empty()) co_return not_of_this_list();
    walk->position = *position;
    co_return *std::move(walk);
  }
  if (walks.size() == 1) co_return std::move(walks.front());
  size_t best = 0;
  size_t fewest = kProbeMax;
  for (size_t i = 0; i < walks.size() && fewest > 0; ++i) {
    CO_TRY(const auto entries, co_await records_.indexed(walks[i].range, Bytes(), fewest));
    if (entries.size() >= fewest) continue;
    best = i;
    fewest = entries.size();
  }
  co_return std::move(walks[best]);
}

// Nothing: it is not what is looked for, was removed just now, or comes under another of its names.
Task<Result<std::optional<CertificateView>>> Inventory::find(const InventoryFilter& filter,
                                                             const IndexRange& range, const IndexEntry& entry,
                                                             Time now) {
  CO_TRY(auto view, co_await read(entry.serial, now));
  if (!view || !fits(filter, *view)) co_return std::nullopt;
  if (!entry.labels.empty() && !is_first_in_range(entry, range, view->certificate)) co_return std::nullopt;
  co_return view;
}

// Nothing: it is not there, or not signed.
Task<Result<std::optional<CertificateView>>> Inventory::read(Serial serial, Time now) {
  auto record = co_await records_.certificate(std::move(serial));
  if (!record && record.error().kind == ErrorKind::not_found) co_return std::nullopt;
  if (!record) co_return tl::unexpected(std::move(record).error());
  if ((*record)->der.empty()) co_return std::nullopt;
  auto parsed = parse_certificate((*record)->der);
  if (!parsed) co_return fail(ErrorKind::internal, "a stored certificate: " + parsed.error().detail);
  const CertificateStatus status = status_of(record->value, now);
  std::string ca = ca_of_(record->value);
  co_return CertificateView{std::move(record->value), *std::move(parsed), status, std::move(ca)};
}

Task<Result<void>> complete_inventory(Records& records) {
  CO_TRY(const bool is_complete, co_await records.is_inventory_complete());
  if (is_complete) co_return Result<void>();
  size_t taken = 0;
  for (Bytes after;;) {
    CO_TRY(const auto serials, co_await records.certificates(after, kTakenAtOnce));
    Changes changes;
    changes.use_reserve();  // a CA that does not start revokes nothing
    for (const Serial& serial : serials) {
      CO_TRY(const auto certificate, co_await records.certificate(serial));
      changes.take_into_inventory(certificate.value);
    }
    const bool is_last = serials.size() < kTakenAtOnce;
    if (is_last) changes.complete_inventory();
    CO_CHECK(co_await records.commit(std::move(changes)));
    taken += serials.size();
    if (is_last) break;
    after = serials.back().octets;
  }
  if (taken > 0) base::log::info("acme.inventory.completed", {{"certificates", int64_t(taken)}});
  co_return Result<void>();
}

}  // namespace acmecore
