#include "dnsserver/rdata.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>

#include <stdbool.h>  // or ldns defines bool, true and false by itself, as macros

#include <ldns/ldns.h>

#include "base/message.h"
#include "dnsserver/rrtype.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

using base::ErrorKind;
using base::fail;

struct Free {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
  void operator()(void* memory) const { std::free(memory); }
};
using RrHandle = std::unique_ptr<ldns_rr, Free>;

constexpr std::string_view kGeneric = "\\#";
constexpr std::string_view kBlanks = " \t";
constexpr std::string_view kPort = "port=";  // RFC 9460 §7.2

// What ldns 1.8.3 reads of texts of these types is not to be trusted: it leaks memory (CERT, IPSECKEY), or takes
// values that are out of range (APL, LOC).
constexpr ldns_rr_type kBadlyRead[] = {LDNS_RR_TYPE_LOC, LDNS_RR_TYPE_CERT, LDNS_RR_TYPE_APL,
                                       LDNS_RR_TYPE_IPSECKEY};

tl::unexpected<base::Error> bad(uint16_t type, std::string_view text, std::string_view why) {
  constexpr size_t kShownMax = 100;
  return fail(ErrorKind::malformed, "\"" + std::string(text.substr(0, kShownMax)) +
                                        "\" is no RDATA of type " + type_text(type) + ": " +
                                        std::string(why));
}

// Null where ldns does not know the type well: then there is the generic form only.
const ldns_rr_descriptor* descriptor(uint16_t type) {
  if (std::ranges::find(kBadlyRead, ldns_rr_type(type)) != std::end(kBadlyRead)) return nullptr;
  const auto* found = ldns_rr_descript(type);
  return found != nullptr && found->_type == ldns_rr_type(type) ? found : nullptr;
}

template <class Number>
std::optional<Number> number(std::string_view digits, int base = 10) {
  Number value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Takes what stands before the next blank off the front of `text`.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  return word;
}

// ldns takes a name whose first label is "@" for the origin, whatever comes behind it and however it is written.
// `text` starts with the word.
std::optional<std::string_view> wrong_in_word(std::string_view text) {
  const std::string_view word = take_word(text);
  if (word == "@") return "\"@\" stands for no name here";
  for (const std::string_view at : {"@.", "\\@.", "\\064."}) {
    if (word.starts_with(at)) return "write a name whose first label is @ in the form \\#";
  }
  return std::nullopt;
}

// ldns reads a record as a line of a zone file. What such a line could hold beside RDATA is refused here,
// because ldns would drop it without a word. Returns what is wrong.
std::optional<std::string_view> wrong_in_line(std::string_view text) {
  bool quoted = false;
  bool in_word = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool begins_word = !quoted && !std::exchange(in_word, quoted || kBlanks.find(c) == kBlanks.npos);
    if (begins_word) {
      if (const auto wrong = wrong_in_word(text.substr(i))) return wrong;
    }
    if ((c < ' ' && c != '\t') || c > '~') return "write what is not printable ASCII as \\DDD";
    if (c == '\\') {
      if (++i == text.size()) return "it ends in a \\";
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ';' || c == '(' || c == ')')) {
      return "write ; ( ) in quotes or behind a \\";
    }
  }
  if (quoted) return "a quote is not closed";
  return std::nullopt;
}

// True for a mnemonic as well.
template <class Number>
bool fits(std::string_view word) {
  return word.find_first_not_of("0123456789") != word.npos || number<Number>(word).has_value();
}

// ldns cuts numbers to their size. They come before anything in RDATA that could have blanks inside.
bool numbers_in_range(uint16_t type, std::string_view text) {
  const auto* fields = descriptor(type);
  for (size_t i = 0; i < ldns_rr_descriptor_maximum(fields) && text.find_first_not_of(kBlanks) != text.npos;
       ++i) {
    const std::string_view word = take_word(text);
    if (word.find('"') != word.npos) return true;
    switch (ldns_rr_descriptor_field_type(fields, i)) {
      case LDNS_RDF_TYPE_INT8:
        if (!number<uint8_t>(word)) return false;
        break;
      case LDNS_RDF_TYPE_INT16:
        if (!number<uint16_t>(word)) return false;
        break;
      case LDNS_RDF_TYPE_INT32:
        if (!number<uint32_t>(word)) return false;
        break;
      case LDNS_RDF_TYPE_ALG:
      case LDNS_RDF_TYPE_CERTIFICATE_USAGE:
      case LDNS_RDF_TYPE_SELECTOR:
      case LDNS_RDF_TYPE_MATCHING_TYPE:
        if (!fits<uint8_t>(word)) return false;
        break;
      case LDNS_RDF_TYPE_SVCPARAMS:
        for (std::string_view param = word; !param.empty(); param = take_word(text)) {
          if (param.starts_with(kPort) && !number<uint16_t>(param.substr(kPort.size()))) return false;
        }
        return true;
      default: break;
    }
  }
  return true;
}

