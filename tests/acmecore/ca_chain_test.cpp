#include "acmecore/ca_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "acmecore/ca_profile.h"
#include "acmecore/certificate_writer.h"
#include "acmecore/der.h"
#include "acmecore/oids.h"
#include "acmecore/pem.h"
#include "acmecore/software_key.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {
namespace {

using base::Bytes;
using base::BytesView;
using testing::HasSubstr;
using namespace std::string_view_literals;

constexpr BytesView kCa = "\x30\x03\x01\x01\xff"sv;

// A CA of a chain: its key, and the extensions of its certificate.
struct Link {
  std::string name;
  SoftwareKey key = SoftwareKey::generate();
  std::vector<Extension> extensions = {};
};

Extension extension(BytesView oid, BytesView value) { return {Bytes(oid), true, Bytes(value)}; }

std::vector<Extension> usual(BytesView basic_constraints = kCa) {
  return {extension(oids::kBasicConstraints, basic_constraints),
          extension(oids::kKeyUsage, "\x03\x02\x01\x06"sv),
          extension(oids::kSubjectKeyIdentifier, "\x04\x01k"sv)};
}

// From the issuing CA to the root, each signed by the next.
std::string chain_of(const std::vector<Link>& links) {
  std::string pem;
  for (size_t i = 0; i < links.size(); ++i) {
    const Link& above = links[std::min(i + 1, links.size() - 1)];
    const TbsFields fields{new_serial(),
                           name_of(CaSubject{above.name}).value(),
                           {kNow - std::chrono::hours(1), kNow + std::chrono::hours(24)},
                           name_of(CaSubject{links[i].name}).value(),
                           links[i].key.spki_der(),
                           links[i].extensions};
    pem += pem_block(kPemCertificate, sign_certificate(fields, above.key).value());
  }
  return pem;
}

std::vector<Link> three() {
  std::vector<Link> links;
  for (const char* name : {"Issuing CA", "Intermediate CA", "Root CA"}) {
    links.push_back({name});
    links.back().extensions = usual();
  }
  return links;
}

std::string refusal(const std::vector<Link>& links) {
  const auto chain = read_ca_chain(chain_of(links));
  if (!chain) return chain.error().detail;
  const auto good = check_ca_chain(*chain, kNow);
  return good ? "" : good.error().detail;
}

TEST(CaChain, GoesThroughIntermediatesUpToTheRoot) {
  const auto links = three();
  EXPECT_EQ(refusal(links), "");
  const CaChain chain = read_ca_chain(chain_of(links)).value();
  ASSERT_EQ(chain.certificates.size(), 3u);
  EXPECT_EQ(chain.issuing().spki_der, links[0].key.spki_der());
  EXPECT_EQ(chain.root().spki_der, links[2].key.spki_der());
}

TEST(CaChain, HasTenCertificatesAtMost) {
  auto links = three();
  while (links.size() < kCaChainCertificatesMax) {
    links.insert(links.begin() + 1, Link{"Intermediate CA " + std::to_string(links.size())});
    links[1].extensions = usual();
  }
  EXPECT_EQ(refusal(links), "");
  links.insert(links.begin() + 1, Link{"One CA more"});
  links[1].extensions = usual();
  EXPECT_THAT(refusal(links), HasSubstr("more than 10"));
}

TEST(CaChain, APathLengthCountsTheCasBelow) {
  auto links = three();
  links[2].extensions = usual("\x30\x06\x01\x01\xff\x02\x01\x02"sv);
  EXPECT_EQ(refusal(links), "");  // the leaf is the last of the path, and not counted
  links[2].extensions = usual("\x30\x06\x01\x01\xff\x02\x01\x01"sv);
  EXPECT_THAT(refusal(links), HasSubstr("root certificate lets no more than 1 CAs"));
  links[2].extensions = usual();
  links[1].extensions = usual("\x30\x06\x01\x01\xff\x02\x01\x00"sv);
  EXPECT_THAT(refusal(links), HasSubstr("certificate 2 of the chain lets no more than 0 CAs"));
  links[1].extensions = usual("\x30\x06\x01\x01\xff\x02\x01\x01"sv);
  EXPECT_EQ(refusal(links), "");
  links[0].extensions = usual("\x30\x06\x01\x01\xff\x02\x01\x00"sv);
  EXPECT_EQ(refusal(links), "");
  links[2].extensions = usual("\x30\x07\x01\x01\xff\x02\x02\x01\x00"sv);  // 256
  EXPECT_EQ(refusal(links), "");
  links[2].extensions = usual("\x30\x06\x01\x01\xff\x02\x01\xff"sv);  // negative
  EXPECT_THAT(refusal(links), HasSubstr("pathLenConstraint"));
}

TEST(CaChain, CasAboveSignCertificatesForServersAsFarAsTheySay) {
  auto links = three();
  links[2].extensions.erase(links[2].extensions.begin() + 1);  // a root without keyUsage
  EXPECT_EQ(refusal(links), "");
  links[1].extensions[1] = extension(oids::kKeyUsage, "\x03\x02\x01\x02"sv);
  EXPECT_THAT(refusal(links), HasSubstr("certificate 2 of the chain has no keyUsage keyCertSign"));
  links = three();
  const auto for_purpose = [&](BytesView oid) {
    links[1].extensions.resize(3);
    links[1].extensions.push_back(extension(oids::kExtendedKeyUsage, der::sequence({der::oid(oid)})));
    return refusal(links);
  };
  EXPECT_EQ(for_purpose(oids::kServerAuth), "");
  EXPECT_EQ(for_purpose(oids::kAnyExtendedKeyUsage), "");
  EXPECT_THAT(for_purpose(oids::kClientAuth),
              HasSubstr("certificate 2 of the chain has an extendedKeyUsage"));
}

TEST(CaChain, IsNotOneWhereALinkIsMissingOrTheOrderIsAnother) {
  const auto links = three();
  const std::string pem = chain_of(links);
  const size_t second = pem.find("-----BEGIN", 1);
  const size_t third = pem.find("-----BEGIN", second + 1);
  const auto refused = [](const std::string& text) {
    const auto chain = read_ca_chain(text);
    return chain ? "" : chain.error().detail;
  };
  EXPECT_THAT(refused(pem.substr(0, second) + pem.substr(third)), HasSubstr("not signed by the root"));
  EXPECT_THAT(refused(pem.substr(0, third)), HasSubstr("not signed by its own key"));
  EXPECT_THAT(refused(pem.substr(third) + pem.substr(0, third)), HasSubstr("not signed by the next"));
  EXPECT_THAT(refused(pem.substr(third)), HasSubstr("is a root"));
  EXPECT_THAT(refused(""), HasSubstr("cannot be read"));
}

TEST(CaChain, NamesKeepToTheConstraintsOfAllOfIt) {
  auto links = three();
  NameConstraints of_root;
  NameConstraints of_issuing;
  ASSERT_TRUE(add_subtree(of_root.excluded, "secret.corp.test"));
  ASSERT_TRUE(add_subtree(of_issuing.permitted, "corp.test"));
  links[2].extensions.push_back(extension(oids::kNameConstraints, encode(of_root)));
  links[0].extensions.push_back(extension(oids::kNameConstraints, encode(of_issuing)));
  const CaChain chain = read_ca_chain(chain_of(links)).value();
  EXPECT_TRUE(check_names(chain, {{"www.corp.test"}, {}}, false));
  EXPECT_FALSE(check_names(chain, {{"www.other.test"}, {}}, false));
  EXPECT_FALSE(check_names(chain, {{"secret.corp.test"}, {}}, false));
  links[1].extensions.push_back(extension(oids::kNameConstraints, "\x30\x00"sv));
  EXPECT_THAT(refusal(links), HasSubstr("certificate 2 of the chain: the name constraints"));
}

}  // namespace
}  // namespace acmecore
