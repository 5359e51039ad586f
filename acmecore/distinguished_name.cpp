#include "acmecore/distinguished_name.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/openssl.h"

namespace acmecore {

namespace {

using NameHandle = base::OpensslHandle<X509_NAME, X509_NAME_free>;

}  // namespace

std::string text_of_name(base::BytesView name_der) {
  const uint8_t* at = base::octets(name_der);
  const NameHandle name(d2i_X509_NAME(nullptr, &at, long(name_der.size())));
  const base::BioHandle bio(BIO_new(BIO_s_mem()));
  // RFC 2253's order and escapes, with UTF-8 as it is.
  constexpr unsigned long kFlags = XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB;
  const bool written = name && X509_NAME_print_ex(bio.get(), name.get(), 0, kFlags) >= 0;
  ERR_clear_error();
  if (!written) return "?";
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, size_t(size)};
}

}  // namespace acmecore
