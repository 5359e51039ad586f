#include "acmecore/key_contexts.h"

#include <cassert>
#include <utility>

#include "acmecore/p256_key.h"

namespace acmecore {

using base::Bytes;
using base::BytesView;
using base::Result;

KeyContexts::KeyContexts(EVP_PKEY* key, Use use)
    : key_(key), use_(use), p256_(use == Use::verify ? P256Key::of(key) : nullptr) {}

KeyContexts::~KeyContexts() = default;

bool KeyContexts::verify(BytesView digest, const EcdsaNumbers& signature) const {
  assert(use_ == Use::verify);
  if (p256_) return p256_->verify(digest, signature);
  const Bytes der = der_of(signature);
  Context context = take();
  const bool good =
      EVP_PKEY_verify(context.get(), base::octets(der), der.size(), base::octets(digest), digest.size()) == 1;
  if (!good) base::openssl_error();  // nothing of this may be left for whoever asks next
  give_back(std::move(context));
  return good;
}

Result<Bytes> KeyContexts::sign(BytesView digest) const {
  assert(use_ == Use::sign);
  Context context = take();
  Bytes signature(size_t(EVP_PKEY_get_size(key_)), '\0');
  size_t size = signature.size();
  const bool made = EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                  base::octets(digest), digest.size()) == 1;
  give_back(std::move(context));
  if (!made) return base::fail(base::ErrorKind::internal, "signing failed: " + base::openssl_error());
  signature.resize(size);
  return signature;
}

KeyContexts::Context KeyContexts::take() const {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Context context = std::move(idle_.back());
      idle_.pop_back();
      return context;
    }
  }
  Context context(EVP_PKEY_CTX_new_from_pkey(nullptr, key_, nullptr));
  const int ready =
      use_ == Use::sign ? EVP_PKEY_sign_init(context.get()) : EVP_PKEY_verify_init(context.get());
  assert(ready == 1);
  return context;
}

void KeyContexts::give_back(Context context) const {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(context));
}

}  // namespace acmecore
