#include "acmecore/pkcs11/token_module.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "acmecore/der.h"

namespace acmecore::pkcs11 {

using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;
using namespace std::string_view_literals;

namespace {

// Of errors that trying again cannot mend and can make worse. Nobody outside sees it.
constexpr ErrorKind kPinRefused = ErrorKind::unauthorized;

constexpr const char* kP11KitClient = "p11-kit-client.so";

struct UriFree {
  void operator()(P11KitUri* uri) const { p11_kit_uri_free(uri); }
};
using UriHandle = std::unique_ptr<P11KitUri, UriFree>;

// Where a key was found.
struct FoundKey {
  CK_SLOT_ID slot = 0;
  CK_OBJECT_HANDLE handle = 0;
  std::vector<CK_SESSION_HANDLE> idle;  // sessions, all logged in
};

tl::unexpected<base::Error> refuse(const TokenKeyName& key, const std::string& why) {
  return fail(ErrorKind::unavailable, "the token key " + key.uri + ": " + why);
}

tl::unexpected<base::Error> refuse(const TokenKeyName& key, const char* function, CK_RV code) {
  return refuse(key, std::string(function) + ": " + p11_kit_strerror(code));
}

// Without asking the token.
tl::unexpected<base::Error> refuse_pin(const TokenKeyName& key) {
  return fail(kPinRefused,
              "the token key " + key.uri +
                  ": the token has refused the PIN, and is not asked again before the next start");
}

// What the refusal of a PIN is kept by: other keys of the token are opened with it, too.
std::string pin_at(const CK_TOKEN_INFO& token, const std::string& pin) {
  const auto* serial = reinterpret_cast<const char*>(token.serialNumber);
  const auto* label = reinterpret_cast<const char*>(token.label);
  return std::string(serial, sizeof token.serialNumber) + std::string(label, sizeof token.label) + pin;
}

Result<UriHandle> parse_uri(const TokenKeyName& key);
CK_MECHANISM_TYPE type_of(TokenMechanism mechanism);
Bytes spki_of_curve(const Bytes& parameters, const Bytes& point);
Bytes spki_of_rsa(const Bytes& modulus, const Bytes& exponent);

}  // namespace

class TokenModule::Library {
 public:
  static Result<std::unique_ptr<Library>> initialize(const std::filesystem::path& path,
                                                     const TokenKeyName& key, std::set<std::string>& refused);
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  Result<Bytes> spki_of(const TokenKeyName& key);
  Result<Bytes> sign(const TokenKeyName& key, TokenMechanism mechanism, BytesView data);

 private:
  Library(CK_FUNCTION_LIST* functions, std::set<std::string>& refused)
      : functions_(functions), refused_(refused) {}

  Result<FoundKey*> found(const TokenKeyName& key);
  Result<FoundKey> find(const TokenKeyName& key, P11KitUri* uri);
  Result<CK_SLOT_ID> find_slot(const TokenKeyName& key, P11KitUri* uri);
  Result<void> log_in(const TokenKeyName& key, CK_SLOT_ID slot, CK_SESSION_HANDLE session);
  Result<std::vector<CK_OBJECT_HANDLE>> find_objects(const TokenKeyName& key, CK_SESSION_HANDLE session,
                                                     std::vector<CK_ATTRIBUTE> wanted);
  Result<CK_OBJECT_HANDLE> find_public_key(CK_SESSION_HANDLE session, const TokenKeyName& key,
                                           const FoundKey& found);
  Result<Bytes> spki_in(CK_SESSION_HANDLE session, const TokenKeyName& key, const FoundKey& found);
  Result<Bytes> attribute(const TokenKeyName& key, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                          CK_ATTRIBUTE_TYPE type);
  Result<CK_SESSION_HANDLE> take_session(const TokenKeyName& key, FoundKey& found);
  void give_back(CK_SESSION_HANDLE session, FoundKey& found);

