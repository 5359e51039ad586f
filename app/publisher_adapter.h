#pragma once

#include "acmecore/challenge_publisher.h"
#include "dnsserver/publishing.h"

namespace app {

// What acmecore's one-call issue needs of a challenge authority: the one in this process.
class PublisherAdapter final : public acmecore::ChallengePublisher {
 public:
  // `publishing` outlives the adapter.
  explicit PublisherAdapter(dnsserver::Publishing& publishing) : publishing_(publishing) {}

  base::Task<base::Result<base::Name>> zone_of(base::Name owner) override;
  base::Task<base::Result<std::optional<Host>>> suggested_host() override;
  base::Task<base::Result<void>> present(std::string credential, base::Name owner, std::string value,
                                         base::Time expires) override;
  base::Task<base::Result<void>> remove(std::string credential, base::Name owner, std::string value) override;

 private:
  dnsserver::Publishing& publishing_;
};

}  // namespace app
