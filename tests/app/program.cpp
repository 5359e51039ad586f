#include "tests/app/program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/support/temp_directory.h"

extern char** environ;

namespace app {

namespace {

std::string contents_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

pid_t spawn(const std::vector<std::string>& command, const std::string& out, const std::string& err) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_addopen(&files, 2, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int failure = posix_spawnp(&pid, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failure != 0) std::abort();
  return pid;
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::filesystem::path& directory)
    : out_(directory / "out"), err_(directory / "err"), pid_(spawn(command, out_, err_)) {}

Process::~Process() {
  if (ended_) return;
  signal(SIGKILL);
  wait();
}

void Process::signal(int number) const { ::kill(pid_, number); }

bool Process::has_ended() {
  if (!ended_) ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return ended_;
}

Ended Process::wait() {
  if (!ended_) ended_ = ::waitpid(pid_, &status_, 0) == pid_;
  const int code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
  return {code, contents_of(out_), contents_of(err_)};
}

Ended run(const std::vector<std::string>& command) {
  const support::TempDirectory directory;
  return Process(command, directory.path()).wait();
}

// gRPC may still be ending a connection when a short-lived client exits, which looks like a leak.
Ended assay(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"/usr/bin/env", "ASAN_OPTIONS=detect_leaks=0", ASSAY_PROGRAM});
  return run(arguments);
}

}  // namespace app