Result<Bytes> wire_rdata(const ldns_rr& rr) {
  const std::unique_ptr<ldns_buffer, Free> buffer(ldns_buffer_new(LDNS_MIN_BUFLEN));
  if (!buffer || ldns_rr_rdata2buffer_wire(buffer.get(), &rr) != LDNS_STATUS_OK) {
    return fail(ErrorKind::internal, "ldns does not write RDATA that it has read");
  }
  // Behind RDLENGTH.
  return Bytes(reinterpret_cast<const char*>(ldns_buffer_begin(buffer.get())),
               ldns_buffer_position(buffer.get()));
}

// The record as ldns reads it from wire form; null if it is none of `type`, which ldns must know. RDATA that
// a caller wrote down octet by octet may hold compressed names, so the guard looks first, and what ldns
// writes must be what it has read.
RrHandle read_wire(uint16_t type, BytesView rdata) {
  Bytes record(1, '\0');
  append_u16(record, type);
  append_u16(record, kClassIn);
  append_u32(record, 0);
  append_u16(record, uint16_t(rdata.size()));
  record += rdata;
  const Bytes header("\0\0\0\0\0\0\0\1\0\0\0\0", base::kMessageHeaderSize);
  if (!base::check_message(header + record)) return nullptr;
  ldns_rr* read = nullptr;
  size_t at = base::kMessageHeaderSize;
  const Bytes message = header + record;
  if (ldns_wire2rr(&read, base::octets(message), message.size(), &at, LDNS_SECTION_ANSWER) !=
      LDNS_STATUS_OK) {
    return nullptr;
  }
  RrHandle rr(read);
  if (ldns_rr_rd_count(read) < ldns_rr_descriptor_minimum(descriptor(type))) return nullptr;
  const auto written = wire_rdata(*rr);
  return written && *written == rdata ? std::move(rr) : nullptr;
}

// The items of RDATA that are names, where the type has such. All others before the last are one item each.
bool is_name_item(const ldns_rr_descriptor* fields, size_t index) {
  constexpr size_t kHipServers = 3;  // RFC 8005 §5: algorithm, HIT, key, of which ldns makes one field
  if (fields->_type == LDNS_RR_TYPE_HIP) return index >= kHipServers;
  return index < ldns_rr_descriptor_maximum(fields) &&
         ldns_rr_descriptor_field_type(fields, index) == LDNS_RDF_TYPE_DNAME;
}

// `text` is what stands behind "\#".
Result<Bytes> parse_generic(uint16_t type, std::string_view text) {
  const std::string_view whole = text;
  const auto size = number<uint16_t>(take_word(text));
  if (!size) return bad(type, whole, "\\# wants a length and then so many octets in hexadecimal");
  std::string hex(text);
  std::erase_if(hex, [](char c) { return kBlanks.find(c) != kBlanks.npos; });
  if (hex.size() != size_t(*size) * 2) return bad(type, whole, "the length behind \\# is wrong");
  Bytes rdata;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const auto octet = number<uint8_t>(std::string_view(hex).substr(i, 2), 16);
    if (!octet) return bad(type, whole, "\\# wants hexadecimal digits");
    rdata += char(*octet);
  }
  if (descriptor(type) != nullptr && !read_wire(type, rdata))
    return bad(type, whole, "its octets are not of this type");
  return rdata;
}

