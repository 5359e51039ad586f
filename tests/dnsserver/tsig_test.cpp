#include "dnsserver/tsig.h"

#include <gtest/gtest.h>

#include "base/message.h"
#include "dnsserver/envelope.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/signed_messages.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {
namespace {

using namespace std::chrono_literals;

constexpr TsigAlgorithm kAlgorithms[] = {TsigAlgorithm::hmac_md5,    TsigAlgorithm::hmac_sha1,
                                         TsigAlgorithm::hmac_sha224, TsigAlgorithm::hmac_sha256,
                                         TsigAlgorithm::hmac_sha384, TsigAlgorithm::hmac_sha512};

Tsig tsig_of(BytesView message) { return read_envelope(message).value().tsig.value(); }

TsigVerdict verdict(BytesView message, const TsigKey& key = ddns_key(), Time now = kSignedAt) {
  return verify(message, tsig_of(message), key, now);
}

// The message with another MAC, and its size where it stands.
Bytes with_mac(const Bytes& message, const Bytes& mac) {
  const Tsig tsig = tsig_of(message);
  Bytes changed = message.substr(0, message.size() - 6 - tsig.mac.size() - 2);
  append_u16(changed, uint16_t(mac.size()));
  changed += mac + message.substr(message.size() - 6);
  const size_t rdlength = tsig.start + tsig.key_name.wire().size() + 8;
  put_u16(changed.data() + rdlength, uint16_t(u16_at(message, rdlength) - tsig.mac.size() + mac.size()));
  return changed;
}

TEST(Tsig, VerifiesWhatNsupdateSignsWithEachAlgorithm) {
  for (const TsigAlgorithm algorithm : kAlgorithms) {
    const Bytes message = nsupdate_add(algorithm);
    EXPECT_EQ(verdict(message, ddns_key(algorithm)), TsigVerdict::valid) << name_of(algorithm);
    EXPECT_EQ(parse_tsig_algorithm(tsig_of(message).algorithm_name.text()), algorithm);
  }
  EXPECT_EQ(verdict(knsupdate_add()), TsigVerdict::valid);
  EXPECT_EQ(verdict(nsupdate_query()), TsigVerdict::valid);
  EXPECT_EQ(verdict(nsupdate_everything()), TsigVerdict::valid);
}

TEST(Tsig, ReadsWhatStandsInTheRecord) {
  const Bytes message = nsupdate_add(TsigAlgorithm::hmac_sha256);
  const Tsig tsig = tsig_of(message);
  EXPECT_EQ(tsig.key_name.text(), "ddns-key.corp.test.");
  EXPECT_EQ(tsig.algorithm_name.text(), "hmac-sha256.");
  EXPECT_EQ(tsig.time_signed, 0x6b08e428u);
  EXPECT_EQ(tsig.fudge, 300);
  EXPECT_EQ(tsig.original_id, 0xdf5f);
  EXPECT_EQ(tsig.error, 0);
  EXPECT_TRUE(tsig.other.empty());
}

TEST(Tsig, NoticesEachOctetThatChanges) {
  const Bytes message = nsupdate_add(TsigAlgorithm::hmac_sha256);
  const size_t mac_at = message.size() - 6 - 32;
  for (size_t at = 2; at < message.size(); ++at) {
    if (at >= mac_at + 32 && at < mac_at + 34) continue;  // Original ID: see the next test
    Bytes changed = message;
    changed[at] = char(changed[at] ^ 1);
    const auto envelope = read_envelope(changed);
    if (!envelope || !envelope->tsig) continue;
    if (envelope->tsig->key_name.text() != "ddns-key.corp.test.") continue;
    if (envelope->tsig->algorithm_name.text() != "hmac-sha256.") continue;
    EXPECT_NE(verdict(changed), TsigVerdict::valid) << at;
  }
}

TEST(Tsig, VerifiesWithTheIdThatWasSignedWhateverAForwarderMadeOfIt) {
  Bytes message = nsupdate_add(TsigAlgorithm::hmac_sha256);
  put_u16(message.data(), 0x4321);
  EXPECT_EQ(verdict(message), TsigVerdict::valid);
  put_u16(message.data() + message.size() - 6, 0x4321);
  EXPECT_EQ(verdict(message), TsigVerdict::badsig);
}

TEST(Tsig, DoesNotTakeAnotherSecretOrAlgorithm) {
  const Bytes message = nsupdate_add(TsigAlgorithm::hmac_sha256);
  TsigKey other = ddns_key();
  other.secret.back() ^= 1;
  EXPECT_EQ(verdict(message, other), TsigVerdict::badsig);
  other.secret.clear();
  EXPECT_EQ(verdict(message, other), TsigVerdict::badsig);
}

TEST(Tsig, TakesTheFudgeAndNoMore) {
  const Bytes message = nsupdate_add(TsigAlgorithm::hmac_sha256);
  EXPECT_EQ(verdict(message, ddns_key(), kSignedAt + 300s), TsigVerdict::valid);
  EXPECT_EQ(verdict(message, ddns_key(), kSignedAt - 300s), TsigVerdict::valid);
  EXPECT_EQ(verdict(message, ddns_key(), kSignedAt + 301s), TsigVerdict::badtime);
  EXPECT_EQ(verdict(message, ddns_key(), kSignedAt - 301s), TsigVerdict::badtime);
}

TEST(Tsig, TakesNoLargerFudgeThanItsOwnAndASmallerOneAsItIs) {
  const Bytes update = make_update({});
  EXPECT_EQ(verdict(with_tsig(update, ddns_key(), kSignedAt, 65535), ddns_key(), kSignedAt + 301s),
            TsigVerdict::badtime);
  EXPECT_EQ(verdict(with_tsig(update, ddns_key(), kSignedAt, 10), ddns_key(), kSignedAt + 10s),
            TsigVerdict::valid);
  EXPECT_EQ(verdict(with_tsig(update, ddns_key(), kSignedAt, 10), ddns_key(), kSignedAt + 11s),
            TsigVerdict::badtime);
}

// RFC 8945 §5.2.2.1. A MAC of the wrong secret is BADSIG before it is anything else.
TEST(Tsig, TakesOnlyWholeMacs) {
  const Bytes message = nsupdate_add(TsigAlgorithm::hmac_sha256);
  const Bytes mac = tsig_of(message).mac;
  EXPECT_EQ(verdict(with_mac(message, mac)), TsigVerdict::valid);
  EXPECT_EQ(verdict(with_mac(message, mac.substr(0, 31))), TsigVerdict::badtrunc);
  EXPECT_EQ(verdict(with_mac(message, mac.substr(0, 16))), TsigVerdict::badtrunc);
  EXPECT_EQ(verdict(with_mac(message, mac.substr(0, 15))), TsigVerdict::malformed);
  EXPECT_EQ(verdict(with_mac(message, mac.substr(0, 1))), TsigVerdict::malformed);
  EXPECT_EQ(verdict(with_mac(message, mac + '\0')), TsigVerdict::malformed);
  EXPECT_EQ(verdict(with_mac(message, "")), TsigVerdict::badsig);
  EXPECT_EQ(verdict(with_mac(message, Bytes(32, '\0'))), TsigVerdict::badsig);
  EXPECT_EQ(verdict(with_mac(message, Bytes(16, '\0'))), TsigVerdict::badsig);
  EXPECT_EQ(verdict(with_mac(message, mac.substr(0, 16)), ddns_key(), kSignedAt + 1h), TsigVerdict::badtime);
}

TEST(Tsig, TakesNoMacOfMd5BelowTenOctets) {
  const Bytes message = nsupdate_add(TsigAlgorithm::hmac_md5);
  const Bytes mac = tsig_of(message).mac;
  const TsigKey key = ddns_key(TsigAlgorithm::hmac_md5);
  EXPECT_EQ(verdict(with_mac(message, mac.substr(0, 10)), key), TsigVerdict::badtrunc);
  EXPECT_EQ(verdict(with_mac(message, mac.substr(0, 9)), key), TsigVerdict::malformed);
}

// The MACs below were computed by Python's hmac module from RFC 8945 §4.3.
TEST(Tsig, SignsResponsesOverTheMacOfTheRequest) {
  const Tsig request = tsig_of(nsupdate_add(TsigAlgorithm::hmac_sha256));
  const Bytes unsigned_response = from_hex("df5fa800000100000000000004636f727004746573740000060001");
  Bytes response = unsigned_response;
  sign(response, request, ddns_key(), TsigError::none, kSignedAt + 1s);
  ASSERT_TRUE(base::check_message(response));
  EXPECT_EQ(response.size(), unsigned_response.size() + tsig_size(request, ddns_key(), TsigError::none));
  const Tsig tsig = tsig_of(response);
  EXPECT_EQ(tsig.mac, from_hex("80bb74737520c5c201255cb01db8c1170b9ca544fc5065d3793e314cbe5387d5"));
  EXPECT_EQ(tsig.time_signed, 0x6b08e429u);
  EXPECT_EQ(tsig.original_id, 0xdf5f);
}

TEST(Tsig, SignsBadtimeWithTheClientsTimeAndOursInOtherData) {
  const Tsig request = tsig_of(nsupdate_add(TsigAlgorithm::hmac_sha256));
  Bytes response = from_hex("df5fa800000100000000000004636f727004746573740000060001");
  const size_t before = response.size();
  sign(response, request, ddns_key(), TsigError::badtime, kSignedAt + 301s);
  EXPECT_EQ(response.size(), before + tsig_size(request, ddns_key(), TsigError::badtime));
  const Tsig tsig = tsig_of(response);
  EXPECT_EQ(tsig.mac, from_hex("b56e469040823e75ac5bdc7ffaf577e3448fa731c6b8f8c46712756498733483"));
  EXPECT_EQ(tsig.time_signed, request.time_signed);
  EXPECT_EQ(tsig.error, 18);
  EXPECT_EQ(tsig.other, from_hex("00006b08e555"));
}

TEST(Tsig, LeavesTheMacOutWhereTheClientHasNotShownToKnowTheKey) {
  const Tsig request = tsig_of(nsupdate_add(TsigAlgorithm::hmac_sha256));
  for (const TsigError error : {TsigError::badkey, TsigError::badsig}) {
    Bytes response = from_hex("df5fa809000100000000000004636f727004746573740000060001");
    add_unsigned_tsig(response, request, error, kSignedAt);
    ASSERT_TRUE(base::check_message(response));
    const Tsig tsig = tsig_of(response);
    EXPECT_EQ(tsig.error, uint16_t(error));
    EXPECT_TRUE(tsig.mac.empty());
    EXPECT_EQ(tsig.key_name, request.key_name);
    EXPECT_EQ(tsig.algorithm_name, request.algorithm_name);
  }
}

TEST(Tsig, SignsOverTheIdOfTheRequestThatWasSigned) {
  Bytes message = nsupdate_add(TsigAlgorithm::hmac_sha256);
  put_u16(message.data(), 0x4321);
  Bytes response = from_hex("4321a800000100000000000004636f727004746573740000060001");
  sign(response, tsig_of(message), ddns_key(), TsigError::none, kSignedAt + 1s);
  EXPECT_EQ(tsig_of(response).mac,
            from_hex("80bb74737520c5c201255cb01db8c1170b9ca544fc5065d3793e314cbe5387d5"));
  EXPECT_EQ(u16_at(response, 0), 0x4321);
}

class TsigRecord : public testing::Test {
 protected:
  // A message that ends in a TSIG record with this class, TTL and RDATA.
  static bool is_read(uint16_t rclass, uint32_t ttl, const Bytes& rdata) {
    Bytes message = make_update({});
    put_u16(message.data() + 10, 1);
    message += wire_record("key.test", 250, rclass, ttl, rdata);
    return read_envelope(message).has_value();
  }

