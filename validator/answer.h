#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/name.h"

namespace validator {

// CNAMEs that are followed in one answer. A longer path is a loop or a mistake; resolvers give up near here
// (libunbound at 11).
inline constexpr size_t kCnamesRead = 16;

// What a response says about its question.
struct Answer {
  uint8_t rcode = 0;
  std::vector<base::Name> path;  // the question's name, then every CNAME target in order
  std::vector<base::Name>
      dnames;  // owners of DNAMEs, which the path's CNAMEs may be synthesized from (RFC 6672)
  std::vector<base::Bytes> rdata;  // the RRset of the question's type at the end of the path
  bool has_soa = false;            // in the authority section: a server that knows says that nothing is there
};

// Reads a response with one question, of class IN. Never reads out of bounds and does work in proportion to
// the message. Records that do not belong to the path are ignored, and so are the sections behind the answer.
//
// malformed: not a whole header, question and answer section; a name beyond the limits of RFC 1035 §2.3.4 or
// with a pointer that does not point backwards; CNAMEs in a circle, more than kCnamesRead of them, two at one
// owner, or one beside the RRset that was asked for (RFC 1034 §3.6.2).
base::Result<Answer> parse_answer(base::BytesView message);

}  // namespace validator
