#pragma once

#include <cstddef>
#include <vector>

#include "base/endpoint.h"
#include "base/task.h"
#include "validator/prober.h"

namespace validator {

// Questions that are on their way at once. Each has a socket, and takes its whole time where nobody answers.
inline constexpr size_t kAskedAtOnceMax = 8;

struct Question {
  base::Endpoint server;
  Query query;
};

// Asks all of them over UDP, the next one when one of kAskedAtOnceMax is answered or has failed. The replies are in
// the order of the questions. The prober is asked on a strand, and outlives the task.
base::Task<std::vector<Reply>> ask_all(Prober& prober, std::vector<Question> questions);

}  // namespace validator
