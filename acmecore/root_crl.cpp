#include "acmecore/root_crl.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "acmecore/ca_certificate.h"
#include "acmecore/ca_chain.h"
#include "acmecore/ca_directory.h"
#include "acmecore/ca_public_key.h"
#include "acmecore/oids.h"
#include "acmecore/signature.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Time;
using std::chrono::seconds;
using namespace std::string_view_literals;

namespace {

constexpr std::string_view kCaCompromiseName = "cACompromise";

tl::unexpected<base::Error> refuse(const std::string& why) { return fail(ErrorKind::unavailable, why); }

// What a CRL lists, by serial number, which is the order of its entries.
using Entries = std::map<Bytes, Revocation>;

struct Before {
  uint64_t number = 0;
  Entries entries;
};

Result<Before> read_before(const Bytes& der, const Certificate& root);
Result<RevokedCertificate> revoked_ca(const CrlEntry& entry);
Result<void> add_revoked(const std::vector<RevokedCa>& revoked, const Certificate& root, Entries& entries);
Result<void> add(const Serial& serial, const Revocation& revocation, Entries& entries);
bool is_signed_by(const Crl& crl, const Certificate& root);

}  // namespace

Result<RevocationReason> parse_ca_reason_name(std::string_view name) {
  if (name == kCaCompromiseName) return kCaCompromise;
  const auto reason = parse_reason_name(name);
  if (reason && *reason != RevocationReason::unspecified) return *reason;
  return fail(
      ErrorKind::malformed,
      "\"" + std::string(name) +
          "\" is no reason to revoke a CA; there are keyCompromise, cACompromise, affiliationChanged, "
          "superseded, cessationOfOperation, privilegeWithdrawn");
}

Result<Bytes> sign_root_crl(const CaPlace& place, const RootCrlPlan& plan, Time now) {
  if (plan.lifetime <= seconds(0) || plan.lifetime > kRootCrlLifetimeMax)
    return fail(ErrorKind::malformed, "a root's CRL lasts a year at the most");
  TRY(const CaDirectory directory, CaDirectory::read(place.directory));
  const CaGeneration* current = directory.find(GenerationRole::current);
  if (current == nullptr) return refuse(place.directory.string() + " has no certificate yet, and no root");
  TRY(const CaChain chain, read_ca_chain(current->chain_pem));
  const Certificate& root = chain.root();
  CHECK(check_crl_issuer("the root certificate", root));
  if (find_extension(root.extensions, oids::kSubjectKeyIdentifier) == nullptr)
    return refuse("the root's certificate has no subjectKeyIdentifier, by which its CRL names it");
  TRY(const auto own_root_key, directory.root_key());
  const std::string held = plan.root_key.empty() ? own_root_key.value_or("") : plan.root_key;
  if (held.empty()) return refuse("the key of the root is not there: name its file");
  TRY(const auto key, place.vault.open(held, {}));
  if (key->spki_der() != root.spki_der)
    return refuse("the key of the root is not that of the issuer's root certificate");

  Before before;
  if (plan.before) {
    TRY(before, read_before(*plan.before, root));
  }
  CHECK(add_revoked(plan.revoked, root, before.entries));
  Bytes entries;
  for (const auto& [serial, revocation] : before.entries)
    append_entry(entries, {Serial{serial}, revocation});
  CrlFields fields;
  fields.this_update = std::chrono::floor<seconds>(now);
  fields.next_update = fields.this_update + plan.lifetime;
  const auto of_the_time = uint64_t(std::max<int64_t>(0, fields.this_update.time_since_epoch() / seconds(1)));
  fields.number = std::max(of_the_time, before.number + 1);
  TRY(Bytes crl, sign_tbs_cert_list(tbs_cert_list(fields, entries, root, *key), *key));
  TRY(const Before written, read_before(crl, root));
  if (written.number == fields.number && written.entries == before.entries) return crl;
  return fail(ErrorKind::internal, "the signed CRL is not the one that was to be signed");
}

namespace {

Result<Before> read_before(const Bytes& der, const Certificate& root) {
  Before before;
  const auto refused = [](const std::string& why) { return refuse("the CRL before cannot be used: " + why); };
  const auto crl = parse_crl(der);
  if (!crl) return refused(crl.error().detail);
  if (!is_signed_by(*crl, root)) return refused("the root has not signed it");
  const auto number = crl_number(*crl);
  if (!number) return refused(number.error().detail);
  before.number = *number;
  std::optional<base::Error> strange;
  const auto take = [&](const CrlEntry& entry) {
    const auto revoked = revoked_ca(entry);
    if (revoked) before.entries.emplace(revoked->serial.octets, revoked->revocation);
    if (!revoked) strange = revoked.error();
    return revoked.has_value();
  };
  const auto read = for_each_entry(crl->entries.value_or(""), take);
  if (!read) return refused(read.error().detail);
  if (strange) return refused(strange->detail);
  return before;
}

// An entry as we write them: revoked_certificate reads those of all but one reason, which no leaf has.
Result<RevokedCertificate> revoked_ca(const CrlEntry& entry) {
  constexpr BytesView kEnumerated2 = "\x0a\x01\x02"sv;
  const bool is_compromise =
      entry.extensions.size() == 1 && entry.extensions.front().oid == oids::kReasonCode &&
      !entry.extensions.front().critical && entry.extensions.front().value == kEnumerated2;
  if (!is_compromise) return revoked_certificate(entry);
  TRY(Serial serial, serial_from_octets(entry.serial));
  return RevokedCertificate{std::move(serial), {entry.time, kCaCompromise}};
}

Result<void> add_revoked(const std::vector<RevokedCa>& revoked, const Certificate& root, Entries& entries) {
  for (const RevokedCa& one : revoked) {
    if (one.certificate.der == root.der) return refuse("a root does not revoke itself");
    if (!is_issued_by(one.certificate, root)) return refuse("a certificate to be revoked is not by the root");
    if (one.revocation.reason == RevocationReason::unspecified)
      return fail(ErrorKind::malformed, "a CA is not revoked without a reason (BR 7.2.2)");
    CHECK(add(one.certificate.serial, one.revocation, entries));
  }
  return {};
}

Result<void> add(const Serial& serial, const Revocation& revocation, Entries& entries) {
  const RevocationReason reason = revocation.reason;
  const Revocation whole{std::chrono::floor<seconds>(revocation.time), reason};
  const auto [listed, is_new] = entries.emplace(serial.octets, whole);
  RevocationReason& before = listed->second.reason;
  if (is_new || before == reason) return {};
  const bool is_compromise = reason == RevocationReason::key_compromise || reason == kCaCompromise;
  if (!is_compromise && before != RevocationReason::unspecified) {
    return refuse("the certificate " + text_of(serial) + " is revoked already, as " +
                  std::string(before == kCaCompromise ? kCaCompromiseName : name_of(before)) +
                  ", which only keyCompromise or cACompromise could change");
  }
  before = reason;
  return {};
}

bool is_signed_by(const Crl& crl, const Certificate& root) {
  const auto algorithm = parse_signature_algorithm(crl.signature_algorithm_der);
  const auto key = parse_ca_public_key(root.spki_der);
  return crl.issuer_der == root.subject_der && algorithm && key &&
         verify_signature(*algorithm, *key, crl.tbs_der, crl.signature);
}

}  // namespace

}  // namespace acmecore
