#include "tests/acmecore/certificate_fixtures.h"

#include <openssl/conf.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <array>
#include <cassert>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "acmecore/ca_certificate.h"
#include "acmecore/certificate_writer.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "acmecore/serial.h"
#include "acmecore/software_key.h"
#include "acmecore/validity.h"
#include "tests/acmecore/issuer_fixture.h"

namespace acmecore {

using base::Bytes;
using base::PkeyHandle;

const CaMaterial& test_ca() {
  static const CaMaterial material = make_development_ca(kNow).value();
  return material;
}

const Issuers& test_issuers() {
  static const Issuers issuers(one_issuer(Issuer::open(test_ca(), kNow).value()));
  return issuers;
}

const Issuer& test_issuer() {
  static const auto set = test_issuers().now();
  return set->current(kDefaultIssuer);
}

std::string cross_signed(const Certificate& issuing, const CaMaterial& other) {
  const Certificate root = parse_certificate(parse_pem(kPemCertificate, other.root_pem).value()).value();
  TbsFields fields{new_serial(),        root.subject_der, issuing.validity,
                   issuing.subject_der, issuing.spki_der, issuing.extensions};
  for (Extension& extension : fields.extensions) {
    if (extension.oid == oids::kAuthorityKeyIdentifier) extension.value = authority_key_identifier(root);
  }
  const SoftwareKey key = SoftwareKey::parse(other.root_key_pem).value();
  return pem_block(kPemCertificate, sign_certificate(fields, key).value());
}

PkeyHandle make_ec(const char* curve) { return PkeyHandle(EVP_EC_gen(curve)); }
base::X509Handle read_by_openssl(base::BytesView der) {
  const uint8_t* at = base::octets(der);
  base::X509Handle certificate(d2i_X509(nullptr, &at, long(der.size())));
  if (at != base::octets(der) + der.size()) certificate.reset();
  return certificate;
}

PkeyHandle make_p256() { return make_ec("P-256"); }
PkeyHandle make_rsa(unsigned bits) { return PkeyHandle(EVP_RSA_gen(bits)); }

Bytes spki_of(EVP_PKEY* key) {
  Bytes der(size_t(i2d_PUBKEY(key, nullptr)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  i2d_PUBKEY(key, &at);
  return der;
}

LeafRequest good_leaf_request() {
  LeafRequest request;
  request.dns_names = {"*.corp.test", "corp.test"};
  request.spki_der = spki_of(make_p256().get());
  request.serial = new_serial();
  request.validity = leaf_validity(kNow, kLeafLifetimeDefault, test_issuer().certificate().validity).value();
  request.issued = kNow;
  return request;
}

namespace {

void add_subject(X509_REQ* request, const CsrDraft& draft) {
  X509_NAME* name = X509_REQ_get_subject_name(request);
  bool first = true;
  for (const auto& [type, value] : draft.subject) {
    const int same_rdn = draft.one_rdn && !first ? -1 : 0;
    const int ok = X509_NAME_add_entry_by_txt(name, type.c_str(), MBSTRING_UTF8,
                                              reinterpret_cast<const unsigned char*>(value.data()),
                                              int(value.size()), -1, same_rdn);
    assert(ok == 1);
    first = false;
  }
}

void add_extensions(X509_REQ* request, const CsrDraft& draft) {
  auto wanted = draft.extensions;
  if (!draft.san.empty()) wanted.emplace_back("subjectAltName", draft.san);
  if (wanted.empty()) return;
  STACK_OF(X509_EXTENSION)* stack = sk_X509_EXTENSION_new_null();
  X509V3_CTX context;
  X509V3_set_ctx(&context, nullptr, nullptr, request, nullptr, 0);
  const base::OpensslHandle<CONF, NCONF_free> no_sections(NCONF_new(nullptr));
  X509V3_set_nconf(&context, no_sections.get());
  for (const auto& [name, value] : wanted) {
    X509_EXTENSION* extension = X509V3_EXT_nconf(no_sections.get(), &context, name.c_str(), value.c_str());
    assert(extension != nullptr);
    sk_X509_EXTENSION_push(stack, extension);
  }
  X509_REQ_add_extensions(request, stack);
  sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
}

}  // namespace

Bytes make_csr(const CsrDraft& draft) {
  PkeyHandle own;
  EVP_PKEY* key = draft.key;
  if (key == nullptr) {
    own = make_p256();
    key = own.get();
  }
  const base::X509RequestHandle request(X509_REQ_new());
  X509_REQ_set_version(request.get(), 0);
  X509_REQ_set_pubkey(request.get(), key);
  add_subject(request.get(), draft);
  add_extensions(request.get(), draft);
  if (draft.challenge_password) {
    const std::string password = "secret";
    X509_REQ_add1_attr_by_txt(request.get(), "challengePassword", MBSTRING_ASC,
                              reinterpret_cast<const unsigned char*>(password.data()), int(password.size()));
  }
  const int ok = X509_REQ_sign(request.get(), draft.signer != nullptr ? draft.signer : key, draft.digest);
  assert(ok > 0);
  Bytes der(size_t(i2d_X509_REQ(request.get(), nullptr)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509_REQ(request.get(), &at);
  return der;
}

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "assay-test-XXXXXX").string();
  const char* made = ::mkdtemp(pattern.data());
  assert(made != nullptr);
  path_ = made;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void write_text(const std::string& file, std::string_view text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

ProgramResult run_program(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  assert(pipe != nullptr);
  std::string output;
  std::array<char, 4096> buffer;
  while (const size_t count = ::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), count);
  return {::pclose(pipe) == 0, output};
}

}  // namespace acmecore