  CK_FUNCTION_LIST* const functions_;
  std::mutex mutex_;  // of what follows; where a key is looked for, for as long as that takes
  std::set<std::string>& refused_;
  std::map<std::string, FoundKey> keys_;  // by URI
};

TokenModule::TokenModule(std::filesystem::path library)
    : path_(std::move(library)), takes_turns_(path_.filename() == kP11KitClient) {}
TokenModule::~TokenModule() = default;

Result<void> TokenModule::check(const TokenKeyName& key) {
  CHECK(parse_uri(key));
  return {};
}

Result<Bytes> TokenModule::spki_of(const TokenKeyName& key) {
  return use(key, [&](Library& library) { return library.spki_of(key); });
}

Result<Bytes> TokenModule::sign(const TokenKeyName& key, TokenMechanism mechanism, BytesView data) {
  return use(key, [&](Library& library) { return library.sign(key, mechanism, data); });
}

// Twice: what was known of the token may be what is wrong.
Result<Bytes> TokenModule::use(const TokenKeyName& key, const Use& use) {
  Result<Bytes> outcome = refuse(key, "it was not tried");
  for (int attempt = 0; attempt < 2; ++attempt) {
    uint64_t used = 0;
    {
      std::unique_lock turn(turn_, std::defer_lock);
      if (takes_turns_) turn.lock();
      const std::shared_lock lock(mutex_);
      used = initialized_;
      if (library_ != nullptr) outcome = use(*library_);
    }
    if (outcome || outcome.error().kind != ErrorKind::unavailable) break;
    if (attempt == 0) CHECK(initialize_anew(key, used));
  }
  if (!outcome && outcome.error().kind == kPinRefused) outcome.error().kind = ErrorKind::unavailable;
  return outcome;
}

// Unless somebody else was faster.
Result<void> TokenModule::initialize_anew(const TokenKeyName& key, uint64_t broken) {
  const std::unique_lock lock(mutex_);
  if (initialized_ != broken) return {};
  library_.reset();
  TRY(library_, Library::initialize(path_, key, refused_));
  ++initialized_;
  return {};
}

Result<std::unique_ptr<TokenModule::Library>> TokenModule::Library::initialize(
    const std::filesystem::path& path, const TokenKeyName& key, std::set<std::string>& refused) {
  CK_FUNCTION_LIST* functions = p11_kit_module_load(path.c_str(), 0);
  if (functions == nullptr) {
    const char* why = p11_kit_message();
    return refuse(key, "cannot load " + path.string() + ": " + (why == nullptr ? "no reason is told" : why));
  }
  const CK_RV code = p11_kit_module_initialize(functions);
  if (code == CKR_OK) return std::unique_ptr<Library>(new Library(functions, refused));
  p11_kit_module_release(functions);
  return refuse(key, "C_Initialize", code);
}

TokenModule::Library::~Library() {
  p11_kit_module_finalize(functions_);  // closes all sessions
  p11_kit_module_release(functions_);
}

Result<Bytes> TokenModule::Library::sign(const TokenKeyName& key, TokenMechanism mechanism, BytesView data) {
  constexpr size_t kSignatureSizeMax = 1024;
  TRY(FoundKey* const found, this->found(key));
  TRY(const CK_SESSION_HANDLE session, take_session(key, *found));
  CK_MECHANISM with{type_of(mechanism), nullptr, 0};
  Bytes signature(kSignatureSizeMax, '\0');
  CK_ULONG size = signature.size();
  CK_RV code = functions_->C_SignInit(session, &with, found->handle);
  if (code == CKR_OK) {
    code = functions_->C_Sign(session, const_cast<CK_BYTE*>(base::octets(data)), data.size(),
                              reinterpret_cast<CK_BYTE*>(signature.data()), &size);
  }
  if (code != CKR_OK) {
    functions_->C_CloseSession(session);
    return refuse(key, "C_Sign", code);
  }
  give_back(session, *found);
  signature.resize(size);
  return signature;
}

Result<Bytes> TokenModule::Library::spki_of(const TokenKeyName& key) {
  TRY(FoundKey* const found, this->found(key));
  TRY(const CK_SESSION_HANDLE session, take_session(key, *found));
  auto spki = spki_in(session, key, *found);
  give_back(session, *found);
  return spki;
}

Result<Bytes> TokenModule::Library::spki_in(CK_SESSION_HANDLE session, const TokenKeyName& key,
                                            const FoundKey& found) {
  TRY(const CK_OBJECT_HANDLE object, find_public_key(session, key, found));
  TRY(const Bytes type, attribute(key, session, object, CKA_KEY_TYPE));
  CK_KEY_TYPE key_type = 0;
  if (type.size() == sizeof key_type)
    std::copy_n(type.data(), type.size(), reinterpret_cast<char*>(&key_type));
  if (key_type == CKK_RSA) {
    TRY(const Bytes modulus, attribute(key, session, object, CKA_MODULUS));
    TRY(const Bytes exponent, attribute(key, session, object, CKA_PUBLIC_EXPONENT));
    return spki_of_rsa(modulus, exponent);
  }
  if (key_type != CKK_EC && key_type != CKK_EC_EDWARDS)
    return refuse(key, "it is neither an RSA key nor on an elliptic curve");
  TRY(const Bytes point, attribute(key, session, object, CKA_EC_POINT));
  TRY(const Bytes parameters, attribute(key, session, object, CKA_EC_PARAMS));
  return spki_of_curve(key_type == CKK_EC ? parameters : Bytes(), point);
}

Result<FoundKey*> TokenModule::Library::found(const TokenKeyName& key) {
  const std::lock_guard lock(mutex_);
  if (const auto there = keys_.find(key.uri); there != keys_.end()) return &there->second;
  if (refused_.contains(key.uri)) return refuse_pin(key);
  TRY(const UriHandle uri, parse_uri(key));
  TRY(FoundKey found, find(key, uri.get()));
  return &keys_.emplace(key.uri, std::move(found)).first->second;
}

Result<FoundKey> TokenModule::Library::find(const TokenKeyName& key, P11KitUri* uri) {
  FoundKey found;
  TRY(found.slot, find_slot(key, uri));
  CK_SESSION_HANDLE session = 0;
  const CK_RV code = functions_->C_OpenSession(found.slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session);
  if (code != CKR_OK) return refuse(key, "C_OpenSession", code);
  found.idle.push_back(session);
  CHECK(log_in(key, found.slot, session));
  CK_ULONG count = 0;
  const CK_ATTRIBUTE* attributes = p11_kit_uri_get_attributes(uri, &count);
  std::vector<CK_ATTRIBUTE> wanted(attributes, attributes + count);
  std::erase_if(wanted, [](const CK_ATTRIBUTE& one) { return one.type == CKA_CLASS; });
  CK_OBJECT_CLASS private_key = CKO_PRIVATE_KEY;
  wanted.push_back({CKA_CLASS, &private_key, sizeof private_key});
  TRY(const auto objects, find_objects(key, session, wanted));
  if (objects.empty()) return refuse(key, "the token has no such private key");
  if (objects.size() > 1) return refuse(key, "the token has several such private keys; name one by its id");
  found.handle = objects.front();
  return found;
}

Result<CK_SLOT_ID> TokenModule::Library::find_slot(const TokenKeyName& key, P11KitUri* uri) {
  CK_ULONG count = 0;
  CK_RV code = functions_->C_GetSlotList(CK_TRUE, nullptr, &count);
  std::vector<CK_SLOT_ID> slots(count);
  if (code == CKR_OK) code = functions_->C_GetSlotList(CK_TRUE, slots.data(), &count);
  if (code != CKR_OK) return refuse(key, "C_GetSlotList", code);
  slots.resize(std::min<size_t>(count, slots.size()));
  std::vector<CK_SLOT_ID> matching;
  for (const CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info;
    const bool is_read = functions_->C_GetTokenInfo(slot, &info) == CKR_OK;
    if (is_read && p11_kit_uri_match_token_info(uri, &info) == 1) matching.push_back(slot);
  }
  if (matching.empty()) return refuse(key, "there is no such token now");
  if (matching.size() > 1) return refuse(key, "there are several such tokens; name one by its serial");
  return matching.front();
}

Result<void> TokenModule::Library::log_in(const TokenKeyName& key, CK_SLOT_ID slot,
                                          CK_SESSION_HANDLE session) {
  CK_TOKEN_INFO info;
  CK_RV code = functions_->C_GetTokenInfo(slot, &info);
  if (code != CKR_OK) return refuse(key, "C_GetTokenInfo", code);
  if ((info.flags & CKF_LOGIN_REQUIRED) == 0) return {};
  const bool asks_itself = (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0 && key.pin.empty();
  const std::string shown = pin_at(info, key.pin);
  if (refused_.contains(shown)) {
    refused_.insert(key.uri);
    return refuse_pin(key);
  }
  auto* pin = reinterpret_cast<CK_UTF8CHAR*>(const_cast<char*>(key.pin.data()));
  code = functions_->C_Login(session, CKU_USER, asks_itself ? nullptr : pin, key.pin.size());
  if (code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN) return {};
  constexpr std::array kRefusals{CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_LOCKED,
                                 CKR_PIN_EXPIRED};
  auto refusal = refuse(key, "C_Login", code);
  if (std::ranges::count(kRefusals, code) == 0) return refusal;
  refused_.insert({key.uri, shown});
  refusal.value().kind = kPinRefused;
  return refusal;
}

Result<std::vector<CK_OBJECT_HANDLE>> TokenModule::Library::find_objects(const TokenKeyName& key,
                                                                         CK_SESSION_HANDLE session,
                                                                         std::vector<CK_ATTRIBUTE> wanted) {
  constexpr size_t kObjectsMax = 2;  // more than one is too many
  std::vector<CK_OBJECT_HANDLE> objects(kObjectsMax);
  CK_ULONG count = 0;
  CK_RV code = functions_->C_FindObjectsInit(session, wanted.data(), wanted.size());
  if (code == CKR_OK) {
    code = functions_->C_FindObjects(session, objects.data(), objects.size(), &count);
    functions_->C_FindObjectsFinal(session);
  }
  if (code != CKR_OK) return refuse(key, "C_FindObjects", code);
  objects.resize(count);
  return objects;
}

// That with the private key's id. A private key on a curve says nothing of its point.
Result<CK_OBJECT_HANDLE> TokenModule::Library::find_public_key(CK_SESSION_HANDLE session,
                                                               const TokenKeyName& key,
                                                               const FoundKey& found) {
  TRY(Bytes id, attribute(key, session, found.handle, CKA_ID));
  CK_OBJECT_CLASS public_key = CKO_PUBLIC_KEY;
  TRY(const auto objects,
      find_objects(key, session,
                   {{CKA_CLASS, &public_key, sizeof public_key}, {CKA_ID, id.data(), CK_ULONG(id.size())}}));
  if (objects.size() == 1) return objects.front();
  return refuse(key, "the token has not one public key with the id of the private key");
}

Result<Bytes> TokenModule::Library::attribute(const TokenKeyName& key, CK_SESSION_HANDLE session,
                                              CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  CK_ATTRIBUTE wanted{type, nullptr, 0};
  CK_RV code = functions_->C_GetAttributeValue(session, object, &wanted, 1);
  if (code != CKR_OK || wanted.ulValueLen == CK_UNAVAILABLE_INFORMATION)
    return refuse(key, "C_GetAttributeValue", code == CKR_OK ? CKR_ATTRIBUTE_TYPE_INVALID : code);
  Bytes value(wanted.ulValueLen, '\0');
  wanted.pValue = value.data();
  code = functions_->C_GetAttributeValue(session, object, &wanted, 1);
  if (code != CKR_OK) return refuse(key, "C_GetAttributeValue", code);
  value.resize(wanted.ulValueLen);
  return value;
}

// A session of its own for each thread that signs.
Result<CK_SESSION_HANDLE> TokenModule::Library::take_session(const TokenKeyName& key, FoundKey& found) {
  {
    const std::lock_guard lock(mutex_);
    if (!found.idle.empty()) {
      const CK_SESSION_HANDLE session = found.idle.back();
      found.idle.pop_back();
      return session;
    }
  }
  CK_SESSION_HANDLE session = 0;
  const CK_RV code = functions_->C_OpenSession(found.slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session);
  if (code != CKR_OK) return refuse(key, "C_OpenSession", code);
  return session;
}

void TokenModule::Library::give_back(CK_SESSION_HANDLE session, FoundKey& found) {
  const std::lock_guard lock(mutex_);
  found.idle.push_back(session);
}

namespace {

Result<UriHandle> parse_uri(const TokenKeyName& key) {
  const auto bad = [&](const std::string& why) {
    return fail(ErrorKind::malformed, "\"" + key.uri.substr(0, key.uri.find('?')) + "\" " + why);
  };
  UriHandle uri(p11_kit_uri_new());
  const int parsed = p11_kit_uri_parse(key.uri.c_str(), P11_KIT_URI_FOR_OBJECT_ON_TOKEN, uri.get());
  if (parsed != P11_KIT_URI_OK || p11_kit_uri_any_unrecognized(uri.get()) != 0)
    return bad("is no PKCS#11 URI of a key in a token (RFC 7512)");
  if (key.uri.find('?') != std::string::npos)
    return bad("has a query: the library and the PIN are said in the configuration");
  CK_ULONG count = 0;
  const CK_ATTRIBUTE* attributes = p11_kit_uri_get_attributes(uri.get(), &count);
  const bool names_key = std::any_of(attributes, attributes + count, [](const CK_ATTRIBUTE& one) {
    return one.type == CKA_ID || one.type == CKA_LABEL;
  });
  if (!names_key) return bad("names no key, by \"object\" or \"id\"");
  return uri;
}

CK_MECHANISM_TYPE type_of(TokenMechanism mechanism) {
  switch (mechanism) {
    case TokenMechanism::ecdsa: return CKM_ECDSA;
    case TokenMechanism::rsa_pkcs: return CKM_RSA_PKCS;
    case TokenMechanism::eddsa: return CKM_EDDSA;
  }
  return CKM_ECDSA;
}

// RFC 5480 §2.1.1 and RFC 8410 §4: `parameters` is a whole element, empty for Ed25519. The point is in an OCTET STRING,
// but for tokens that know no better.
Bytes spki_of_curve(const Bytes& parameters, const Bytes& point) {
  constexpr BytesView kEcPublicKey = "\x2a\x86\x48\xce\x3d\x02\x01"sv;
  constexpr BytesView kEd25519 = "\x2b\x65\x70"sv;
  const auto wrapped = der::only(der::kOctetString, point);
  const BytesView octets = wrapped ? *wrapped : BytesView(point);
  const Bytes algorithm = der::sequence({der::oid(parameters.empty() ? kEd25519 : kEcPublicKey), parameters});
  return der::sequence({algorithm, der::bit_string(octets)});
}

// RFC 3279 §2.3.1.
Bytes spki_of_rsa(const Bytes& modulus, const Bytes& exponent) {
  constexpr BytesView kAlgorithm = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"sv;
  const Bytes key = der::sequence({der::unsigned_integer(modulus), der::unsigned_integer(exponent)});
  return der::sequence({kAlgorithm, der::bit_string(key)});
}

}  // namespace

}  // namespace acmecore::pkcs11
