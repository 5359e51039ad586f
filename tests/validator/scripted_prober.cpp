#include "tests/validator/scripted_prober.h"

namespace validator {

base::Task<Reply> ScriptedProber::ask(base::Endpoint server, Query query, Transport transport) {
  Reply reply;
  reply.transport = transport;
  reply.why = "no answer within 2 s";
  asked_.push_back({server, support::parse_question(query_message(query, 1), transport == Transport::tcp)});
  for (const auto& [at, answers] : servers_) {
    if (at != server) continue;
    const base::Bytes message = answers(asked_.back().question);
    if (!message.empty()) reply.response = parse_response(message).value();
  }
  co_return reply;
}

base::Task<std::vector<Reply>> ask_in_turn(Prober& prober, std::vector<Question> questions) {
  std::vector<Reply> replies;
  for (const Question& question : questions)
    replies.push_back(co_await prober.ask(question.server, question.query, Transport::udp));
  co_return replies;
}

}  // namespace validator
