#include "acmecore/issuers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>

#include <atomic>
#include <thread>

#include "acmecore/ca_profile.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/certificate_fixtures.h"
#include "tests/acmecore/issuer_fixture.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::X509Handle;
using std::chrono::seconds;

IssuerGeneration generation(GenerationRole role, const CaMaterial& material, const std::string& name) {
  auto key = std::make_unique<const SoftwareKey>(SoftwareKey::parse(material.issuing_key_pem).value());
  const std::string chain_pem = material.issuing_pem + material.root_pem;
  const bool is_current = role == GenerationRole::current;
  return {role, name, "in a file",
          is_current ? Issuer::open(std::move(key), chain_pem, kNow).value()
                     : Issuer::open_idle(std::move(key), chain_pem, kNow).value()};
}

// Of CAs as they come one after the other: those before `current` are retired, the one behind it is next.
IssuerSet line_of(const std::vector<CaMaterial>& cas, size_t current) {
  NamedIssuer named{std::string(kDefaultIssuer), {}};
  for (size_t i = 0; i < std::min(cas.size(), current + 2); ++i) {
    const auto role = i < current    ? GenerationRole::retired
                      : i == current ? GenerationRole::current
                                     : GenerationRole::next;
    named.generations.push_back(generation(role, cas[i], "issuing-" + std::to_string(i)));
  }
  std::vector<NamedIssuer> all;
  all.push_back(std::move(named));
  return IssuerSet(std::move(all));
}

std::vector<CaMaterial> some_cas(size_t count) {
  std::vector<CaMaterial> cas;
  while (cas.size() < count)
    cas.push_back(make_development_ca(kNow).value());
  return cas;
}

// What OpenSSL says of a leaf below an issuer.
std::string verdict(base::BytesView leaf_der, const Issuer& issuer) {
  using StoreHandle = base::OpensslHandle<X509_STORE, X509_STORE_free>;
  using StoreContextHandle = base::OpensslHandle<X509_STORE_CTX, X509_STORE_CTX_free>;
  const X509Handle leaf = read_by_openssl(leaf_der);
  const X509Handle issuing = read_by_openssl(issuer.certificate().der);
  const X509Handle root = read_by_openssl(issuer.chain().root().der);
  const StoreHandle store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), root.get());
  STACK_OF(X509)* between = sk_X509_new_null();
  sk_X509_push(between, issuing.get());
  const StoreContextHandle context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), between);
  X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_time(parameters, kNow.time_since_epoch() / seconds(1));
  X509_verify_cert(context.get());
  sk_X509_free(between);
  return X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
}

TEST(IssuerSet, FindsEachGenerationByItsCaAndTheCurrentOneByItsName) {
  const auto cas = some_cas(3);
  const IssuerSet set = line_of(cas, 1);
  const auto& generations = set.all().front().generations;
  ASSERT_EQ(generations.size(), 3u);
  EXPECT_EQ(&set.current("default"), &generations[1].issuer);
  for (const IssuerGeneration& one : generations) {
    EXPECT_EQ(set.find(one.issuer.ca()), &one.issuer);
    EXPECT_EQ(*set.issuing_der(one.issuer.id()), one.issuer.certificate().der);
  }
  EXPECT_EQ(set.find(std::string_view("00")), nullptr);
  EXPECT_EQ(set.issuing_der("00"), nullptr);
}

// A renewal under the same key: a leaf of before has the chain that ends later.
TEST(IssuerSet, FindsOfSeveralCertificatesForOneKeyTheCurrentOneOrElseTheLatest) {
  const CaMaterial ca = make_development_ca(kNow).value();
  const std::vector<std::pair<std::vector<GenerationRole>, size_t>> cases = {
      {{GenerationRole::current, GenerationRole::next}, 0},
      {{GenerationRole::retired, GenerationRole::current}, 1},
      {{GenerationRole::retired, GenerationRole::retired}, 1}};
  for (const auto& [roles, expected] : cases) {
    NamedIssuer named{std::string(kDefaultIssuer), {}};
    for (const GenerationRole role : roles)
      named.generations.push_back(generation(role, ca, "issuing"));
    std::vector<NamedIssuer> all;
    all.push_back(std::move(named));
    const IssuerSet set(std::move(all));
    const auto& generations = set.all().front().generations;
    EXPECT_EQ(set.find(generations.front().issuer.ca()), &generations[expected].issuer);
  }
}

