#include "dnsserver/cookie.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <memory>

#include "base/random.h"
#include "dnsserver/wire.h"
#include "tests/dnsserver/served_zones.h"
#include "tests/dnsserver/zone_text.h"

namespace dnsserver {
namespace {

using namespace std::chrono_literals;

SipKey key_of(std::string_view hex) {
  const Bytes octets = from_hex(hex);
  SipKey key;
  std::copy(octets.begin(), octets.end(), key.begin());
  return key;
}

Bytes octets_of(const CookieReply& reply) { return {reply.octets.data(), reply.octets.size()}; }

CookieReply answer(BytesView option, BytesView client, Time now, const CookieSecrets& secrets) {
  return answer_cookie(read_cookie(option).value(), client, now, secrets);
}

Time at(int64_t second) { return Time(std::chrono::seconds(second)); }

const CookieSecrets kSecrets{kRfc9018Secret, std::nullopt};
const Bytes kClient = from_hex("c6336464");  // 198.51.100.100
const Bytes kOption = from_hex("2464c4abcf10c957010000005cf79f111f8130c3eee29480");

TEST(SipHash, IsWhatOpensslMakesOfEveryLength) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(EVP_MAC_fetch(nullptr, "SIPHASH", nullptr),
                                                              EVP_MAC_free);
  ASSERT_NE(mac, nullptr);
  for (size_t size = 0; size <= 64; ++size) {
    SipKey key;
    const Bytes random = base::random_bytes(key.size());
    std::copy(random.begin(), random.end(), key.begin());
    const Bytes input = base::random_bytes(size);
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(EVP_MAC_CTX_new(mac.get()),
                                                                            EVP_MAC_CTX_free);
    size_t wanted = 8;
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &wanted),
                                 OSSL_PARAM_construct_end()};
    ASSERT_EQ(EVP_MAC_init(context.get(), key.data(), key.size(), params), 1);
    ASSERT_EQ(EVP_MAC_update(context.get(), reinterpret_cast<const uint8_t*>(input.data()), input.size()), 1);
    std::array<uint8_t, 8> expected;
    size_t written = 0;
    ASSERT_EQ(EVP_MAC_final(context.get(), expected.data(), &written, expected.size()), 1);
    ASSERT_EQ(written, expected.size());
    uint64_t hash = siphash(key, input);
    for (const uint8_t octet : expected) {
      EXPECT_EQ(uint8_t(hash), octet) << size;
      hash >>= 8;
    }
  }
}

TEST(Cookie, IsMadeAsInRfc9018AppendixA1) {
  const auto reply = answer(from_hex("2464c4abcf10c957"), kClient, kRfc9018Time, kSecrets);
  EXPECT_EQ(reply.state, CookieState::client_only);
  EXPECT_EQ(octets_of(reply), kOption);
}

TEST(Cookie, IsRenewedAsInRfc9018AppendixA2) {
  const auto reply = answer(kOption, kClient, at(1559734385), kSecrets);
  EXPECT_EQ(reply.state, CookieState::valid);
  EXPECT_EQ(octets_of(reply), from_hex("2464c4abcf10c957010000005cf7a871d4a564a1442aca77"));
}

TEST(Cookie, IsReadWithItsReservedOctetsAsInRfc9018AppendixA3) {
  const Bytes option = from_hex("fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5");
  const Bytes client = from_hex("cb0071cb");  // 203.0.113.203
  EXPECT_EQ(answer(option, client, at(0x5cf78f71), kSecrets).state, CookieState::valid);
  const auto reply = answer(option, client, at(1559734700), kSecrets);
  EXPECT_EQ(reply.state, CookieState::invalid) << "nearly two hours later";
  EXPECT_EQ(octets_of(reply), from_hex("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e"));
}

TEST(Cookie, OutlivesItsSecretAsInRfc9018AppendixA4) {
  const Bytes option = from_hex("22681ab97d52c298010000005cf7c57926556bd0934c72f8");
  const Bytes client = from_hex("20010db802200001 59ded0f4876982b8");
  const SipKey current = key_of("445536bcd2513298075a5d379663c962");
  const SipKey previous = key_of("dd3bdf9344b678b185a6f5cb60fca715");
  const auto reply = answer(option, client, at(1559741961), {current, previous});
  EXPECT_EQ(reply.state, CookieState::valid);
  EXPECT_EQ(octets_of(reply), from_hex("22681ab97d52c298010000005cf7c609a6bb79d16625507a"))
      << "a young one is renewed as well, because its secret goes";
  EXPECT_EQ(answer(option, client, at(1559741961), {current, std::nullopt}).state, CookieState::invalid);
}

TEST(Cookie, IsValidFromFiveMinutesBeforeToAnHourAfterItsTime) {
  const auto state = [](std::chrono::seconds later) {
    return answer(kOption, kClient, kRfc9018Time + later, kSecrets).state;
  };
  EXPECT_EQ(state(-301s), CookieState::invalid);
  EXPECT_EQ(state(-300s), CookieState::valid);
  EXPECT_EQ(state(3600s), CookieState::valid);
  EXPECT_EQ(state(3601s), CookieState::invalid);
}

TEST(Cookie, StaysAsItIsForHalfAnHour) {
  EXPECT_EQ(octets_of(answer(kOption, kClient, kRfc9018Time + 1800s, kSecrets)), kOption);
  EXPECT_NE(octets_of(answer(kOption, kClient, kRfc9018Time + 1801s, kSecrets)), kOption);
  EXPECT_EQ(octets_of(answer(kOption, kClient, kRfc9018Time - 300s, kSecrets)), kOption);
}

TEST(Cookie, IsValidAcrossTheWrapOfItsTimestamp) {
  const Time before = at(int64_t(0xffffffff));
  const auto made = answer(kOption.substr(0, 8), kClient, before, kSecrets);
  EXPECT_EQ(answer(octets_of(made), kClient, before + 60s, kSecrets).state, CookieState::valid);
}

TEST(Cookie, IsInvalidWithAnyBitTurned) {
  for (size_t bit = 0; bit < kOption.size() * 8; ++bit) {
    Bytes option = kOption;
    option[bit / 8] = char(uint8_t(option[bit / 8]) ^ 1 << bit % 8);
    EXPECT_EQ(answer(option, kClient, kRfc9018Time, kSecrets).state, CookieState::invalid) << bit;
  }
}

TEST(Cookie, IsNoOneElses) {
  EXPECT_EQ(answer(kOption, from_hex("c6336465"), kRfc9018Time, kSecrets).state, CookieState::invalid);
  EXPECT_EQ(answer(kOption, from_hex("00000000000000000000ffffc6336464"), kRfc9018Time, kSecrets).state,
            CookieState::invalid);
}

TEST(Cookie, HasTheLengthsOfRfc7873) {
  for (size_t size = 0; size <= 64; ++size) {
    const bool allowed = size == 8 || (size >= 16 && size <= 40);
    const auto cookie = read_cookie(Bytes(size, 'x'));
    EXPECT_EQ(cookie.has_value(), allowed) << size;
    if (cookie && size != 24) {
      const auto reply = answer_cookie(*cookie, kClient, kRfc9018Time, kSecrets);
      EXPECT_EQ(reply.state, size == 8 ? CookieState::client_only : CookieState::invalid) << size;
    }
  }
}

TEST(Cookie, HasARandomSecretWhereNoneIsSet) {
  EXPECT_NE(random_cookie_secrets().current, random_cookie_secrets().current);
  EXPECT_NE(EdnsPolicy().cookies.current, SipKey());
}

}  // namespace
}  // namespace dnsserver
