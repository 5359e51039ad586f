#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace acmecore::pkcs11 {

// A key in a token: a PKCS#11 URI (RFC 7512) that names both, and the PIN that opens the token.
struct TokenKeyName {
  std::string uri;
  std::string pin;
};

// What a token makes a signature with (PKCS#11 "Mechanisms"), of a digest, of a DigestInfo and of the message itself.
enum class TokenMechanism { ecdsa, rsa_pkcs, eddsa };

// A PKCS#11 library in this process, and through it the tokens that it reaches.
//
// It is loaded at the first call. Where a call fails, because a token was taken away or its machine was started anew,
// all that the library knows is forgotten and it is initialized again, once at once and then with each later call:
// handles of before are worth nothing then. A PIN that a token has refused is never shown to it again, for tokens lock
// themselves.
//
// Thread-safe: several threads sign at once, each in a session of its own; by p11-kit's client one after another, for
// it leaves all of them waiting for ever where its server ends in the middle of an answer (seen in 0.24.1). C_Finalize
// must find nobody in the library (PKCS#11 v2.40 §5.4), so whoever uses it holds the mutex shared, and whoever
// initializes it anew holds it alone.
class TokenModule {
 public:
  explicit TokenModule(std::filesystem::path library);
  ~TokenModule();
  TokenModule(const TokenModule&) = delete;
  TokenModule& operator=(const TokenModule&) = delete;

  // Of the URI alone, whether it can name a key. malformed: it is no URI of a key in a token, or has a query, which the
  // detail leaves out, for a PIN may be there.
  static base::Result<void> check(const TokenKeyName& key);

  // unavailable, here and below: the library cannot be loaded, the URI names no token or no key or several, the PIN is
  // refused, or the token is away; a sentence says which. malformed: as check().

  // SubjectPublicKeyInfo of an RSA key, one on a curve or an Edwards key.
  base::Result<base::Bytes> spki_of(const TokenKeyName& key);

  // As the token makes it: of ECDSA that is r and s side by side.
  base::Result<base::Bytes> sign(const TokenKeyName& key, TokenMechanism mechanism, base::BytesView data);

 private:
  class Library;  // initialized
  using Use = std::function<base::Result<base::Bytes>(Library&)>;

  base::Result<base::Bytes> use(const TokenKeyName& key, const Use& use);
  base::Result<void> initialize_anew(const TokenKeyName& key, uint64_t broken);

  const std::filesystem::path path_;
  const bool takes_turns_;  // whoever uses the library
  std::mutex turn_;
  std::shared_mutex mutex_;
  std::set<std::string> refused_;  // URIs of keys, and tokens with PINs, that were refused
  std::unique_ptr<Library> library_;
  uint64_t initialized_ = 0;  // how often
};

}  // namespace acmecore::pkcs11