TEST(IssuerSet, KnowsWhoSignedByTheRecordOrItsCrlOrTheSignature) {
  const auto cas = some_cas(2);
  const IssuerSet set = line_of(cas, 1);
  const Issuer& retired = set.all().front().generations.front().issuer;
  const Issuer signer = Issuer::open(cas[0], kNow).value();
  IssuedCertificate certificate;
  certificate.der = signer.sign_leaf(good_leaf_request()).value();
  EXPECT_EQ(set.signer_of(certificate), &retired);
  EXPECT_EQ(set.ca_of(certificate), retired.ca());
  certificate.crl = CrlShard{set.current("default").ca(), 3};
  EXPECT_EQ(set.signer_of(certificate), &set.current("default"));
  certificate.issuer = retired.ca();
  EXPECT_EQ(set.signer_of(certificate), &retired);
  EXPECT_EQ(set.ca_of(certificate), retired.ca());

  const IssuerSet others = line_of(some_cas(1), 0);
  EXPECT_EQ(others.signer_of(certificate), nullptr);
  EXPECT_EQ(others.ca_of(certificate), retired.ca());  // its CRL is its CA's also when that comes back
  certificate.issuer.clear();
  certificate.crl.reset();
  EXPECT_EQ(others.signer_of(certificate), nullptr);
  EXPECT_EQ(others.ca_of(certificate), "");
}

TEST(Issuer, ThatIsIdleSignsWhatIsSaidOfItsLeavesAloneAndWithoutItsKeyNothing) {
  const CaMaterial material = make_development_ca(kNow).value();
  const auto retired = generation(GenerationRole::retired, material, "issuing");
  EXPECT_FALSE(retired.issuer.signs_leaves());
  EXPECT_TRUE(retired.issuer.signs_crls());
  EXPECT_TRUE(retired.issuer.signs_ocsp_responses());
  EXPECT_TRUE(retired.issuer.check_key());
  const std::string chain_pem = material.issuing_pem + material.root_pem;
  const auto later = kNow + 2 * kRootLifetime;
  const Issuer gone = Issuer::open_idle(nullptr, chain_pem, later).value();  // not valid any more either
  EXPECT_EQ(gone.ca(), retired.issuer.ca());
  EXPECT_FALSE(gone.signs_crls());
  EXPECT_FALSE(gone.signs_ocsp_responses());
  EXPECT_EQ(gone.check_key().error().kind, base::ErrorKind::unavailable);
}

TEST(Issuers, ReplaceWaitsForWhoeverUsesTheSetOfBefore) {
  const auto cas = some_cas(2);
  Issuers issuers(line_of(cas, 0));
  auto used = issuers.now();
  std::atomic<bool> replaced = false;
  std::thread other([&] {
    issuers.replace(line_of(cas, 1));
    replaced = true;
  });
  // From when on it is another, and as long as this one is used, it has not returned.
  while (issuers.now() == used)
    std::this_thread::yield();
  EXPECT_FALSE(replaced);
  used.reset();
  other.join();
  EXPECT_TRUE(replaced);
}

// Eight threads sign while the issuer is rotated again and again: whatever is signed after a rotation has returned is
// by its new key, and every chain verifies.
TEST(Issuers, NoLeafIsSignedByAnIssuerThatRetiredAndAllVerify) {
  constexpr size_t kThreads = 8;
  constexpr size_t kRotations = 8;
  const auto cas = some_cas(kRotations + 1);
  std::vector<std::string> ids;
  for (const CaMaterial& ca : cas)
    ids.push_back(generation(GenerationRole::current, ca, "").issuer.id());
  // Made beforehand: each takes so long that the threads would sign thousands of leaves meanwhile.
  std::vector<IssuerSet> sets;
  for (size_t rotation = 0; rotation <= kRotations; ++rotation)
    sets.push_back(line_of(cas, rotation));
  Issuers issuers(std::move(sets.front()));
  std::atomic<size_t> returned = 0;  // rotations
  std::atomic<size_t> leaves = 0;
  std::atomic<bool> done = false;
  struct Leaf {
    Bytes der;
    std::string ca;
  };
  std::vector<std::vector<Leaf>> made(kThreads);
  std::vector<std::thread> threads;
  std::atomic<size_t> too_late = 0;
  for (size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      LeafRequest request = good_leaf_request();
      while (!done) {
        request.serial = new_serial();
        const auto set = issuers.now();
        const Issuer& issuer = set->current(kDefaultIssuer);
        const auto place = size_t(std::ranges::find(ids, issuer.id()) - ids.begin());
        const auto check = [&](const Certificate&) -> base::Result<void> {  // the last before the signature
          too_late += returned > place;
          return {};
        };
        made[i].push_back({issuer.sign_leaf(request, check).value(), issuer.ca()});
        ++leaves;
      }
    });
  }
  for (size_t rotation = 1; rotation <= kRotations; ++rotation) {
    const size_t before = leaves;
    while (leaves < before + 2 * kThreads)
      std::this_thread::yield();
    issuers.replace(std::move(sets[rotation]));
    returned = rotation;
  }
  done = true;
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(too_late, 0u);
  const auto last = issuers.now();
  size_t verified = 0;
  for (const auto& of_thread : made) {
    for (const Leaf& leaf : of_thread) {
      const Issuer* issuer = last->find(leaf.ca);
      ASSERT_NE(issuer, nullptr);
      verified += verdict(leaf.der, *issuer) == "ok";
    }
  }
  EXPECT_EQ(verified, leaves);
}

}  // namespace
}  // namespace acmecore
