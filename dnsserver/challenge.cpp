#include "dnsserver/challenge.h"

namespace dnsserver {

using base::ErrorKind;
using base::fail;

Result<void> check_challenge(const Challenge& challenge, Time now) {
  if (challenge.value.empty() || challenge.value.size() > kChallengeValueSizeMax) {
    return fail(ErrorKind::malformed, "value: a challenge value has 1 to 255 octets, this one has " +
                                          std::to_string(challenge.value.size()));
  }
  if (challenge.credential.empty() || challenge.credential.size() > kCredentialSizeMax) {
    return fail(ErrorKind::malformed, "a credential's name has 1 to 256 octets");
  }
  if (challenge.tag.size() > kTagSizeMax) return fail(ErrorKind::malformed, "tag: it has at most 128 octets");
  if (challenge.owner.is_wildcard()) {
    return fail(ErrorKind::malformed,
                "name: " + challenge.owner.text() +
                    " is a wildcard; the challenge for it stands at the name below the *");
  }
  if (!is_live(challenge, now)) {
    return fail(ErrorKind::malformed,
                "the challenge at " + challenge.owner.text() + " would have expired already");
  }
  if (challenge.expires - now > kChallengeLifetimeMax) {
    return fail(ErrorKind::malformed, "lifetime: a challenge lives for at most 30 days");
  }
  return {};
}

}  // namespace dnsserver
