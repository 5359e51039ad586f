#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

// The Distinguished Encoding Rules (X.690 §10 and §11), as far as PKCS#10 and X.509 need them. A certificate
// is data whose every octet matters: it is written here in a tenth of the time that OpenSSL's builders take,
// and read with none of the tolerance for BER that its parsers have.
namespace acmecore::der {

inline constexpr uint8_t kBoolean = 0x01;
inline constexpr uint8_t kInteger = 0x02;
inline constexpr uint8_t kBitString = 0x03;
inline constexpr uint8_t kOctetString = 0x04;
inline constexpr uint8_t kNull = 0x05;
inline constexpr uint8_t kOid = 0x06;
inline constexpr uint8_t kEnumerated = 0x0a;
inline constexpr uint8_t kUtf8String = 0x0c;
inline constexpr uint8_t kPrintableString = 0x13;
inline constexpr uint8_t kIa5String = 0x16;
inline constexpr uint8_t kUtcTime = 0x17;
inline constexpr uint8_t kGeneralizedTime = 0x18;
inline constexpr uint8_t kSequence = 0x30;
inline constexpr uint8_t kSet = 0x31;

// [number] of class context-specific, of a primitive and of a constructed type.
constexpr uint8_t context(uint8_t number) { return uint8_t(0x80 | number); }
constexpr uint8_t context_constructed(uint8_t number) { return uint8_t(0xa0 | number); }

// Writing. Each returns one whole element.
base::Bytes element(uint8_t tag, base::BytesView content);

// The tag and the length alone, of an element whose content is too large to be copied once more.
base::Bytes header(uint8_t tag, size_t content_size);
base::Bytes sequence(std::initializer_list<base::BytesView> elements);
base::Bytes oid(base::BytesView content);
base::Bytes octet_string(base::BytesView content);
base::Bytes bit_string(base::BytesView content);
// An INTEGER that is not negative, from its octets in network order. No octets are the number zero.
base::Bytes unsigned_integer(base::BytesView magnitude);

// UTCTime through 2049, GeneralizedTime after (RFC 5280 §4.1.2.5); whole seconds, the rest is cut off.
base::Bytes time(base::Time time);

// GeneralizedTime whatever the year, as OCSP has it (RFC 6960 §4.2.1); otherwise as time().
base::Bytes generalized_time(base::Time time);

struct Element {
  uint8_t tag;
  base::BytesView content;
  base::BytesView whole;  // with tag and length
};

// Reads elements that stand one behind the other. What it returns aliases its input.
//
// Every function returns malformed, with the place, where the input is not DER or not what was asked for.
// After that the reader is of no use.
class Reader {
 public:
  explicit Reader(base::BytesView input) : rest_(input) {}

  bool at_end() const { return rest_.empty(); }
  bool next_is(uint8_t tag) const { return !rest_.empty() && uint8_t(rest_[0]) == tag; }

  base::Result<Element> next();
  base::Result<Element> next(uint8_t tag);

  // The content octets of one INTEGER (minimal two's complement) and of one OBJECT IDENTIFIER.
  base::Result<base::BytesView> integer();
  base::Result<base::BytesView> oid();

  // The octets of a BIT STRING that is a whole number of octets.
  base::Result<base::BytesView> bit_string();

  // An element with DEFAULT FALSE: true if it is there. Encoded as FALSE it is malformed (X.690 §11.5).
  base::Result<bool> true_or_absent();

  // UTCTime or GeneralizedTime, whichever the year asks for.
  base::Result<base::Time> time();

  // Nothing is left.
  base::Result<void> end() const;

 private:
  base::BytesView rest_;
};

// The content of `input`, which is one element with `tag` and nothing behind it.
base::Result<base::BytesView> only(uint8_t tag, base::BytesView input);

}  // namespace acmecore::der
