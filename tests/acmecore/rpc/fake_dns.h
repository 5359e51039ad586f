#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "acmecore/challenge_publisher.h"
#include "acmecore/validation.h"

namespace acmecore::rpc {

// The DNS of a test: what is published in its zones is what validation sees.
class FakeDns final : public Validation, public ChallengePublisher {
 public:
  void add_zone(std::string_view apex) { zones_.push_back(base::Name::parse(apex).value()); }
  void add_cname(std::string_view owner, std::string_view target) {
    cnames_.emplace(base::Name::parse(owner).value(), base::Name::parse(target).value());
  }
  // Whoever looks for challenges of this name gets no answer to go by.
  void break_name(std::string_view identifier) { broken_ = base::Name::parse(identifier).value(); }
  // Values are taken but not shown.
  void hide_values() { hides_values_ = true; }
  // The next values are refused.
  void refuse_values() { refuses_values_ = true; }
  // Whoever looks for challenges of any name meets this.
  void fail_paths(base::Error error) { path_error_ = std::move(error); }
  size_t paths_asked() const { return paths_asked_; }
  // From now on validation says nothing for an hour, or until it is hurried.
  void be_slow() { is_slow_ = true; }
  void hurry();

  // "_acme-challenge.corp.test. admin", one a value.
  std::vector<std::string> published() const;
  size_t presented() const { return presented_; }
  base::Time last_expiry() const { return last_expiry_; }

  base::Task<Verdict> dns01(base::Name identifier, std::string expected) override;
  base::Task<base::Result<ChallengePath>> challenge_path(base::Name identifier) override;
  base::Task<base::Result<base::Name>> zone_of(base::Name owner) override;
  base::Task<base::Result<std::optional<Host>>> suggested_host() override;
  base::Task<base::Result<void>> present(std::string credential, base::Name owner, std::string value,
                                         base::Time expires) override;
  base::Task<base::Result<void>> remove(std::string credential, base::Name owner, std::string value) override;

 private:
  ChallengePath path_of(const base::Name& identifier) const;

  std::vector<base::Name> zones_;
  std::map<base::Name, base::Name> cnames_;
  std::optional<base::Name> broken_;
  bool hides_values_ = false;
  bool refuses_values_ = false;
  bool is_slow_ = false;
  std::set<boost::asio::steady_timer*> slow_;
  std::optional<base::Error> path_error_;
  size_t paths_asked_ = 0;
  base::Time last_expiry_;
  size_t presented_ = 0;
  std::set<std::tuple<base::Name, std::string, std::string>> values_;  // owner, value, credential
};

}  // namespace acmecore::rpc
