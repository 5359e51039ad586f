#include "acmecore/crl.h"

#include <cassert>

#include "acmecore/ca_certificate.h"
#include "acmecore/der.h"
#include "acmecore/oids.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

constexpr BytesView kVersion2 = "\x02\x01\x01"sv;  // INTEGER 1

Bytes network_order(uint64_t number) {
  Bytes octets;
  for (int shift = 56; shift >= 0; shift -= 8)
    octets.push_back(char((number >> shift) & 0xff));
  return octets;
}

Bytes extension(BytesView oid, bool critical, BytesView value) {
  constexpr BytesView kTrue = "\x01\x01\xff"sv;
  return der::sequence({der::oid(oid), critical ? kTrue : BytesView(), der::octet_string(value)});
}

Bytes extensions(const CrlFields& fields, const Certificate& issuer) {
  const auto& points = fields.distribution_points;
  return der::sequence({
      extension(oids::kAuthorityKeyIdentifier, false, authority_key_identifier(issuer)),
      extension(oids::kCrlNumber, false, der::unsigned_integer(network_order(fields.number))),
      points.empty() ? Bytes()
                     : extension(oids::kIssuingDistributionPoint, true, issuing_distribution_point(points)),
  });
}

// CertificateList and TBSCertList alike may be too large to be copied more often than they must.
Bytes large_sequence(std::initializer_list<BytesView> parts) {
  size_t size = 0;
  for (const BytesView part : parts)
    size += part.size();
  Bytes out = der::header(der::kSequence, size);
  out.reserve(out.size() + size);
  for (const BytesView part : parts)
    out += part;
  return out;
}

}  // namespace

void append_entry(Bytes& entries, const RevokedCertificate& revoked) {
  const Bytes serial = der::element(der::kInteger, revoked.serial.octets);
  const Bytes time = der::time(revoked.revocation.time);
  const auto code = char(revoked.revocation.reason);
  if (revoked.revocation.reason == RevocationReason::unspecified) {
    entries += der::sequence({serial, time});
    return;
  }
  const Bytes reason = extension(oids::kReasonCode, false, der::element(der::kEnumerated, {&code, 1}));
  entries += der::sequence({serial, time, der::sequence({reason})});
}

Bytes tbs_cert_list(const CrlFields& fields, BytesView entries, const Certificate& issuer,
                    const SigningKey& key) {
  const Bytes this_update = der::time(fields.this_update);
  const Bytes next_update = der::time(fields.next_update);
  const Bytes head = entries.empty() ? Bytes() : der::header(der::kSequence, entries.size());
  const Bytes last = der::element(der::context_constructed(0), extensions(fields, issuer));
  return large_sequence({kVersion2, key.signature_algorithm_der(), issuer.subject_der, this_update,
                         next_update, head, entries, last});
}

Result<Bytes> sign_tbs_cert_list(BytesView tbs_der, const SigningKey& key) {
  TRY(const Bytes signature, key.sign(tbs_der));
  return large_sequence({tbs_der, key.signature_algorithm_der(), der::bit_string(signature)});
}

Bytes issuing_distribution_point(const std::vector<std::string>& uris) {
  constexpr BytesView kOnlyContainsUserCerts = "\x81\x01\xff"sv;
  assert(!uris.empty());
  Bytes names;
  for (const std::string& uri : uris)
    names += der::element(der::context(6), uri);
  const Bytes full_name = der::element(der::context_constructed(0), names);
  return der::sequence({der::element(der::context_constructed(0), full_name), kOnlyContainsUserCerts});
}

Result<Crl> parse_crl(BytesView der) {
  TRY(const BytesView content, der::only(der::kSequence, der));
  der::Reader reader(content);
  TRY(const der::Element tbs, reader.next(der::kSequence));
  TRY(const der::Element algorithm, reader.next(der::kSequence));
  TRY(const BytesView signature, reader.bit_string());
  CHECK(reader.end());
  TRY(Crl crl, parse_tbs_cert_list(tbs.whole));
  if (crl.signature_algorithm_der != algorithm.whole) {
    return fail(ErrorKind::malformed, "the CRL names two different signature algorithms");
  }
  crl.signature = signature;
  return crl;
}

