#pragma once

#include <string>

#include "dnsserver/challenge.h"
#include "dnsserver/rrset.h"
#include "dnsserver/zone.h"

namespace dnsserver {

// A zone as a master file (RFC 1035 §5), piece by piece: one record a line, nothing left out and nothing relative, so
// that any software reads it, and the reader of ours (dnsserver/zone_file.h) finds no difference.

// SOA and NS of the apex, which come first.
std::string zone_file_head(const Zone& zone);

std::string zone_file_lines(const RRset& rrset);

// A value that was published, with the time when it expires as a comment.
std::string zone_file_line(const Challenge& challenge);

}  // namespace dnsserver
