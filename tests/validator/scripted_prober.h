#pragma once

#include <functional>
#include <vector>

#include "tests/support/dns_message.h"
#include "validator/prober.h"

namespace validator {

// A network of name servers that answer as the test tells it. Addresses that nobody has are silent.
class ScriptedProber final : public Prober {
 public:
  // One question, as a server reads it.
  struct Asked {
    base::Endpoint server;
    support::Question question;
  };
  // Nothing: silence.
  using Answers = std::function<base::Bytes(const support::Question&)>;

  void serve(base::Endpoint at, Answers answers) { servers_.push_back({std::move(at), std::move(answers)}); }

  base::Task<Reply> ask(base::Endpoint server, Query query, Transport transport) override;

  const std::vector<Asked>& asked() const { return asked_; }

 private:
  std::vector<std::pair<base::Endpoint, Answers>> servers_;
  std::vector<Asked> asked_;
};

// An AskAll that needs no strand.
base::Task<std::vector<Reply>> ask_in_turn(Prober& prober, std::vector<Question> questions);

}  // namespace validator
