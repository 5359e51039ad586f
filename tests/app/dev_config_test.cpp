#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/dev.h"
#include "app/files.h"
#include "app/free_port.h"
#include "tests/support/temp_directory.h"

namespace app {
namespace {

using base::Name;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

class PrepareDev : public testing::Test {
 protected:
  PrepareDev() { options_.state = directory_.path() / "state"; }

  static Name name(std::string_view text) { return Name::parse(text).value(); }

  support::TempDirectory directory_;
  DevOptions options_;
};

TEST_F(PrepareDev, ListensOnLoopbackOnly) {
  const auto dev = prepare_dev(options_);
  ASSERT_TRUE(dev);
  for (const auto* listen : {&dev->config.dns.listen, &dev->config.acme.listen, &dev->config.grpc.listen}) {
    ASSERT_EQ(listen->size(), 1u);
    EXPECT_EQ(listen->front().address, "127.0.0.1");
    EXPECT_GE(listen->front().port, 1024);
  }
  EXPECT_NE(dev->config.acme.listen, dev->config.grpc.listen);
}

TEST_F(PrepareDev, MakesATokenOnce) {
  ASSERT_TRUE(prepare_dev(options_));
  const std::string token = read_token(options_.state / kTokenFile).value();
  EXPECT_EQ(token.size(), 22u);
  ASSERT_TRUE(prepare_dev(options_));
  EXPECT_EQ(read_token(options_.state / kTokenFile).value(), token);
}

TEST_F(PrepareDev, KeepsTheStateToItsOwner) {
  ASSERT_TRUE(prepare_dev(options_));
  struct stat status {};
  ASSERT_EQ(::stat(options_.state.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(PrepareDev, MakesAZoneAndAsksItselfForIt) {
  const auto dev = prepare_dev(options_);
  ASSERT_TRUE(dev);
  EXPECT_THAT(dev->own_zones.made, ElementsAre(name("acme.test")));
  EXPECT_THAT(dev->own_zones.asked, ElementsAre(name("acme.test"), name("test")));
}

TEST_F(PrepareDev, AStubForTestIsNotOverridden) {
  options_.stubs = {{name("test"), {{"127.0.0.1", 5300}}}};
  const auto dev = prepare_dev(options_);
  ASSERT_TRUE(dev);
  EXPECT_THAT(dev->own_zones.asked, ElementsAre(name("acme.test")));
}

TEST_F(PrepareDev, OneNameIsOneZone) {
  options_.zones = {name("a.test"), name("A.test")};
  EXPECT_FALSE(prepare_dev(options_));
  options_.zones = {name("a.test")};
  options_.stubs = {{name("a.test"), {{"127.0.0.1", 5300}}}};
  EXPECT_FALSE(prepare_dev(options_));
}

TEST_F(PrepareDev, TakesThePortsItIsGiven) {
  options_.dns_port = 0;
  options_.acme_port = 1;
  options_.grpc_port = 2;
  const auto dev = prepare_dev(options_);
  ASSERT_TRUE(dev);
  EXPECT_EQ(dev->config.dns.listen.front().port, 0);
  EXPECT_EQ(dev->config.acme.listen.front().port, 1);
  EXPECT_EQ(dev->config.grpc.listen.front().port, 2);
}

// A socket bound to a port of the kernel's choice on 127.0.0.1.
class TakenPort {
 public:
  explicit TakenPort(int type) : socket_(::socket(AF_INET, type, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    if (type == SOCK_STREAM) {
      EXPECT_EQ(::listen(socket_, 1), 0);
    }
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~TakenPort() { ::close(socket_); }

  uint16_t port() const { return port_; }

 private:
  int socket_;
  uint16_t port_ = 0;
};

TEST(FirstFreePort, PassesByOneThatIsTaken) {
  const TakenPort tcp(SOCK_STREAM);
  EXPECT_GT(first_free_port(tcp.port(), Use::tcp).value(), tcp.port());
}

TEST(FirstFreePort, MindsUdpOnlyWhereItIsUsed) {
  const TakenPort udp(SOCK_DGRAM);
  EXPECT_EQ(first_free_port(udp.port(), Use::tcp).value(), udp.port());
  EXPECT_GT(first_free_port(udp.port(), Use::tcp_and_udp).value(), udp.port());
}

TEST(FirstFreePort, EndsAtTheLastPort) {
  const auto last = first_free_port(UINT16_MAX, Use::tcp);
  if (last) {
    EXPECT_EQ(*last, UINT16_MAX);
  }
}

}  // namespace
}  // namespace app
