#include "acmecore/ocsp_request.h"

#include <string>

#include "acmecore/der.h"
#include "acmecore/extensions.h"
#include "acmecore/oids.h"
#include "base/base64url.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

Result<void> read_tbs_request(BytesView content, OcspRequest& request);
Result<OcspCertId> read_request(BytesView content);
Result<OcspCertId> read_cert_id(const der::Element& element);
Result<std::optional<Bytes>> read_extensions(BytesView wrapped);
int hex_value(char c);

tl::unexpected<base::Error> malformed(const char* why) {
  return fail(ErrorKind::malformed, std::string("the OCSP request ") + why);
}

}  // namespace

Result<OcspRequest> parse_ocsp_request(BytesView der) {
  if (der.size() > kOcspRequestSizeMax) return malformed("is larger than 8 KiB");
  TRY(const BytesView content, der::only(der::kSequence, der));
  der::Reader reader(content);
  TRY(const der::Element tbs, reader.next(der::kSequence));
  if (!reader.at_end()) CHECK(reader.next(der::context_constructed(0)));  // optionalSignature
  CHECK(reader.end());
  OcspRequest request;
  CHECK(read_tbs_request(tbs.content, request));
  return request;
}

Result<Bytes> ocsp_request_of_path(std::string_view path) {
  const auto no_base64 = [] { return malformed("in the path is not in base64"); };
  std::string text;
  for (size_t at = 0; at < path.size(); ++at) {
    char c = path[at];
    if (c == '%') {
      const int high = at + 2 < path.size() ? hex_value(path[at + 1]) : -1;
      const int low = at + 2 < path.size() ? hex_value(path[at + 2]) : -1;
      if (high < 0 || low < 0) return no_base64();
      c = char(high << 4 | low);
      at += 2;
    }
    if (c == '-' || c == '_') return no_base64();  // of base64url, and not of base64
    text.push_back(c == '+' ? '-' : c == '/' ? '_' : c);
  }
  const bool may_be_padded = text.size() % 4 == 0;
  for (int i = 0; may_be_padded && i < 2 && text.ends_with('='); ++i)
    text.pop_back();
  auto der = base::parse_base64url(text);
  if (!der) return no_base64();
  return *std::move(der);
}

namespace {

Result<void> read_tbs_request(BytesView content, OcspRequest& request) {
  der::Reader reader(content);
  // The only version is the default, which DER leaves out.
  if (reader.next_is(der::context_constructed(1))) CHECK(reader.next());  // requestorName
  TRY(const der::Element list, reader.next(der::kSequence));
  for (der::Reader requests(list.content); !requests.at_end();) {
    if (request.certificates.size() == kOcspCertificatesMax)
      return malformed("is about more than 16 certificates");
    TRY(const der::Element one, requests.next(der::kSequence));
    TRY(OcspCertId id, read_request(one.content));
    request.certificates.push_back(std::move(id));
  }
  if (request.certificates.empty()) return malformed("is about no certificate");
  if (!reader.at_end()) {
    TRY(const der::Element wrapped, reader.next(der::context_constructed(2)));
    TRY(request.nonce, read_extensions(wrapped.content));
  }
  return reader.end();
}

Result<OcspCertId> read_request(BytesView content) {
  der::Reader reader(content);
  TRY(const der::Element id, reader.next(der::kSequence));
  if (!reader.at_end()) {  // singleRequestExtensions, of which none is ours
    TRY(const der::Element wrapped, reader.next(der::context_constructed(0)));
    TRY(const auto nonce, read_extensions(wrapped.content));
    if (nonce) return malformed("has a nonce for one of its certificates");
  }
  CHECK(reader.end());
  return read_cert_id(id);
}

Result<OcspCertId> read_cert_id(const der::Element& element) {
  der::Reader reader(element.content);
  TRY(const der::Element algorithm, reader.next(der::kSequence));
  TRY(const der::Element name, reader.next(der::kOctetString));
  TRY(const der::Element key, reader.next(der::kOctetString));
  TRY(const BytesView serial, reader.integer());
  CHECK(reader.end());
  der::Reader fields(algorithm.content);
  TRY(const BytesView hash, fields.oid());
  if (!fields.at_end()) {
    TRY(const der::Element parameters, fields.next(der::kNull));
    if (!parameters.content.empty()) return malformed("has a NULL with octets");
  }
  CHECK(fields.end());
  OcspCertId id{Bytes(element.whole), OcspHash::other, Bytes(name.content), Bytes(key.content),
                Bytes(serial)};
  if (hash == oids::kSha1) id.hash = OcspHash::sha1;
  if (hash == oids::kSha256) id.hash = OcspHash::sha256;
  return id;
}

// The nonce, if there is one.
Result<std::optional<Bytes>> read_extensions(BytesView wrapped) {
  TRY(const auto extensions, parse_extensions(wrapped));
  std::optional<Bytes> nonce;
  for (const Extension& extension : extensions) {
    if (extension.oid == oids::kOcspNonce) {
      TRY(const BytesView octets, der::only(der::kOctetString, extension.value));
      if (octets.empty() || octets.size() > kOcspNonceSizeMax)
        return malformed("has a nonce of 0 or over 128 octets");
      nonce = Bytes(octets);
    } else if (extension.critical) {
      return malformed("has a critical extension that is not known");
    }
  }
  return nonce;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

}  // namespace acmecore
