#pragma once

#include <cstddef>
#include <vector>

#include "base/task.h"
#include "validator/prober.h"

namespace validator {

// Questions that are on their way at once. Each has a socket, and takes its whole time where nobody answers.
inline constexpr size_t kAskedAtOnceMax = 8;

// An AskAll: the next question is asked when one of kAskedAtOnceMax is answered or has failed. The prober is asked on a
// strand.
base::Task<std::vector<Reply>> ask_all(Prober& prober, std::vector<Question> questions);

}  // namespace validator
