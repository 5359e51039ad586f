#include "acmecore/pem.h"

#include <gtest/gtest.h>

namespace acmecore {
namespace {

TEST(Pem, LinesHave64CharactersAndTheTextEndsInANewline) {
  const std::string text = pem_block(kPemCertificate, std::string(50, 'a'));
  EXPECT_EQ(text,
            "-----BEGIN CERTIFICATE-----\n"
            "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh\n"
            "YWE=\n"
            "-----END CERTIFICATE-----\n");
  EXPECT_EQ(parse_pem(kPemCertificate, text), std::string(50, 'a'));
}

TEST(Pem, TextInFrontOfTheBlockIsAllowed) {
  EXPECT_EQ(parse_pem(kPemCertificate, "subject=CN = x\n" + pem_block(kPemCertificate, "abc")), "abc");
}

TEST(Pem, AnythingButOneBlockOfTheLabelIsRefused) {
  const std::string good = pem_block(kPemCertificate, "abc");
  EXPECT_FALSE(parse_pem(kPemCertificate, ""));
  EXPECT_FALSE(parse_pem(kPemCertificate, "abc"));
  EXPECT_FALSE(parse_pem(kPemCertificate, good + good));
  EXPECT_FALSE(parse_pem("PRIVATE KEY", good));
  EXPECT_FALSE(parse_pem(kPemCertificate, good.substr(0, good.size() - 5)));
  EXPECT_FALSE(
      parse_pem(kPemCertificate,
                "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n\nYWJj\n-----END CERTIFICATE-----\n"));
}

TEST(Pem, AChainIsAllBlocksInTheirOrder) {
  const std::string first = pem_block(kPemCertificate, "abc"), second = pem_block(kPemCertificate, "def");
  EXPECT_EQ(parse_pem_chain(kPemCertificate, first), (std::vector<base::Bytes>{"abc"}));
  EXPECT_EQ(parse_pem_chain(kPemCertificate, "# first\n" + first + "\n# second\n" + second + "# end"),
            (std::vector<base::Bytes>{"abc", "def"}));
}

TEST(Pem, AChainWithAnythingElseThanWholeBlocksOfTheLabelIsRefused) {
  const std::string good = pem_block(kPemCertificate, "abc");
  for (const std::string& bad :
       {std::string(), std::string("abc"), good + pem_block("PRIVATE KEY", "abc"),
        pem_block("PRIVATE KEY", "abc") + good, good + good.substr(0, good.size() - 5),
        good + good.substr(0, good.size() / 2),
        good + "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"}) {
    EXPECT_FALSE(parse_pem_chain(kPemCertificate, bad)) << bad;
  }
}

}  // namespace
}  // namespace acmecore
