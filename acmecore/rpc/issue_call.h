#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "acmecore/authority.h"
#include "acmecore/challenge_publisher.h"
#include "acmecore/csr.h"
#include "acmecore/rpc/delegation.h"
#include "acmecore/validation.h"
#include "assay/v1/certificate.pb.h"
#include "base/error.h"
#include "base/task.h"
#include "base/time.h"

namespace acmecore::rpc {

// Published values disappear after this by themselves, should nobody be left to remove them.
inline constexpr std::chrono::minutes kPublishedMax{60};

// Look-ups, validations and signing that take longer are given up on; the order goes on without us.
inline constexpr std::chrono::minutes kIssueWaitMax{5};

// The one who made the call.
class IssueCaller {
 public:
  virtual ~IssueCaller() = default;
  // Tells what happened. False: nobody listens any more.
  virtual base::Task<bool> tell(assay::v1::IssueResponse event) = 0;
  virtual bool has_gone() const = 0;
};

// What an issuance by one call stands on. All of it outlives the call.
struct IssueServices {
  Authority& authority;
  Validation& validation;
  ChallengePublisher& publisher;
  const base::Clock& clock;
};

// One CertificateService.Issue: the order of an ACME client, with the client's work done here. Used once.
class IssueCall {
 public:
  // `address`: where the call comes from; empty: it is not known.
  IssueCall(IssueServices services, std::string principal, IssueCaller& caller, std::string address = {})
      : services_(services),
        principal_(std::move(principal)),
        address_(std::move(address)),
        caller_(caller) {}

  // Returns when the certificate was told, or with the first error; either way, what it published is gone.
  //
  // The errors of Authority, and: bad_csr also for names that are not those of the CSR. compound: one suberror
  // for each name that does not lead to a zone here, before which no order is made, or whose validation failed.
  // unavailable: the caller has gone, it takes longer than kIssueWaitMax, or nothing can be looked up. What policy or
  // profile refuse is refused before anything is looked up. With whatever error it returns, an order that waits for a
  // person is withdrawn; where that fails, it is logged.
  base::Task<base::Result<void>> run(assay::v1::IssueRequest request);

 private:
  base::Task<base::Result<void>> issue(assay::v1::IssueRequest request);
  base::Result<void> check_order(const std::string& profile_name, const Csr& csr) const;
  base::Task<base::Result<void>> prove();
  base::Task<base::Result<void>> find_delegations();
  base::Task<base::Result<Delegation>> find_delegation(Identifier identifier);
  base::Task<base::Result<void>> publish();
  base::Task<base::Result<void>> respond(std::string id);
  base::Task<base::Result<void>> await_validations();
  base::Task<base::Result<AuthorizationView>> settled_authorization(std::string id);
  base::Task<base::Result<OrderView>> settled_order(OrderView order);
  base::Task<base::Result<OrderView>> approved_order(OrderView order);
  base::Task<> withdraw_order();
  base::Task<base::Result<void>> hand_out(Serial serial);
  base::Task<> withdraw();

  base::Task<base::Result<void>> tell(assay::v1::IssueResponse event);
  base::Result<void> still_wanted() const;
  base::Task<base::Result<void>> pause(std::chrono::milliseconds& duration);

  const IssueServices services_;
  const std::string principal_;
  const std::string address_;
  IssueCaller& caller_;

  std::vector<Identifier> identifiers_;
  Requester account_;
  Order order_;
  bool may_wait_ = false;  // the order, for a person
  std::vector<Authorization> authorizations_;
  std::map<std::string, Delegation> delegations_;  // by name, without "*."
  std::vector<std::pair<base::Name, std::string>> published_;
  base::Time give_up_;
};

}  // namespace acmecore::rpc
