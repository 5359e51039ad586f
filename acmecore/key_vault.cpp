#include "acmecore/key_vault.h"

#include <utility>

namespace acmecore {

using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kScheme = "pkcs11:";

// A key file is a line where it holds a URI.
std::string without_line_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.pop_back();
  return text;
}

}  // namespace

Result<std::unique_ptr<const SigningKey>> KeyVault::open(const std::string& held, BytesView spki_der) const {
  if (is_token_uri(held)) {
    if (open_token_ != nullptr) return open_token_(without_line_end(held), spki_der);
    return fail(ErrorKind::unavailable,
                "the key is in a token, and the configuration has no pkcs11_module to reach it by");
  }
  auto key = SoftwareKey::parse(held, passphrase_);
  if (!key) return fail(ErrorKind::unavailable, key.error().detail);
  return std::make_unique<const SoftwareKey>(*std::move(key));
}

std::string KeyVault::held_of(const SoftwareKey& key) const {
  return passphrase_.empty() ? key.pem() : key.encrypted_pem(passphrase_);
}

std::string place_of_key(const std::string& held) {
  if (held.empty()) return "gone";
  if (is_token_uri(held)) return without_line_end(held.substr(0, held.find('?')));  // a PIN is in the query
  return is_encrypted_key(held) ? "in an encrypted file" : "in a file";
}

bool is_token_uri(const std::string& held) { return held.starts_with(kScheme); }

}  // namespace acmecore
