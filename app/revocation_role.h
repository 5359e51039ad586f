#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "acmecore/crl_files.h"
#include "acmecore/crl_publisher.h"
#include "acmecore/http/status_edge.h"
#include "acmecore/issuer_files.h"
#include "acmecore/issuers.h"
#include "acmecore/ocsp_responder.h"
#include "acmecore/published_crls.h"
#include "acmecore/records.h"
#include "acmecore/status_urls.h"
#include "app/loop.h"
#include "app/runtime.h"
#include "base/config.h"
#include "base/http/listener.h"
#include "storage/store.h"

namespace app {

// What tells relying parties whether certificates are revoked: CRLs, OCSP and the listener for both.
class RevocationRole {
 public:
  // Publishes, and serves, from now on. The errors of CrlPublisher::open and Listener::open_plain. The arguments
  // outlive the role, the role its work. REQUIRES: publishes_status(config).
  static base::Result<std::unique_ptr<RevocationRole>> open(const base::Config& config,
                                                            const acmecore::Issuers& issuers,
                                                            storage::Store& store, const base::Clock& clock,
                                                            Runtime& runtime);
  ~RevocationRole();

  // What certificates say of their status.
  const acmecore::StatusUrls& urls() const { return urls_; }
  // Empty: it has no listener.
  std::vector<base::Endpoint> endpoints() const;

  // Answers what is under way, for as long as HttpLimits::drain_timeout. Nothing is served or published afterwards.
  base::Task<> drain();

 private:
  RevocationRole(const base::Config& config, const acmecore::Issuers& issuers, storage::Store& store,
                 const base::Clock& clock);

  base::Result<void> listen(const base::Config& config, Runtime& runtime);
  base::Result<void> publish(const base::Config& config, Runtime& runtime);
  base::Task<> publish_again_and_again(Loop::Pause pause);
  void write_issuers();
  base::Task<> record_responses(bool all);

  const acmecore::Issuers& issuers_;
  storage::Store& store_;
  const base::Clock& clock_;
  acmecore::Records records_;
  const acmecore::CrlFiles files_;
  acmecore::IssuerFiles issuer_files_;
  bool are_issuers_written_ = true;  // at the last try
  // At the last try. drain() may record beside the loop.
  std::atomic<bool> are_responses_recorded_ = true;
  acmecore::StatusUrls urls_;
  acmecore::PublishedCrls crls_;
  std::optional<acmecore::OcspResponder> responder_;  // none: OCSP is off
  std::optional<acmecore::CrlPublisher> publisher_;
  std::optional<acmecore::http::StatusEdge> edge_;
  // What the listener's threads answer with. Null until the URLs are known, which is after the listener has its port.
  std::atomic<acmecore::http::StatusEdge*> serving_ = nullptr;
  std::unique_ptr<base::http::Listener> listener_;  // none: others serve the files
  // A thread of its own, because a CRL of a million entries takes a second to sign and to write.
  boost::asio::thread_pool builder_{1};
  std::unique_ptr<Loop> publishing_;
};

// Whether certificates are to say where their status is to be had.
bool publishes_status(const base::Config& config);

}  // namespace app
