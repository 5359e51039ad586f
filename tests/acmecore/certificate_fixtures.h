#pragma once

#include <string>
#include <vector>

#include "acmecore/issuers.h"
#include "acmecore/leaf_profile.h"
#include "base/bytes.h"
#include "base/openssl.h"
#include "base/time.h"

namespace acmecore {

inline const base::Time kNow = base::parse_rfc3339("2026-11-23T04:30:00Z").value();

// One development CA for all tests of a process, made at kNow.
const CaMaterial& test_ca();
const Issuers& test_issuers();  // it alone
const Issuer& test_issuer();

// A certificate that the root of `other` makes for the name and the key of `issuing`, in PEM.
std::string cross_signed(const Certificate& issuing, const CaMaterial& other);

// A certificate as OpenSSL reads it. Null: it does not, or there is something behind it.
base::X509Handle read_by_openssl(base::BytesView der);

base::PkeyHandle make_p256();
base::PkeyHandle make_ec(const char* curve);
base::PkeyHandle make_rsa(unsigned bits);
base::Bytes spki_of(EVP_PKEY* key);

// A certificate that the issuer signs: for corp.test and *.corp.test, with a key of its own, valid for 90
// days.
LeafRequest good_leaf_request();

// What a certification request of a test holds. The defaults make a good one.
struct CsrDraft {
  EVP_PKEY* key = nullptr;     // a new one on P-256 where it is null
  EVP_PKEY* signer = nullptr;  // `key`
  const EVP_MD* digest = EVP_sha256();
  std::vector<std::pair<std::string, std::string>> subject = {};  // {"CN", "corp.test"}
  bool one_rdn = false;                                           // all of the subject in one RDN
  std::string san = "DNS:corp.test,DNS:*.corp.test";              // as in openssl.cnf; none where it is empty
  std::vector<std::pair<std::string, std::string>> extensions = {};  // {"keyUsage", "digitalSignature"}
  bool challenge_password = false;
};

base::Bytes make_csr(const CsrDraft& draft = {});

// A fresh file below the test's temporary directory, and removed with it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void write_text(const std::string& file, std::string_view text);

// What a program says, on both streams, and whether it succeeded.
struct ProgramResult {
  bool succeeded;
  std::string output;
};
ProgramResult run_program(const std::string& command);

}  // namespace acmecore
