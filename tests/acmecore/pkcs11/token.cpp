#include "tests/acmecore/pkcs11/token.h"

#include <gtest/gtest.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cassert>
#include <cstring>
#include <filesystem>
#include <thread>

// SoftHSM 2.6.1 never frees the name of the curve that it decodes for each use of an Ed25519 key. Only with whole
// stacks, through OpenSSL, is it seen that a leak is SoftHSM's.
const char* __lsan_default_suppressions() { return "leak:libsofthsm2.so\n"; }
const char* __asan_default_options() { return "fast_unwind_on_malloc=0"; }

namespace acmecore::pkcs11 {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSoftHsm = "/usr/lib/softhsm/libsofthsm2.so";
constexpr const char* kClient = "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so";
constexpr const char* kServer = "/usr/libexec/p11-kit/p11-kit-server";

void run(const std::string& command) {
  const ProgramResult done = run_program(command);
  EXPECT_TRUE(done.succeeded) << done.output;
}

bool accepts(const std::string& socket_path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  assert(socket_path.size() < sizeof address.sun_path);
  std::strcpy(address.sun_path, socket_path.c_str());
  const bool connected = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

}  // namespace

bool is_softhsm_installed() {
  return fs::exists(kSoftHsm) && fs::exists(kClient) && fs::exists(kServer) &&
         fs::exists("/usr/bin/pkcs11-tool");
}

SoftToken::SoftToken() : configuration_(directory_.path() + "/softhsm2.conf") {
  fs::create_directory(directory_.path() + "/tokens");
  write_text(configuration_, "directories.tokendir = " + directory_.path() + "/tokens\n");
  ::setenv("SOFTHSM2_CONF", configuration_.c_str(), 1);
  run(std::string("softhsm2-util --init-token --free --label ca --so-pin 5678 --pin ") + kPin);
}

SoftToken::~SoftToken() { ::unsetenv("SOFTHSM2_CONF"); }

void SoftToken::generate(const std::string& type, const std::string& label, const std::string& id) {
  run(std::string("pkcs11-tool --module ") + kSoftHsm + " --token-label ca --login --pin " + kPin +
      " --keypairgen --key-type " + type + " --label " + label + " --id " + id);
}

void SoftToken::take_away() { fs::rename(directory_.path() + "/tokens", directory_.path() + "/away"); }
void SoftToken::bring_back() { fs::rename(directory_.path() + "/away", directory_.path() + "/tokens"); }

const char* SoftToken::library() { return kSoftHsm; }

TokenServer::TokenServer(const SoftToken& token) : configuration_(token.configuration()) {
  ::setenv("P11_KIT_SERVER_ADDRESS", ("unix:path=" + directory_.path() + "/socket").c_str(), 1);
  start();
}

TokenServer::~TokenServer() {
  kill();
  ::unsetenv("P11_KIT_SERVER_ADDRESS");
}

// In a process group of its own, for it starts a process for each of its users.
void TokenServer::start() {
  const std::string socket = directory_.path() + "/socket";
  fs::remove(socket);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::setpgid(0, 0);
    ::execl(kServer, kServer, "-f", "-n", socket.c_str(), "--provider", kSoftHsm, "pkcs11:", nullptr);
    ::_exit(127);
  }
  ::setpgid(pid_, pid_);
  while (!accepts(socket) && ::waitpid(pid_, nullptr, WNOHANG) == 0)
    std::this_thread::yield();
}

void TokenServer::kill() {
  if (pid_ == 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

const char* TokenServer::library() { return kClient; }

}  // namespace acmecore::pkcs11
