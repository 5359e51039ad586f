#include "acmecore/http/accept.h"

#include <gtest/gtest.h>

namespace acmecore::http {
namespace {

TEST(Accept, IsThePemChainUnlessTheOtherIsPreferred) {
  EXPECT_EQ(preferred_form(std::nullopt), CertificateForm::pem_chain);
  for (const char* accept :
       {"", "*/*", "application/*", "application/pem-certificate-chain", "application/json", "text/html;q=1",
        "x", "application/pem-certificate-chain, application/pkix-cert", "application/pkix-cert;q=0",
        "application/pkix-cert;q=0.5, */*", "application/pkix-cert;q=0.100, application/*;q=0.2",
        "application/pkix-certs", "application/pkcs7-mime", ",,;,;q=,", "application/pkix-cert;q=0.000"}) {
    EXPECT_EQ(preferred_form(accept), CertificateForm::pem_chain) << accept;
  }
  for (const char* accept :
       {"application/pkix-cert", "Application/PKIX-Cert", " application/pkix-cert ; q=0.1 ",
        "application/pkix-cert, */*;q=0.1",
        "application/pem-certificate-chain;q=0.8, application/pkix-cert;q=0.801",
        "text/html, application/pkix-cert", "application/pkix-cert;level=1",
        "application/pem-certificate-chain;q=0, */*", "application/pkix-cert;Q=1.000, application/*;q=0.9"}) {
    EXPECT_EQ(preferred_form(accept), CertificateForm::der) << accept;
  }
}

}  // namespace
}  // namespace acmecore::http
