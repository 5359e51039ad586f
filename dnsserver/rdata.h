#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/error.h"
#include "base/name.h"

namespace dnsserver {

using base::Bytes;
using base::BytesView;
using base::Name;
using base::Result;

// Of one record's RDATA in presentation form, and in the form of RFC 3597 §5: that of the largest RDATA, with
// a blank between any two digits.
inline constexpr size_t kRdataTextSizeMax = 8 * 1024;
inline constexpr size_t kGenericTextSizeMax = 256 * 1024;

// "TXT", in any case, or "TYPE16" (RFC 3597 §5). malformed: a mnemonic that is not known here, or no type.
Result<uint16_t> parse_type(std::string_view text);

// The mnemonic where there is one, TYPEnnn otherwise.
std::string type_text(uint16_t type);

// One record's RDATA from presentation form (RFC 1035 §5.1), as an operator types it, to wire form without
// compression. Names are absolute, with or without the final dot. Any type has the form "\# 4 C0000201" of
// RFC 3597 §5, and a type without a mnemonic has no other, nor
// has CERT, IPSECKEY, APL and LOC.
//
// malformed, with what is wrong: not RDATA of `type`, a number out of its range, more characters than
// kRdataTextSizeMax or kGenericTextSizeMax, or what belongs to a zone file and not to one record: control
// characters, comments, parentheses, "@".
Result<Bytes> parse_rdata(uint16_t type, std::string_view text);

// The same of a record in a master file (dnsserver/master_file.h), with one item each: names that do not end in
// a dot are relative to `origin`, and "@" is the origin itself.
Result<Bytes> parse_rdata(uint16_t type, std::span<const std::string> items,
                          const std::optional<Name>& origin);

// A name in a master file, likewise. malformed: it is none, or relative where there is no origin.
Result<Name> parse_relative_name(std::string_view text, const std::optional<Name>& origin);

// The same backwards: every RDATA has a text, which reads as the same octets. The
// form of RFC 3597 §5 is used for a type without a mnemonic and for what is not of its type.
std::string rdata_text(uint16_t type, BytesView rdata);

}  // namespace dnsserver