  const Bytes algorithm_ = Bytes(Name::parse("hmac-sha256").value().wire());
  const Bytes fixed_ = from_hex("00006b08e428012c");
  const Bytes rdata_ = algorithm_ + fixed_ + from_hex("0002abcd") + from_hex("123400000000");
};

TEST_F(TsigRecord, IsOfClassAnyAndTtl0) {
  EXPECT_TRUE(is_read(255, 0, rdata_));
  EXPECT_FALSE(is_read(1, 0, rdata_));
  EXPECT_FALSE(is_read(255, 1, rdata_));
}

TEST_F(TsigRecord, EndsWhereItsPartsSay) {
  for (size_t size = 0; size < rdata_.size(); ++size)
    EXPECT_FALSE(is_read(255, 0, rdata_.substr(0, size))) << size;
  EXPECT_FALSE(is_read(255, 0, rdata_ + '\0'));
  EXPECT_TRUE(is_read(255, 0, algorithm_ + fixed_ + from_hex("0000") + from_hex("1234001200020102")));
  EXPECT_FALSE(is_read(255, 0, algorithm_ + fixed_ + from_hex("ffff") + from_hex("123400000000")));
  EXPECT_FALSE(is_read(255, 0, algorithm_ + fixed_ + from_hex("0000") + from_hex("12340000ffff")));
}

TEST_F(TsigRecord, NamesItsAlgorithmWithoutCompression) {
  EXPECT_FALSE(is_read(255, 0, from_hex("c00c") + rdata_.substr(algorithm_.size())));
  EXPECT_TRUE(is_read(255, 0, Bytes(1, '\0') + rdata_.substr(algorithm_.size())));  // the root: nobody's
}

TEST_F(TsigRecord, IsTheLastAndTheOnlyOne) {
  const Bytes record = wire_record("key.test", 250, 255, 0, rdata_);
  Bytes twice = make_update({});
  put_u16(twice.data() + 10, 2);
  EXPECT_FALSE(read_envelope(twice + record + record));
  EXPECT_FALSE(read_envelope(twice + record + add_txt("a.test", "x")));
  EXPECT_TRUE(read_envelope(twice + add_txt("a.test", "x") + record));
  EXPECT_FALSE(read_envelope(make_update({.updates = {record}})));
}

}  // namespace
}  // namespace dnsserver
