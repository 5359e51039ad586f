#include "dnsserver/update_message.h"

#include <gtest/gtest.h>

#include "dnsserver/rrtype.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/signed_messages.h"

namespace dnsserver {
namespace {

using Kind = UpdateRecord::Kind;
using PrerequisiteKind = Prerequisite::Kind;

Name name(std::string_view text) { return Name::parse(text).value(); }

OrRefusal<UpdateMessage> parse(BytesView message) {
  const auto envelope = read_envelope(message);
  if (!envelope) return tl::unexpected(Refusal{Rcode::formerr, {}, "no message"});
  return parse_update(message, *envelope);
}

Rcode rcode(const UpdateParts& parts) {
  const auto parsed = parse(make_update(parts));
  return parsed ? Rcode::noerror : parsed.error().rcode;
}
Rcode rcode_of_update(const Bytes& record) { return rcode({.updates = {record}}); }
Rcode rcode_of_prerequisite(const Bytes& record) { return rcode({.prerequisites = {record}}); }

TEST(UpdateMessage, SaysWhatNsupdateMeant) {
  const auto update = parse(nsupdate_everything());
  ASSERT_TRUE(update) << update.error().text;
  EXPECT_EQ(update->zone, name("corp.test"));
  EXPECT_EQ(update->prerequisites,
            (std::vector<Prerequisite>{
                {PrerequisiteKind::name_is_in_use, name("a.corp.test"), kTypeAny},
                {PrerequisiteKind::name_is_not_in_use, name("b.corp.test"), kTypeAny},
                {PrerequisiteKind::rrset_exists, name("c.corp.test"), kTypeTxt},
                {PrerequisiteKind::rrset_does_not_exist, name("d.corp.test"), kTypeTxt},
                {PrerequisiteKind::rrset_has_value, name("e.corp.test"), kTypeTxt, "\3one"},
                {PrerequisiteKind::rrset_has_value, name("e.corp.test"), kTypeTxt, "\3two"}}));
  EXPECT_EQ(update->updates, (std::vector<UpdateRecord>{{Kind::delete_name, name("f.corp.test")},
                                                        {Kind::delete_rrset, name("g.corp.test")},
                                                        {Kind::delete_value, name("h.corp.test"), "gone"},
                                                        {Kind::add, name("i.corp.test"), "new"}}));
}

TEST(UpdateMessage, HasOneZoneOfTypeSoaAndClassIn) {
  EXPECT_EQ(rcode({}), Rcode::noerror);
  EXPECT_EQ(rcode({.has_zone = false}), Rcode::formerr);
  EXPECT_EQ(rcode({.zone_type = kTypeTxt}), Rcode::formerr);
  EXPECT_EQ(rcode({.zone_type = kTypeAny}), Rcode::formerr);
  for (const uint16_t rclass : {0, 3, 254, 255})
    EXPECT_EQ(rcode({.zone_class = rclass}), Rcode::notauth) << rclass;
  Bytes two = make_update({});
  put_u16(two.data() + 4, 2);
  two += two.substr(12);
  EXPECT_EQ(parse(two).error().rcode, Rcode::formerr);
}

TEST(UpdateMessage, KeepsToItsZone) {
  EXPECT_EQ(rcode_of_update(add_txt("corp.test", "x")), Rcode::noerror);
  EXPECT_EQ(rcode_of_update(add_txt("a.b.CORP.test", "x")), Rcode::noerror);
  for (std::string_view outside : {"other.test", "test", ".", "xcorp.test", "a\\.corp.test"}) {
    EXPECT_EQ(rcode_of_update(add_txt(outside, "x")), Rcode::notzone) << outside;
    EXPECT_EQ(rcode_of_prerequisite(wire_record(outside, kTypeAny, kClassAny, 0)), Rcode::notzone) << outside;
  }
}

TEST(UpdateMessage, WritesPrerequisitesAsRfc2136HasThem) {
  const auto any = [](uint16_t type, uint32_t ttl = 0, BytesView rdata = {}) {
    return rcode_of_prerequisite(wire_record("a.corp.test", type, kClassAny, ttl, rdata));
  };
  const auto none = [](uint16_t type, uint32_t ttl = 0, BytesView rdata = {}) {
    return rcode_of_prerequisite(wire_record("a.corp.test", type, kClassNone, ttl, rdata));
  };
  const auto in = [](uint16_t type, uint32_t ttl, BytesView rdata) {
    return rcode_of_prerequisite(wire_record("a.corp.test", type, kClassIn, ttl, rdata));
  };
  for (const auto& each : {+any, +none}) {
    EXPECT_EQ(each(kTypeAny, 0, {}), Rcode::noerror);
    EXPECT_EQ(each(kTypeTxt, 0, {}), Rcode::noerror);
    EXPECT_EQ(each(kTypeA, 0, {}), Rcode::noerror);
    EXPECT_EQ(each(kTypeTxt, 1, {}), Rcode::formerr);
    EXPECT_EQ(each(kTypeTxt, 0, "\1x"), Rcode::formerr);
    EXPECT_EQ(each(kTypeAxfr, 0, {}), Rcode::formerr);
    EXPECT_EQ(each(0, 0, {}), Rcode::formerr);
  }
  EXPECT_EQ(in(kTypeTxt, 0, "\1x"), Rcode::noerror);
  EXPECT_EQ(in(kTypeTxt, 1, "\1x"), Rcode::formerr);
  EXPECT_EQ(in(kTypeTxt, 0, "\2x"), Rcode::formerr);
  EXPECT_EQ(in(kTypeTxt, 0, ""), Rcode::formerr);
  EXPECT_EQ(in(kTypeAny, 0, ""), Rcode::formerr);
  EXPECT_EQ(in(kTypeA, 0, "\1\2\3\4"), Rcode::refused);
  EXPECT_EQ(rcode_of_prerequisite(wire_record("a.corp.test", kTypeTxt, 3, 0)), Rcode::formerr);
}

TEST(UpdateMessage, WritesUpdatesAsRfc2136HasThem) {
  const auto update = [](uint16_t type, uint16_t rclass, uint32_t ttl, BytesView rdata = {}) {
    return rcode_of_update(wire_record("a.corp.test", type, rclass, ttl, rdata));
  };
  EXPECT_EQ(update(kTypeTxt, kClassIn, 0, "\1x"), Rcode::noerror);
  EXPECT_EQ(update(kTypeTxt, kClassIn, 0xffffffff, "\1x"), Rcode::noerror);
  EXPECT_EQ(update(kTypeTxt, kClassNone, 0, "\1x"), Rcode::noerror);
  EXPECT_EQ(update(kTypeTxt, kClassAny, 0), Rcode::noerror);
  EXPECT_EQ(update(kTypeAny, kClassAny, 0), Rcode::noerror);

  EXPECT_EQ(update(kTypeTxt, kClassNone, 1, "\1x"), Rcode::formerr);
  EXPECT_EQ(update(kTypeAny, kClassNone, 0), Rcode::formerr);
  EXPECT_EQ(update(kTypeTxt, kClassAny, 1), Rcode::formerr);
  EXPECT_EQ(update(kTypeTxt, kClassAny, 0, "\1x"), Rcode::formerr);
  EXPECT_EQ(update(kTypeAny, kClassIn, 60), Rcode::formerr);
  EXPECT_EQ(update(kTypeTxt, 3, 60, "\1x"), Rcode::formerr);
  for (const uint16_t meta : {0, 41, 128, 249, 251, 252, 253, 254}) {
    EXPECT_EQ(update(meta, kClassIn, 60), Rcode::formerr) << meta;
    EXPECT_EQ(update(meta, kClassAny, 0), Rcode::formerr) << meta;
  }
}

TEST(UpdateMessage, TakesTxtThatIsWhole) {
  const auto add = [](BytesView rdata) {
    return rcode_of_update(wire_record("a.corp.test", kTypeTxt, kClassIn, 60, rdata));
  };
  EXPECT_EQ(add(Bytes("\377") + Bytes(255, 'x')), Rcode::noerror);
  EXPECT_EQ(add(""), Rcode::formerr);
  EXPECT_EQ(add("\2x"), Rcode::formerr);
  EXPECT_EQ(add("\1x\1"), Rcode::formerr);
  EXPECT_EQ(add("\1x\1y"), Rcode::refused);  // no challenge has two strings
  EXPECT_EQ(add(Bytes(1, '\0')), Rcode::refused);
}

TEST(UpdateMessage, LetsBeDeletedWhatNeverWasAChallenge) {
  for (const Bytes& rdata : {Bytes("\1x\1y"), Bytes(1, '\0')}) {
    const Bytes record = wire_record("a.corp.test", kTypeTxt, kClassNone, 0, rdata);
    const auto update = parse(make_update({.updates = {record}}));
    ASSERT_TRUE(update);
    EXPECT_EQ(update->updates[0].value, "");
  }
}

// CVE-2026-101339 and its kind: RDATA that is refused is never read.
TEST(UpdateMessage, RefusesOtherTypesByTheirTypeAlone) {
  for (unsigned type = 1; type <= 65535; ++type) {
    if (type == kTypeTxt || type == kTypeOpt || (type >= 128 && type <= 255)) continue;
    for (const uint16_t rclass : {kClassIn, kClassNone, kClassAny}) {
      const Bytes record = wire_record("a.corp.test", uint16_t(type), rclass, 0);
      const auto update = parse(make_update({.updates = {record}}));
      ASSERT_FALSE(update);
      ASSERT_EQ(update.error().rcode, Rcode::refused) << type;
      ASSERT_EQ(update.error().code, ExtendedError::prohibited);
    }
  }
  const auto update = parse(make_update({.updates = {wire_record("a.corp.test", 55, kClassIn, 60, "")}}));
  EXPECT_EQ(update.error().text, "a.corp.test. HIP: only TXT can be written here");
}

TEST(UpdateMessage, HasAtMostTheNamedNumberOfRecords) {
  const std::vector<Bytes> most(kUpdateRecordsMax, add_txt("a.corp.test", "x"));
  EXPECT_EQ(rcode({.updates = most}), Rcode::noerror);
  std::vector<Bytes> more = most;
  more.push_back(add_txt("a.corp.test", "x"));
  EXPECT_EQ(rcode({.updates = more}), Rcode::refused);
  EXPECT_EQ(rcode({.prerequisites = {wire_record("corp.test", kTypeAny, kClassAny, 0)}, .updates = most}),
            Rcode::refused);
}

TEST(UpdateMessage, IsReadWholeOrNotAtAll) {
  const Bytes whole = make_update({.prerequisites = {wire_record("corp.test", kTypeAny, kClassAny, 0)},
                                   .updates = {add_txt("a.corp.test", "x"), delete_txt("b.corp.test", "y")}});
  for (size_t size = 12; size < whole.size(); ++size)
    EXPECT_EQ(parse(whole.substr(0, size)).error().rcode, Rcode::formerr) << size;
  EXPECT_EQ(parse(whole + '\0').error().rcode, Rcode::formerr);
}

TEST(UpdateMessage, ReadsCompressedNamesThatPointBackwards) {
  Bytes message = make_update({});
  put_u16(message.data() + 8, 1);
  const Bytes tail = wire_record(".", kTypeTxt, kClassIn, 60, "\1x").substr(1);
  const auto update = parse(message + "\1a\xc0\x0c" + tail);
  ASSERT_TRUE(update);
  EXPECT_EQ(update->updates[0].owner, name("a.corp.test"));
  EXPECT_FALSE(parse(message + "\1a\xc0\x1b" + tail));  // at itself
  EXPECT_FALSE(parse(message + "\1a\xc0\x80" + tail));  // ahead
}

}  // namespace
}  // namespace dnsserver
