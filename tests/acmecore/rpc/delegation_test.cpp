#include "acmecore/rpc/delegation.h"

#include <gmock/gmock.h>

namespace acmecore::rpc {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

ChallengePath path(std::initializer_list<std::string_view> names) {
  ChallengePath path;
  for (const std::string_view name : names)
    path.names.push_back(base::Name::parse(name).value());
  return path;
}

ChallengePublisher::Host host(std::string_view apex) {
  return {base::Name::parse(apex).value(), base::Name::parse("ns1.acme.test").value()};
}

TEST(DelegationAdvice, NamesBothRecordsOfWhichOneLeadsHere) {
  const std::string advice = delegation_advice(path({"_acme-challenge.corp.test"}), host("acme.test"));
  EXPECT_THAT(advice, StartsWith("_acme-challenge.corp.test. is in no zone of this server."));
  EXPECT_THAT(advice, HasSubstr("\"_acme-challenge.corp.test. CNAME corp.test.acme.test.\""));
  EXPECT_THAT(advice, HasSubstr("\"_acme-challenge.corp.test. NS ns1.acme.test.\""));
}

TEST(DelegationAdvice, SaysWhereACnameLeadsThatLeadsElsewhere) {
  const std::string advice =
      delegation_advice(path({"_acme-challenge.corp.test", "x.elsewhere.test"}), host("acme.test"));
  EXPECT_THAT(advice,
              StartsWith("_acme-challenge.corp.test. leads to x.elsewhere.test., which is in no zone"));
}

TEST(DelegationAdvice, AsksForAZoneWhereThereIsNone) {
  EXPECT_THAT(delegation_advice(path({"_acme-challenge.corp.test"}), std::nullopt),
              EndsWith("Create a zone here first, and delegate the name to it."));
}

TEST(DelegationAdvice, LeavesTheTargetToTheReaderWhereTheNameHasNoRoom) {
  const std::string label(60, 'a');
  const std::string name = label + "." + label + "." + label + ".test";
  const std::string advice =
      delegation_advice(path({"_acme-challenge." + name}), host(std::string(63, 'z') + ".test"));
  EXPECT_THAT(advice, HasSubstr(" CNAME <a label>.zzz"));
}

}  // namespace
}  // namespace acmecore::rpc
