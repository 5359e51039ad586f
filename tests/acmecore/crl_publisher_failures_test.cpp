#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/acmecore/crl_publisher_fixture.h"

namespace acmecore {
namespace {

using namespace std::chrono_literals;
using base::Bytes;
using base::BytesView;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

// Where something is lost, damaged or refused the last CRL stays.
using CrlPublisherFailuresTest = CrlPublisherTest;

TEST_F(CrlPublisherFailuresTest, WhatTheStoreHasLostStaysInTheLastCrl) {
  const IssuedCertificate lost = issue(0);
  revoke(lost.serial);
  publish();
  const uint64_t before = number(0);
  Changes changes;
  changes.drop_from_crl({ca_, 0}, lost.serial);
  ASSERT_TRUE(wait(records_->commit(std::move(changes))));
  const Serial another = revoked_in(0);
  publish();
  EXPECT_EQ(number(0), before);
  EXPECT_THAT(serials(0), ElementsAre(lost.serial.octets));
  clock_.advance(lost.not_after + 1s - clock_.now());
  publish();
  EXPECT_THAT(serials(0), ElementsAre(another.octets));
}

TEST_F(CrlPublisherFailuresTest, AnEntryWhoseCertificateIsNotRecordedAnyMoreMayGoWhenTheLastCrlHasEnded) {
  fill(0, 1);
  publish();
  Changes changes;
  changes.drop_from_crl({ca_, 0}, Serial{serials(0).front()});
  ASSERT_TRUE(wait(records_->commit(std::move(changes))));
  clock_.advance(kLifetime - 1s);
  publish();
  EXPECT_EQ(serials(0).size(), 1u);
  clock_.advance(10s);
  publish();
  EXPECT_THAT(serials(0), IsEmpty());
}

TEST_F(CrlPublisherFailuresTest, WhoIsToldToEndLeavesTheLastOne) {
  fill(0, 1001);
  publish(/*goes_on=*/false);
  EXPECT_THAT(serials(0), IsEmpty());
  clock_.advance(10s);
  publish();
  EXPECT_EQ(serials(0).size(), 1001u);
}

TEST_F(CrlPublisherFailuresTest, TheLastOneStaysWhereTheNextCannotBeWritten) {
  const auto file = files_.file_of({ca_, 0});
  const uint64_t before = number(0);
  std::filesystem::create_directory(file.string() + ".new");  // where the draft would be
  const Serial serial = revoked_in(0);
  publish();
  EXPECT_EQ(number(0), before);
  std::filesystem::remove(file.string() + ".new");
  publish();
  EXPECT_EQ(number(0), before);  // it is tried again a little later
  clock_.advance(10s);
  publish();
  EXPECT_GT(number(0), before);
  EXPECT_THAT(serials(0), ElementsAre(serial.octets));
}

TEST_F(CrlPublisherFailuresTest, WhileOneCannotBeWrittenNoOtherNumberIsUsedUp) {
  const auto file = files_.file_of({ca_, 0});
  std::filesystem::create_directory(file.string() + ".new");
  const Serial early = revoked_in(0);
  publish();
  const uint64_t used = number_in_store(0);
  const Serial late = revoked_in(0);
  for (int i = 0; i < 5; ++i) {
    clock_.advance(10s);
    publish();
  }
  EXPECT_EQ(number_in_store(0), used);
  std::filesystem::remove(file.string() + ".new");
  clock_.advance(10s);
  publish();
  EXPECT_GT(number(0), used);
  EXPECT_EQ(number_in_store(0), number(0));
  EXPECT_THAT(serials(0), UnorderedElementsAre(early.octets, late.octets));
}

TEST_F(CrlPublisherFailuresTest, WhatCannotBeSignedIsTriedMoreAndMoreSeldom) {
  const Serial lost = revoked_in(0);
  publish();
  Changes changes;
  changes.drop_from_crl({ca_, 0}, lost);
  ASSERT_TRUE(wait(records_->commit(std::move(changes))));
  revoked_in(0);
  std::set<uint64_t> used;
  for (int i = 0; i < 360; ++i) {
    publish();
    used.insert(number_in_store(0));
    clock_.advance(10s);
  }
  EXPECT_EQ(used.size(), 11u);  // after 10, 30, 70 s, … and then every 10 minutes of the hour
  EXPECT_THAT(serials(0), ElementsAre(lost.octets));
}

TEST_F(CrlPublisherFailuresTest, AFileThatIsNoCrlOfThisCaStopsTheStart) {
  const std::string file = files_.file_of({ca_, 0});
  const auto refusal = [&](BytesView der) {
    write_text(file, der);
    const auto started = start();
    EXPECT_FALSE(started);
    if (started) return std::string();
    EXPECT_EQ(started.error().kind, base::ErrorKind::unavailable);
    return started.error().detail;
  };
  const Bytes good = crl(0)->der;
  EXPECT_THAT(refusal("rubbish"), HasSubstr(file));
  EXPECT_THAT(refusal(good.substr(0, good.size() / 2)), HasSubstr("cannot be read"));
  Bytes changed = good;
  changed.back() ^= 1;
  EXPECT_THAT(refusal(changed), HasSubstr("no CRL of this CA"));
  const Issuer other = Issuer::open(make_development_ca(kNow).value(), kNow).value();
  EXPECT_THAT(refusal(other.sign_crl(good_crl_fields(), "", {}).value()), HasSubstr("no CRL of this CA"));
  write_text(file, good);
  EXPECT_TRUE(start());
}

TEST_F(CrlPublisherFailuresTest, ADirectoryThatCannotBeLookedAtStopsTheStart) {
  const auto directory = files_.file_of({ca_, 0}).parent_path();
  lose_files();
  std::filesystem::create_directories(directory.parent_path());
  EXPECT_EQ(files_.read(ca_)->size(), 0u);
  std::filesystem::create_symlink(directory, directory);  // a loop
  EXPECT_EQ(files_.read(ca_).error().kind, base::ErrorKind::unavailable);
  EXPECT_THAT(start().error().detail, HasSubstr(directory.string()));
  std::filesystem::remove(directory);
  write_text(directory, "no directory");
  EXPECT_EQ(files_.read(ca_).error().kind, base::ErrorKind::unavailable);
  std::filesystem::remove(directory);
  EXPECT_TRUE(start());
}

TEST_F(CrlPublisherFailuresTest, FilesOfOtherNamesArePassedOver) {
  const std::string directory = files_.file_of({ca_, 0}).parent_path();
  for (const char* name : {"x.crl", "00.crl", "0.crl.new", "4294967296.crl", "-1.crl", ".crl", "readme"})
    write_text(directory + "/" + name, "rubbish");
  EXPECT_TRUE(start());
}
}  // namespace
}  // namespace acmecore
