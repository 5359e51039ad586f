#include "app/cli/certificate_request.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/openssl.h"

namespace app {

using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

using GeneralNamesHandle = base::OpensslHandle<GENERAL_NAMES, GENERAL_NAMES_free>;

void free_extensions(STACK_OF(X509_EXTENSION) * extensions) {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}
using ExtensionsHandle = base::OpensslHandle<STACK_OF(X509_EXTENSION), free_extensions>;

bool append_dns_name(GENERAL_NAMES& all, const std::string& name) {
  base::OpensslHandle<GENERAL_NAME, GENERAL_NAME_free> general(GENERAL_NAME_new());
  base::OpensslHandle<ASN1_IA5STRING, ASN1_IA5STRING_free> text(ASN1_IA5STRING_new());
  if (!general || !text || ASN1_STRING_set(text.get(), name.data(), int(name.size())) != 1) return false;
  GENERAL_NAME_set0_value(general.get(), GEN_DNS, text.release());
  if (sk_GENERAL_NAME_push(&all, general.get()) == 0) return false;
  general.release();
  return true;
}

bool add_subject_alt_name(X509_REQ& request, const std::vector<std::string>& names) {
  const GeneralNamesHandle all(GENERAL_NAMES_new());
  if (!all) return false;
  for (const std::string& name : names) {
    if (!append_dns_name(*all, name)) return false;
  }
  STACK_OF(X509_EXTENSION)* extensions = nullptr;
  const bool added =
      X509V3_add1_i2d(&extensions, NID_subject_alt_name, all.get(), 0, X509V3_ADD_DEFAULT) == 1;
  const ExtensionsHandle owned(extensions);
  return added && X509_REQ_add_extensions(&request, owned.get()) == 1;
}

std::string private_key_pem(EVP_PKEY& key) {
  const base::BioHandle out(BIO_new(BIO_s_mem()));
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return "";
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, size_t(size)};
}

base::Bytes der_of(X509_REQ* request) {
  const int size = i2d_X509_REQ(request, nullptr);
  if (size <= 0) return "";
  base::Bytes der(size_t(size), '\0');
  auto* end = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509_REQ(request, &end);
  return der;
}

tl::unexpected<base::Error> refuse() {
  return fail(ErrorKind::malformed,
              "OpenSSL makes no certification request of this: " + base::openssl_error());
}

}  // namespace

Result<CertificateRequest> new_certificate_request(const std::vector<std::string>& names) {
  const base::PkeyHandle key(EVP_EC_gen("P-256"));
  const base::X509RequestHandle request(X509_REQ_new());
  if (!key || !request || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 || !add_subject_alt_name(*request, names) ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) <= 0) {
    return refuse();
  }
  CertificateRequest made{private_key_pem(*key), der_of(request.get())};
  if (made.key_pem.empty() || made.csr_der.empty()) return refuse();
  return made;
}

Result<base::Bytes> certificate_request_der(const std::string& file) {
  const base::BioHandle in(BIO_new_mem_buf(file.data(), int(file.size())));
  base::X509RequestHandle request(PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr));
  if (!request) {
    const auto* begin = base::octets(file);
    request.reset(d2i_X509_REQ(nullptr, &begin, long(file.size())));
  }
  base::openssl_error();  // what did not fit the first form is no news
  if (!request) return fail(ErrorKind::malformed, "it holds no certification request in PEM or DER");
  return der_of(request.get());
}

}  // namespace app
