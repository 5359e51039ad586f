#include "app/signals.h"

namespace app {

Signals::Signals() {
  ::signal(SIGPIPE, SIG_IGN);
  ::sigemptyset(&set_);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM})
    ::sigaddset(&set_, signal);
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

std::optional<int> Signals::wait(std::chrono::seconds patience) {
  timespec left{};
  left.tv_sec = patience.count();
  const int signal = ::sigtimedwait(&set_, nullptr, &left);
  return signal > 0 ? std::optional(signal) : std::nullopt;
}

void Signals::release() { ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr); }

}  // namespace app
