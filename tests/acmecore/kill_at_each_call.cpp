#include "tests/acmecore/kill_at_each_call.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace acmecore {

namespace {

// Not those that leave all files as they are: to be killed at them is to be killed at the next one that counts.
bool is_before_a_call_that_counts(pid_t child) {
  constexpr std::array<uint64_t, 14> kHarmless = {
      SYS_brk,  SYS_mmap,    SYS_munmap, SYS_mprotect, SYS_madvise,    SYS_futex,    SYS_getrandom,
      SYS_read, SYS_pread64, SYS_lseek,  SYS_fstat,    SYS_newfstatat, SYS_readlink, SYS_getdents64};
  __ptrace_syscall_info info{};
  ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof info, &info);
  return info.op == PTRACE_SYSCALL_INFO_ENTRY &&
         std::ranges::find(kHarmless, info.entry.nr) == kHarmless.end();
}

}  // namespace

int kill_at_each_call(const std::function<bool()>& work, const std::function<void()>& look) {
  for (int calls = 1;; ++calls) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
      ::raise(SIGSTOP);
      ::_exit(work() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD);
    for (int met = 0; met < calls && WIFSTOPPED(status);) {
      ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
      ::waitpid(child, &status, 0);
      if (WIFSTOPPED(status)) met += is_before_a_call_that_counts(child);
    }
    const bool ended = !WIFSTOPPED(status);
    if (ended) {
      EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    } else {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
    }
    look();
    if (ended) return calls;
  }
}

}  // namespace acmecore
