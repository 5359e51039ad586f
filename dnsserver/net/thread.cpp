#include "dnsserver/net/thread.h"

#include <pthread.h>

#include <csignal>
#include <system_error>
#include <utility>

namespace dnsserver::net {

base::Result<std::thread> start_thread(std::string name, std::function<void()> run) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // A thread begins with the signal mask of the one that makes it.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread;
  std::string why;
  try {
    thread = std::thread(std::move(run));
  } catch (const std::system_error& error) {
    why = error.what();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (!thread.joinable()) {
    return base::fail(base::ErrorKind::unavailable, "cannot start the thread \"" + name + "\": " + why);
  }
  constexpr size_t kNameSizeMax = 15;
  pthread_setname_np(thread.native_handle(), name.substr(0, kNameSizeMax).c_str());
  return thread;
}

}  // namespace dnsserver::net