// As the type's own specification has it; nullopt for a type that ldns does not know and what is not of its
// type.
std::optional<std::string> mnemonic_text(uint16_t type, BytesView rdata) {
  const RrHandle rr = descriptor(type) != nullptr ? read_wire(type, rdata) : nullptr;
  if (!rr) return std::nullopt;
  std::string text;
  for (size_t i = 0; i < ldns_rr_rd_count(rr.get()); ++i) {
    const std::unique_ptr<char, Free> field(ldns_rdf2str(ldns_rr_rdf(rr.get(), i)));
    if (!field) return std::nullopt;
    if (i > 0) text += ' ';
    text += field.get();
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

std::string generic_text(BytesView rdata) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = std::string(kGeneric) + " " + std::to_string(rdata.size());
  if (!rdata.empty()) text += ' ';
  for (char c : rdata) {
    text += kDigits[uint8_t(c) >> 4];
    text += kDigits[uint8_t(c) & 0xf];
  }
  return text;
}

}  // namespace

Result<uint16_t> parse_type(std::string_view text) {
  std::string upper(text.substr(0, 64));
  for (char& c : upper)
    c = c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
  if (upper.starts_with("TYPE")) {
    if (const auto type = number<uint16_t>(std::string_view(upper).substr(4))) return *type;
  } else if (const ldns_rr_type type = ldns_get_rr_type_by_name(upper.c_str()); type != 0) {
    return uint16_t(type);
  }
  return fail(ErrorKind::malformed,
              "\"" + upper + "\" is not an RR type that is known here; TYPEnnn names any");
}

std::string type_text(uint16_t type) {
  const std::unique_ptr<char, Free> text(ldns_rr_type2str(ldns_rr_type(type)));
  return text ? text.get() : "TYPE" + std::to_string(type);
}

Result<Bytes> parse_rdata(uint16_t type, std::string_view text) {
  std::string_view rest = text;
  const bool is_generic = take_word(rest) == kGeneric;
  if (text.size() > (is_generic ? kGenericTextSizeMax : kRdataTextSizeMax))
    return bad(type, text, "it is too long");
  if (const auto wrong = wrong_in_line(text)) return bad(type, text, *wrong);
  if (is_generic) return parse_generic(type, rest);
  if (descriptor(type) == nullptr) return bad(type, text, "this type has the form \\# of RFC 3597 only");
  if (!numbers_in_range(type, text)) return bad(type, text, "a number is out of its range");

  const std::string line = ". 0 IN TYPE" + std::to_string(type) + " " + std::string(text);
  ldns_rr* read = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&read, line.c_str(), 0, nullptr, nullptr);
  if (status != LDNS_STATUS_OK) return bad(type, text, ldns_get_errorstr_by_id(status));
  const RrHandle rr(read);
  TRY(Bytes rdata, wire_rdata(*rr));
  if (!read_wire(type, rdata)) return bad(type, text, "its octets are not of this type");
  return rdata;
}

Result<Bytes> parse_rdata(uint16_t type, std::span<const std::string> items,
                          const std::optional<Name>& origin) {
  const auto* fields = descriptor(type);
  const bool has_names = fields != nullptr && !items.empty() && items.front() != kGeneric;
  std::string text;
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += ' ';
    if (has_names && is_name_item(fields, i)) {
      TRY(const Name name, parse_relative_name(items[i], origin));
      text += name.text();
    } else {
      text += items[i];
    }
  }
  return parse_rdata(type, text);
}

Result<Name> parse_relative_name(std::string_view text, const std::optional<Name>& origin) {
  const bool is_origin = text == "@";
  size_t escapes = 0;  // of the final dot
  while (escapes + 1 < text.size() && text[text.size() - 2 - escapes] == '\\')
    ++escapes;
  if (!is_origin && text.ends_with('.') && escapes % 2 == 0) return Name::parse(text);
  if (!origin) {
    return fail(ErrorKind::malformed, "\"" + std::string(text) + "\" is relative, and there is no origin");
  }
  if (is_origin) return *origin;
  TRY(const Name relative, Name::parse(text));
  const BytesView labels = relative.wire().substr(0, relative.wire().size() - 1);
  if (labels.size() + origin->wire().size() > base::kNameSizeMax) {
    return fail(ErrorKind::malformed,
                "\"" + std::string(text) + "\" under " + origin->text() + " is longer than 255 octets");
  }
  return Name::from_wire(Bytes(labels) + Bytes(origin->wire()));
}

std::string rdata_text(uint16_t type, BytesView rdata) {
  if (const auto text = mnemonic_text(type, rdata)) {
    // ldns does not escape all that it would have to.
    if (const auto reread = parse_rdata(type, *text); reread && *reread == rdata) return *text;
  }
  return generic_text(rdata);
}

}  // namespace dnsserver
