#include "acmecore/issuer_certificates.h"

#include <algorithm>
#include <string_view>

#include "acmecore/ca_public_key.h"
#include "acmecore/distinguished_name.h"

namespace acmecore {

namespace {

// "default current 9f86d0…". No role has a space.
constexpr std::string_view kDetail = "issuer_certificate";
constexpr std::string_view kAlternate = "alternate";

// Null: it is not among them.
const IssuerCertificate* find(const std::vector<IssuerCertificate>& among, const IssuerCertificate& one) {
  const auto found = std::ranges::find_if(among, [&](const IssuerCertificate& other) {
    return other.issuer == one.issuer && other.id == one.id;
  });
  return found == among.end() ? nullptr : &*found;
}

// Another chain has a certificate of the same name and key, which no command of ours made.
std::vector<AuditDetail> about(const IssuerGeneration& generation, bool is_alternate) {
  const Certificate& certificate = generation.issuer.certificate();
  std::vector<AuditDetail> details = {{"subject", text_of_name(certificate.subject_der)},
                                      {"key_algorithm", text_of_ca_key(certificate.spki_der)},
                                      {"key", generation.key}};
  if (is_alternate) return details;
  for (const Ceremony& ceremony : generation.ceremonies)
    details.push_back({"ceremony", text_of(ceremony)});
  return details;
}

// `role` or `role_before` is empty where it is not there.
AuditEvent change(const IssuerCertificate& one, const std::string& role, const std::string& role_before,
                  base::Time time) {
  AuditEvent event;
  event.kind = audit_kind::kIssuerChanged;
  event.time = time;
  event.reason = (role.empty() ? "is gone" : "is " + role) +
                 (role_before.empty() ? ", and is new" : ", and was " + role_before);
  event.add("issuer", one.issuer);
  event.add("issuer_sha256", one.id);
  if (!role.empty()) event.add("role", role);
  if (!role_before.empty()) event.add("role_before", role_before);
  for (const AuditDetail& detail : one.about)
    event.add(detail.name, detail.value);
  return event;
}

}  // namespace

std::vector<IssuerCertificate> issuer_certificates(const IssuerSet& issuers) {
  std::vector<IssuerCertificate> all;
  for (const NamedIssuer& named : issuers.all()) {
    for (const IssuerGeneration& generation : named.generations) {
      const Issuer& issuer = generation.issuer;
      for (size_t chain = 0; chain < issuer.chains(); ++chain) {
        const bool is_alternate = chain != 0;
        const std::string_view role = is_alternate ? kAlternate : name_of(generation.role);
        all.push_back({named.name, std::string(role), issuer.id(chain), about(generation, is_alternate)});
      }
    }
  }
  return all;
}

void tell_issuers(AuditEvent& event, const std::vector<IssuerCertificate>& certificates) {
  std::erase_if(event.details, [](const AuditDetail& detail) { return detail.name == kDetail; });
  for (const IssuerCertificate& one : certificates)
    event.add(std::string(kDetail), one.issuer + " " + one.role + " " + one.id);
}

std::vector<IssuerCertificate> issuers_told(const AuditEvent& event) {
  std::vector<IssuerCertificate> told;
  for (const AuditDetail& detail : event.details) {
    if (detail.name != kDetail) continue;
    const std::string& text = detail.value;
    const size_t id = text.rfind(' ');
    const size_t role = id == text.npos ? id : text.rfind(' ', id - 1);
    if (role == text.npos) continue;  // of no version of this program
    told.push_back({text.substr(0, role), text.substr(role + 1, id - role - 1), text.substr(id + 1)});
  }
  return told;
}

std::vector<AuditEvent> issuer_changes(const std::vector<IssuerCertificate>& before,
                                       const std::vector<IssuerCertificate>& now, base::Time time) {
  std::vector<AuditEvent> changes;
  for (const IssuerCertificate& one : before) {
    const IssuerCertificate* const still = find(now, one);
    if (still == nullptr) changes.push_back(change(one, "", one.role, time));
    if (still != nullptr && still->role != one.role)
      changes.push_back(change(*still, still->role, one.role, time));
  }
  for (const IssuerCertificate& one : now) {
    if (find(before, one) == nullptr) changes.push_back(change(one, one.role, "", time));
  }
  return changes;
}

}  // namespace acmecore
