#include "acmecore/server_identity.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <cassert>
#include <optional>

#include "acmecore/dns_name_syntax.h"
#include "acmecore/software_key.h"
#include "base/endpoint.h"
#include "base/log.h"
#include "base/name.h"
#include "base/openssl.h"

namespace acmecore {

using base::Bytes;
using base::Result;
using base::Task;
using base::Time;

namespace {

constexpr const char* kLocalhost = "localhost";

using AddressHandle = base::OpensslHandle<ASN1_OCTET_STRING, ASN1_OCTET_STRING_free>;

// 4 or 16 octets; nothing if `text` is no IP address. OpenSSL's reader alone would take a space behind it.
std::optional<Bytes> parse_address(const std::string& text) {
  const bool v6 = text.find(':') != std::string::npos;
  const auto endpoint = base::parse_endpoint(v6 ? "[" + text + "]:0" : text + ":0");
  if (!endpoint) return std::nullopt;
  const AddressHandle address(a2i_IPADDRESS(endpoint->address.c_str()));
  assert(address);
  const auto* octets = reinterpret_cast<const char*>(ASN1_STRING_get0_data(address.get()));
  return Bytes(octets, size_t(ASN1_STRING_length(address.get())));
}

template <class T>
void sort_unique(std::vector<T>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

// The first of `names` behind "localhost" that is short enough for a common name, else "localhost". Empty where there
// are none.
std::string common_name(const std::vector<std::string>& names) {
  const auto fits = [](const std::string& name) {
    return name.size() <= kCommonNameSizeMax && name != kLocalhost;
  };
  const auto found = std::ranges::find_if(names, fits);
  if (found != names.end()) return *found;
  return names.empty() ? "" : names.front();
}

// For `hosts` and this machine.
Result<LeafRequest> leaf_request(const std::vector<std::string>& hosts) {
  LeafRequest request;
  request.dns_names = {kLocalhost};
  request.ip_addresses = {*parse_address("127.0.0.1"), *parse_address("::1")};
  for (const std::string& host : hosts) {
    if (auto address = parse_address(host)) {
      request.ip_addresses.push_back(*std::move(address));
      continue;
    }
    const std::string name = base::lower(host);
    CHECK(check_dns_name(name));
    request.dns_names.push_back(name);
  }
  return request;
}

// What of it the issuer certifies.
Result<LeafRequest> restricted(LeafRequest request, const Issuer& issuer) {
  std::erase_if(request.dns_names, [&](const std::string& name) {
    return !issuer.check_names({{name}, {}}, false);
  });
  std::erase_if(request.ip_addresses, [&](const Bytes& address) {
    return !issuer.check_names({{}, {address}}, false);
  });
  if (request.dns_names.empty() && request.ip_addresses.empty()) {
    return base::fail(base::ErrorKind::unavailable,
                      "the issuing CA may certify none of the names of this server's listeners; give them "
                      "certificates from files");
  }
  request.common_name = common_name(request.dns_names);
  const SubjectAltName names{request.dns_names, request.ip_addresses};
  if (!issuer.check_names(names, !request.common_name.empty())) request.common_name = "";
  sort_unique(request.dns_names);
  sort_unique(request.ip_addresses);
  return request;
}

struct Signed {
  Bytes der;
  std::string chain_pem;
  std::string issuer;  // Issuer::id
  std::string ca;
};

Result<Signed> sign(const Issuer& issuer, const LeafRequest& request) {
  TRY(Bytes der, issuer.sign_leaf(request));
  std::string chain_pem = issuer.chain_pem(der);
  return Signed{std::move(der), std::move(chain_pem), issuer.id(), issuer.ca()};
}

}  // namespace

Task<Result<ServerIdentity>> new_server_identity(Records& records, const Issuers& issuers, std::string issuer,
                                                 std::vector<std::string> hosts, Time now) {
  const SoftwareKey key = SoftwareKey::generate();
  CO_TRY(LeafRequest request, leaf_request(hosts));
  CO_TRY(request, restricted(std::move(request), issuers.now()->current(issuer)));
  CO_TRY(request.validity,
         leaf_validity(now, kServerIdentityLifetime, issuers.now()->current(issuer).certificate().validity));
  request.spki_der = key.spki_der();
  request.serial = new_serial();
  request.issued = now;

  Stored<IssuedCertificate> record{};
  record->serial = request.serial;
  record->issued = now;
  record->not_after = request.validity.not_after;
  record->hosts = {kLocalhost, "127.0.0.1", "::1"};
  record->hosts.insert(record->hosts.end(), hosts.begin(), hosts.end());
  Changes intended;
  intended.use_reserve();  // a CA that does not start revokes nothing
  intended.create(record.value);
  CO_TRY(record.revision, co_await records.commit(std::move(intended)));
  CO_TRY(Signed made, sign(issuers.now()->current(issuer), request));
  record->der = std::move(made.der);
  record->issuer = std::move(made.ca);
  Changes signed_one;
  signed_one.use_reserve();
  signed_one.update(record);
  signed_one.note_subject(record.value, request.dns_names, key.spki_der());
  AuditEvent event = audit_event(audit_kind::kCertificateIssued, record.value, {}, now);
  event.reason = "for this server's own listeners";
  event.add("issuer_sha256", made.issuer);
  signed_one.note(event);
  CO_CHECK(co_await records.commit(std::move(signed_one)));
  base::log::info("acme.certificate.own", {{"serial", text_of(request.serial)}});
  co_return ServerIdentity{std::move(made.chain_pem), key.pem(), request.serial, request.validity};
}

}  // namespace acmecore
