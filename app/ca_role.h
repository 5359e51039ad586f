#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "acmecore/administration.h"
#include "acmecore/authority.h"
#include "acmecore/external_account_keys.h"
#include "acmecore/http/directories.h"
#include "acmecore/inventory.h"
#include "acmecore/issuers.h"
#include "acmecore/nonces.h"
#include "acmecore/policy.h"
#include "acmecore/public_suffixes.h"
#include "acmecore/records.h"
#include "acmecore/revocations.h"
#include "acmecore/rpc/directory_service.h"
#include "acmecore/status_urls.h"
#include "app/loop.h"
#include "app/runtime.h"
#include "base/async/executor_background.h"
#include "base/config.h"
#include "base/http/listener.h"
#include "base/http/tls.h"
#include "storage/store.h"

namespace app {

// The certificate authority and its HTTPS.
class CaRole {
 public:
  // Serves from now on, and takes up what was under way when the last process ended. The errors of Nonces::open,
  // Listener::open, PublicSuffixes::open and policy_rules. The arguments outlive the role, the role its work.
  // `status`: what certificates say of theirs.
  static base::Result<std::unique_ptr<CaRole>> open(const base::Config& config,
                                                    const acmecore::StatusUrls& status,
                                                    const acmecore::Issuers& issuers, storage::Store& store,
                                                    acmecore::Validation& validation,
                                                    const base::Clock& clock, Runtime& runtime,
                                                    const base::http::TlsIdentity& identity);

  acmecore::Authority& authority() { return authority_; }
  acmecore::ExternalAccountKeys& external_account_keys() { return external_account_keys_; }
  acmecore::Administration& administration() { return administration_; }
  acmecore::Inventory& inventory() { return inventory_; }
  acmecore::Revocations& revocations() { return revocations_; }
  // As DirectoryService tells them. REQUIRES: the configuration is the one that the role was opened with.
  std::vector<acmecore::rpc::DirectoryAt> directories_at(const base::Config& config) const;
  const std::vector<base::Endpoint>& endpoints() const { return listener_->endpoints(); }
  // Of the first of its directories.
  std::string directory_url() const { return directories_->urls().front(); }

  base::Result<void> renew(const base::http::TlsIdentity& identity) { return listener_->renew(identity); }

  // Answers what is under way, for as long as HttpLimits::drain_timeout, and ends what goes on in the
  // background. Nothing is served afterwards.
  base::Task<> drain();

 private:
  // Of the CA's own, not of its surroundings.
  struct Rules {
    acmecore::PublicSuffixes suffixes;
    acmecore::PolicyRules policy;
  };

  CaRole(const base::Config& config, Rules rules, const acmecore::StatusUrls& status,
         const acmecore::Issuers& issuers, storage::Store& store, acmecore::Validation& validation,
         const base::Clock& clock, Runtime& runtime);

  base::Task<> save_nonces();
  base::Task<> sweep_again_and_again(Loop::Pause pause);
  base::Task<base::Result<bool>> sweep(bool is_whole);
  base::Task<> record_refusals(bool all);
  base::Result<void> open_https(const base::Config& config, const base::http::TlsIdentity& identity);

  Runtime& runtime_;
  acmecore::Records records_;
  base::ExecutorBackground background_;
  const acmecore::PublicSuffixes suffixes_;
  const acmecore::Policy policy_;
  acmecore::Authority authority_;
  acmecore::ExternalAccountKeys external_account_keys_;
  acmecore::Administration administration_;
  acmecore::Inventory inventory_;
  acmecore::Revocations revocations_;
  std::unique_ptr<acmecore::Nonces> nonces_;
  std::atomic<bool> are_refusals_recorded_ = true;  // at the last try; drain() may record beside the sweep
  std::optional<acmecore::http::Directories> directories_;
  // What the listener's threads answer with. Null until the URLs are known, which is after the listener has its
  // port.
  std::atomic<acmecore::http::Directories*> serving_ = nullptr;
  std::unique_ptr<base::http::Listener> listener_;
  std::unique_ptr<Loop> sweep_;
  std::unique_ptr<Loop> revoking_;
};

}  // namespace app
