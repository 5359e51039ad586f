#pragma once

#include <string>
#include <vector>

#include "validator/doctor/finding.h"
#include "validator/prober.h"
#include "validator/zone_finder.h"

namespace validator::doctor {

// What one server of the parent zone says about NS at the child's apex.
struct Referral {
  ServerAddress at;
  Reply ns;
};

// What one address of the child zone's name servers says.
struct ChildServer {
  ServerAddress at;
  bool is_public = true;  // no private-use, loopback or documentation address
  Reply soa;              // over UDP
  Reply soa_tcp;          // over TCP
  // Asked only where one of those was answered.
  Reply ns;
  Reply foreign;  // a name that is not of this zone, with RD
  Reply axfr;     // over TCP
};

// The zone cut above the zone that holds the challenge's TXT RRset.
struct CutSeen {
  base::Name apex;
  base::Name parent;
  std::string why;  // no zone above it was found
  std::vector<Referral> referrals;
  std::vector<NameServer> servers;  // that the parent names, or the child
  std::vector<ChildServer> children;
  std::vector<base::Name> own;  // where the zone is ours: NS that it has here. Sorted
  std::vector<NameServer>
      own_servers;  // whose names lead nowhere outside, with the addresses that they have here
};

// NS at the apex, as the parent's servers say, and as the child's do. Sorted, without duplicates.
std::vector<base::Name> servers_at_parent(const std::vector<Referral>& referrals, const base::Name& apex);
std::vector<base::Name> servers_at_child(const std::vector<ChildServer>& children, const base::Name& apex);

// cut.delegation, cut.addresses, cut.reach, cut.count, cut.udp, cut.tcp, cut.authority, cut.recursion, cut.transfer,
// cut.serials.
Findings check_cut(const CutSeen& seen);

}  // namespace validator::doctor
