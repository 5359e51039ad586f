#include "tests/dnsserver/zone_text.h"

#include <ldns/ldns.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/message.h"
#include "dnsserver/wire.h"

namespace dnsserver {

namespace {

struct FreeRr {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct FreePkt {
  void operator()(ldns_pkt* pkt) const { ldns_pkt_free(pkt); }
};
struct FreeRdf {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
using Rr = std::unique_ptr<ldns_rr, FreeRr>;

[[noreturn]] void stop(std::string_view what, std::string_view text) {
  std::fprintf(stderr, "%.*s: %.*s\n", int(what.size()), what.data(), int(text.size()), text.data());
  std::abort();
}

// What ldns allocated for a string.
std::string take(char* text) {
  if (text == nullptr) stop("ldns", "no text");
  std::string copy(text);
  std::free(text);
  return copy;
}

Bytes octets_of(const ldns_rdf* rdf) {
  return Bytes(reinterpret_cast<const char*>(ldns_rdf_data(rdf)), ldns_rdf_size(rdf));
}

Rr parse_rr(const std::string& line, const Name& origin) {
  const std::unique_ptr<ldns_rdf, FreeRdf> origin_rdf(ldns_dname_new_frm_str(origin.text().c_str()));
  ldns_rr* rr = nullptr;
  if (ldns_rr_new_frm_str(&rr, line.c_str(), 60, origin_rdf.get(), nullptr) != LDNS_STATUS_OK) {
    stop("not a record", line);
  }
  return Rr(rr);
}

// Without what ldns adds: tabs, a comment, the line feed.
std::string line_of(const ldns_rr* rr) {
  std::string line = take(ldns_rr2str(rr));
  line = line.substr(0, line.find(" ;"));
  while (!line.empty() && (line.back() == '\n' || line.back() == ' '))
    line.pop_back();
  std::replace(line.begin(), line.end(), '\t', ' ');
  return line;
}

std::vector<std::string> lines_of(const ldns_rr_list* list) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < ldns_rr_list_rr_count(list); ++i)
    lines.push_back(line_of(ldns_rr_list_rr(list, i)));
  return lines;
}

std::string flags_of(uint16_t flags) {
  static constexpr std::pair<uint16_t, const char*> kFlags[] = {
      {0x8000, "qr"}, {0x0400, "aa"}, {0x0200, "tc"}, {0x0100, "rd"},
      {0x0080, "ra"}, {0x0040, "z"},  {0x0020, "ad"}, {0x0010, "cd"}};
  std::string text;
  for (const auto& [bit, name] : kFlags) {
    if (flags & bit) text += (text.empty() ? "" : " ") + std::string(name);
  }
  return text;
}

std::string hex_of(BytesView octets) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char octet : octets)
    text += {kDigits[uint8_t(octet) >> 4], kDigits[uint8_t(octet) & 0xf]};
  return text;
}

// Options of RFC 8914 are told by their code, padding without its octets, others by number and octets.
std::string options_of(BytesView options) {
  std::string text;
  while (!options.empty()) {
    const uint16_t code = u16_at(options, 0);
    const uint16_t size = u16_at(options, 2);
    if (code == 15) {
      text += " ede=" + std::to_string(u16_at(options, 4));
    } else if (code == 12) {
      text += " padding";
    } else {
      text += " option=" + std::to_string(code);
      if (size > 0) text += ":" + hex_of(options.substr(4, size));
    }
    options.remove_prefix(size_t(4) + size);
  }
  return text;
}

std::string edns_of(const ldns_pkt* pkt) {
  if (!ldns_pkt_edns(pkt)) return "";
  std::string text = "version=" + std::to_string(ldns_pkt_edns_version(pkt));
  text += " size=" + std::to_string(ldns_pkt_edns_udp_size(pkt));
  if (ldns_pkt_edns_do(pkt)) text += " do";
  if (const uint16_t z = ldns_pkt_edns_z(pkt) & 0x7fff) text += " z=" + std::to_string(z);
  if (const ldns_rdf* data = ldns_pkt_edns_data(pkt)) text += options_of(octets_of(data));
  return text;
}

std::string rcode_of(const ldns_pkt* pkt) {
  const int code = ldns_pkt_get_rcode(pkt) | ldns_pkt_edns_extended_rcode(pkt) << 4;
  if (code == 16) return "BADVERS";
  if (code == 23) return "BADCOOKIE";
  if (code == LDNS_RCODE_NOTIMPL) return "NOTIMP";  // as IANA has it
  return take(ldns_pkt_rcode2str(ldns_pkt_rcode(code)));
}

}  // namespace

std::vector<RRset> parse_rrsets(std::string_view text, const Name& origin) {
  std::vector<RRset> rrsets;
  while (!text.empty()) {
    const std::string line(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const size_t first = line.find_first_not_of(" \t");
    if (first == std::string::npos || line[first] == ';') continue;
    const Rr rr = parse_rr(line.substr(first), origin);
    const Name owner = Name::from_wire(octets_of(ldns_rr_owner(rr.get()))).value();
    Bytes rdata;
    for (size_t i = 0; i < ldns_rr_rd_count(rr.get()); ++i)
      rdata += octets_of(ldns_rr_rdf(rr.get(), i));
    auto rrset = std::find_if(rrsets.begin(), rrsets.end(), [&](const RRset& each) {
      return each.owner == owner && each.type == ldns_rr_get_type(rr.get());
    });
    if (rrset == rrsets.end()) {
      rrsets.push_back({owner, uint16_t(ldns_rr_get_type(rr.get())), ldns_rr_ttl(rr.get()), {}});
      rrset = rrsets.end() - 1;
    }
    rrset->rdata.push_back(std::move(rdata));
  }
  return rrsets;
}

std::string canonical_line(std::string_view line, const Name& origin) {
  return line_of(parse_rr(std::string(line), origin).get());
}

uint16_t type_number(const std::string& text) { return uint16_t(ldns_get_rr_type_by_name(text.c_str())); }

uint16_t class_number(const std::string& text) { return uint16_t(ldns_get_rr_class_by_name(text.c_str())); }

Bytes from_hex(std::string_view digits) {
  Bytes octets;
  int high = -1;
  for (char c : digits) {
    if (c == ' ') continue;
    const size_t value = std::string_view("0123456789abcdef").find(base::lower(c));
    if (value == std::string_view::npos) stop("not hexadecimal", digits);
    if (high >= 0) octets += char(size_t(high) << 4 | value);
    high = high >= 0 ? -1 : int(value);
  }
  if (high >= 0) stop("half an octet", digits);
  return octets;
}

ReadMessage read_message(BytesView message) {
  if (const auto checked = base::check_message(message); !checked)
    stop("not a message", checked.error().detail);
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, base::octets(message), message.size()) != LDNS_STATUS_OK) {
    stop("not a message", "as ldns reads it");
  }
  const std::unique_ptr<ldns_pkt, FreePkt> pkt(parsed);
  ReadMessage read{.rcode = rcode_of(pkt.get()),
                   .flags = flags_of(u16_at(message, 2)),
                   .question = {},
                   .answer = lines_of(ldns_pkt_answer(pkt.get())),
                   .authority = lines_of(ldns_pkt_authority(pkt.get())),
                   .additional = lines_of(ldns_pkt_additional(pkt.get())),
                   .edns = edns_of(pkt.get())};
  if (const auto question = lines_of(ldns_pkt_question(pkt.get())); !question.empty())
    read.question = question[0];
  return read;
}

}  // namespace dnsserver
