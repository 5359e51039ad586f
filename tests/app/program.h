#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace app {

// How a program ended, and what it wrote.
struct Ended {
  int exit_code;  // 128 and the signal, if a signal ended it
  std::string out;
  std::string err;
};

// A process that goes on by itself. Killed, if it has not ended before.
class Process {
 public:
  // stdout and stderr go to files in `directory`, which outlives the process.
  Process(const std::vector<std::string>& command, const std::filesystem::path& directory);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const;
  bool has_ended();
  // Waits for its end.
  Ended wait();

 private:
  const std::filesystem::path out_;
  const std::filesystem::path err_;
  pid_t pid_;
  bool ended_ = false;
  int status_ = 0;
};

// Runs a program to its end.
Ended run(const std::vector<std::string>& command);

// Our own.
Ended assay(std::vector<std::string> arguments);

}  // namespace app