Result<Crl> parse_tbs_cert_list(BytesView tbs_der) {
  Crl crl;
  crl.tbs_der = tbs_der;
  TRY(const BytesView content, der::only(der::kSequence, tbs_der));
  der::Reader reader(content);
  TRY(const der::Element version, reader.next(der::kInteger));
  if (version.whole != kVersion2) return fail(ErrorKind::malformed, "the CRL is not of version 2");
  TRY(const der::Element algorithm, reader.next(der::kSequence));
  crl.signature_algorithm_der = algorithm.whole;
  TRY(const der::Element issuer, reader.next(der::kSequence));
  crl.issuer_der = issuer.whole;
  TRY(crl.this_update, reader.time());
  if (reader.next_is(der::kUtcTime) || reader.next_is(der::kGeneralizedTime)) {
    TRY(crl.next_update, reader.time());
  }
  if (reader.next_is(der::kSequence)) {
    TRY(const der::Element entries, reader.next());
    crl.entries = entries.content;
  }
  if (!reader.at_end()) {
    TRY(const der::Element wrapped, reader.next(der::context_constructed(0)));
    TRY(crl.extensions, parse_extensions(wrapped.content));
  }
  CHECK(reader.end());
  return crl;
}

Result<void> for_each_entry(BytesView entries, const std::function<bool(const CrlEntry&)>& take) {
  der::Reader reader(entries);
  while (!reader.at_end()) {
    TRY(const der::Element element, reader.next(der::kSequence));
    der::Reader fields(element.content);
    CrlEntry entry;
    TRY(entry.serial, fields.integer());
    TRY(entry.time, fields.time());
    if (!fields.at_end()) {
      TRY(const der::Element extensions, fields.next(der::kSequence));
      TRY(entry.extensions, parse_extensions(extensions.whole));
    }
    CHECK(fields.end());
    if (!take(entry)) break;
  }
  return {};
}

Result<std::vector<Bytes>> missing_serials(BytesView before, BytesView now) {
  std::vector<BytesView> had;
  CHECK(for_each_entry(before, [&](const CrlEntry& entry) {
    had.push_back(entry.serial);
    return true;
  }));
  std::vector<Bytes> missing;
  auto next = had.begin();
  const auto pass = [&](const CrlEntry& entry) {
    for (; next != had.end() && *next < entry.serial; ++next)
      missing.emplace_back(*next);
    if (next != had.end() && *next == entry.serial) ++next;
    return true;
  };
  CHECK(for_each_entry(now, pass));
  missing.insert(missing.end(), next, had.end());
  return missing;
}

Result<uint64_t> crl_number(const Crl& crl) {
  const Extension* extension = find_extension(crl.extensions, oids::kCrlNumber);
  if (extension == nullptr) return fail(ErrorKind::malformed, "the CRL has no number");
  der::Reader reader(extension->value);
  TRY(const BytesView octets, reader.integer());
  CHECK(reader.end());
  const bool has_zero = octets.size() == sizeof(uint64_t) + 1 && octets[0] == '\0';
  if ((octets[0] & 0x80) != 0 || (octets.size() > sizeof(uint64_t) && !has_zero)) {
    return fail(ErrorKind::malformed, "the CRL has a number that is none of ours");
  }
  uint64_t number = 0;
  for (const char octet : octets)
    number = number << 8 | uint8_t(octet);
  return number;
}

std::optional<DistributionPoint> distribution_point(const Crl& crl) {
  const Extension* found = find_extension(crl.extensions, oids::kIssuingDistributionPoint);
  if (found == nullptr || !found->critical) return std::nullopt;
  const auto content = der::only(der::kSequence, found->value);
  if (!content) return std::nullopt;
  der::Reader fields(*content);
  const auto name = fields.next(der::context_constructed(0));
  if (!name) return std::nullopt;
  const auto full_name = der::only(der::context_constructed(0), name->content);
  if (!full_name) return std::nullopt;
  DistributionPoint point;
  for (der::Reader names(*full_name); !names.at_end();) {
    const auto uri = names.next(der::context(6));
    if (!uri) return std::nullopt;
    point.uris.emplace_back(uri->content);
  }
  while (!fields.at_end()) {
    const auto flag = fields.next();
    if (!flag || flag->content != "\xff"sv) return std::nullopt;
    point.flags.push_back(flag->tag);
  }
  return point;
}

Result<RevokedCertificate> revoked_certificate(const CrlEntry& entry) {
  const auto strange = [] { return fail(ErrorKind::malformed, "the CRL has an entry that is none of ours"); };
  TRY(Serial serial, serial_from_octets(entry.serial));
  if (entry.extensions.empty()) {
    return RevokedCertificate{std::move(serial), {entry.time, RevocationReason::unspecified}};
  }
  const Extension& extension = entry.extensions.front();
  if (entry.extensions.size() != 1 || extension.oid != oids::kReasonCode || extension.critical)
    return strange();
  const auto code = der::only(der::kEnumerated, extension.value);
  if (!code || code->size() != 1) return strange();
  const auto reason = reason_with_code(uint8_t(code->front()));
  if (!reason || *reason == RevocationReason::unspecified) return strange();
  return RevokedCertificate{std::move(serial), {entry.time, *reason}};
}

}  // namespace acmecore
