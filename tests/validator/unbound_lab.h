#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string_view>

#include "tests/support/dns_server.h"
#include "tests/support/run_task.h"
#include "validator/net/unbound_resolver.h"

namespace validator {

// A resolver and the one server that it asks for everything below "test.".
class UnboundLab : public testing::Test {
 protected:
  UnboundLab();
  ~UnboundLab() override;

  // From now on the server answers so. Without it, nothing exists.
  void serve(support::DnsServer::Answers answers) { answers_ = std::move(answers); }
  void serve_one(std::function<base::Bytes(const support::Question&)> answer);
  // One TXT RRset at each name that is asked for.
  void serve_txt(std::string_view value);

  // The options that a test may change before its first look-up.
  UnboundOptions options_;

  UnboundResolver& resolver();
  Lookup look_up(std::string_view name, uint16_t type = kTxt);

  boost::asio::io_context io_;
  support::DnsServer::Answers answers_;
  support::DnsServer server_;

 private:
  std::unique_ptr<UnboundResolver> resolver_;
};

}  // namespace validator
