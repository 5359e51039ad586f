#include "tests/validator/unbound_lab.h"

#include <csignal>

namespace validator {

using support::Question;
using support::Response;

UnboundLab::UnboundLab() : server_(io_, [this](const Question& question) { return answers_(question); }) {
  std::signal(SIGPIPE, SIG_IGN);
  options_.stub_zones = {{support::name("test"), {server_.endpoint()}}};
  serve_one([](const Question& question) {
    return Response(question).rcode(support::kNxdomain).soa("test").bytes();
  });
}

// Lets the resolver's last look-ups end before its executor goes.
UnboundLab::~UnboundLab() {
  resolver_ = nullptr;
  io_.restart();
  io_.poll();
}

void UnboundLab::serve_one(std::function<base::Bytes(const Question&)> answer) {
  serve([answer = std::move(answer)](const Question& question) { return std::vector{answer(question)}; });
}

void UnboundLab::serve_txt(std::string_view value) {
  serve_one([value = std::string(value)](const Question& question) {
    return Response(question).answer(question.name.text(), support::kTxt, support::txt(value)).bytes();
  });
}

UnboundResolver& UnboundLab::resolver() {
  if (!resolver_) resolver_ = UnboundResolver::open(io_.get_executor(), options_).value();
  return *resolver_;
}

Lookup UnboundLab::look_up(std::string_view name, uint16_t type) {
  return support::run_task(io_, resolver().resolve(support::name(name), type)).value();
}

}  // namespace validator
