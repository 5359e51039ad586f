// Full issuances against any ACME server, and what they cost it.
//
//   acme_load [--workers N] [--seconds S] [--warmup S] [--zone bench.test]
//
// Prints the port of its DNS server first ("dns PORT"). Then it reads "PID DIRECTORY-URL CA-FILE" from standard
// input: a driver starts the server, which asks that port, in between. Ends with one line of JSON. Keys and
// accounts are made before the clock starts.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "base/base64url.h"
#include "tests/bench/acme/https_session.h"
#include "tests/bench/acme/signer.h"
#include "tests/bench/acme/txt_server.h"

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

struct Options {
  std::string directory;
  std::string ca;  // PEM of who signed the server's HTTPS certificate
  int pid = 0;
  int workers = 8;
  int seconds = 10;
  int warmup = 2;
  std::string zone = "bench.test";
};

struct Url {
  std::string host, port, target;
};

Url parse_url(std::string_view url) {
  url.remove_prefix(std::string_view("https://").size());
  const size_t slash = url.find('/');
  const std::string_view authority = url.substr(0, slash);
  const size_t colon = authority.find(':');
  return {std::string(authority.substr(0, colon)),
          colon == std::string_view::npos ? "443" : std::string(authority.substr(colon + 1)),
          std::string(url.substr(slash))};
}

// User and system time of the process, its threads included.
std::chrono::duration<double> cpu_time(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  long user = 0, system = 0;
  fields >> user >> system;
  return std::chrono::duration<double>(double(user + system) / double(sysconf(_SC_CLK_TCK)));
}

// One ACME account on one connection.
class Worker {
 public:
  Worker(const Options& options, TxtServer& dns, int number)
      : options_(options),
        dns_(dns),
        number_(number),
        session_(parse_url(options.directory).host, parse_url(options.directory).port, options.ca),
        key_(make_key()),
        certificate_key_(make_key()),
        directory_(boost::json::parse(session_.get(parse_url(options.directory).target).body).as_object()) {
    nonce_ = session_.get(parse_url(at(directory_, "newNonce")).target).nonce;
    who_ = "\"jwk\":" + jwk(key_.get());
    const HttpAnswer account = post(at(directory_, "newAccount"), R"({"termsOfServiceAgreed":true})");
    if (account.status != 201) throw std::runtime_error("newAccount: " + account.body);
    who_ = "\"kid\":\"" + account.location + "\"";
  }

  // From newOrder to the certificate.
  void issue() {
    const std::string name =
        "n" + std::to_string(number_) + "-" + std::to_string(issued_++) + "." + options_.zone;
    const std::string request_der = csr(certificate_key_.get(), name);
    const HttpAnswer created =
        post(at(directory_, "newOrder"), R"({"identifiers":[{"type":"dns","value":")" + name + "\"}]}");
    auto order = object(created);
    const std::string authorization_url(order.at("authorizations").as_array().at(0).as_string());
    const auto authorization = object(post(authorization_url, ""));
    const auto& challenge = dns01(authorization);
    const std::string key_authorization = at(challenge, "token") + "." + thumbprint(key_.get());
    dns_.publish("_acme-challenge." + name, base::base64url(base::sha256(key_authorization)));
    const auto asked = Clock::now();
    auto answered = object(post(at(challenge, "url"), "{}"));
    std::string status = at(answered, "status");
    while (status != "valid") {
      if (status == "invalid") throw std::runtime_error("invalid: " + boost::json::serialize(answered));
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      answered = object(post(authorization_url, ""));
      status = at(answered, "status");
    }
    validation_ms.push_back(Milliseconds(Clock::now() - asked).count());
    order = object(post(at(order, "finalize"), R"({"csr":")" + base::base64url(request_der) + "\"}"));
    while (at(order, "status") != "valid") {
      if (at(order, "status") == "invalid")
        throw std::runtime_error("invalid: " + boost::json::serialize(order));
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      order = object(post(created.location, ""));
    }
    const HttpAnswer chain = post(at(order, "certificate"), "");
    if (chain.body.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
      throw std::runtime_error(chain.body);
  }

  std::vector<double> issue_ms;
  std::vector<double> validation_ms;
  int posts = 0;

 private:
  static std::string at(const boost::json::object& object, std::string_view name) {
    return std::string(object.at(name).as_string());
  }

  static boost::json::object object(const HttpAnswer& answer) {
    if (answer.status >= 300) throw std::runtime_error(answer.body);
    return boost::json::parse(answer.body).as_object();
  }

  static const boost::json::object& dns01(const boost::json::object& authorization) {
    for (const auto& challenge : authorization.at("challenges").as_array()) {
      if (challenge.as_object().at("type").as_string() == "dns-01") return challenge.as_object();
    }
    throw std::runtime_error("no dns-01 challenge");
  }

  HttpAnswer post(const std::string& url, std::string_view payload) {
    ++posts;
    HttpAnswer answer = session_.post(parse_url(url).target, jws(key_.get(), who_, nonce_, url, payload));
    nonce_ = answer.nonce;
    return answer;
  }

  const Options& options_;
  TxtServer& dns_;
  int number_;
  int issued_ = 0;
  HttpsSession session_;
  base::PkeyHandle key_;
  base::PkeyHandle certificate_key_;
  boost::json::object directory_;
  std::string nonce_;
  std::string who_;
};

double percentile(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, size_t(part * double(values.size())))];
}

void report(const std::vector<std::unique_ptr<Worker>>& workers, double elapsed, double cpu, long posts) {
  std::vector<double> issues, validations;
  for (const auto& worker : workers) {
    issues.insert(issues.end(), worker->issue_ms.begin(), worker->issue_ms.end());
    validations.insert(validations.end(), worker->validation_ms.begin(), worker->validation_ms.end());
  }
  const double count = double(issues.size());
  std::printf(
      "{\"issuances\":%.0f,\"per_second\":%.1f,\"cpu_ms\":%.3f,\"utilization\":%.2f,\"posts\":%.2f,"
      "\"issue_p50_ms\":%.2f,\"issue_p99_ms\":%.2f,\"validation_p50_ms\":%.2f,\"validation_p99_ms\":%.2f}\n",
      count, count / elapsed, 1000 * cpu / count, cpu / elapsed, double(posts) / count,
      percentile(issues, 0.5), percentile(issues, 0.99), percentile(validations, 0.5),
      percentile(validations, 0.99));
}

void run(const Options& options, TxtServer& dns) {
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < options.workers; ++i)
    workers.push_back(std::make_unique<Worker>(options, dns, i));
  std::atomic<bool> measuring = false, stopping = false;
  std::vector<std::thread> threads;
  for (auto& worker : workers) {
    threads.emplace_back([&worker, &measuring, &stopping] {
      bool counted = false;
      while (!stopping) {
        if (!counted && measuring) {
          counted = true;
          worker->validation_ms.clear();
          worker->posts = 0;
        }
        const auto start = Clock::now();
        worker->issue();
        if (counted && !stopping) worker->issue_ms.push_back(Milliseconds(Clock::now() - start).count());
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::seconds(options.warmup));
  const auto cpu_before = cpu_time(options.pid);
  const auto start = Clock::now();
  measuring = true;
  std::this_thread::sleep_for(std::chrono::seconds(options.seconds));
  const double cpu = (cpu_time(options.pid) - cpu_before).count();
  const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  stopping = true;
  for (auto& thread : threads)
    thread.join();
  long posts = 0;
  for (const auto& worker : workers)
    posts += worker->posts;
  report(workers, elapsed, cpu, posts);
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  bench::Options options;
  CLI::App app("Full ACME issuances against any server, and what they cost it");
  app.add_option("--workers", options.workers, "Connections, each with an account")->capture_default_str();
  app.add_option("--seconds", options.seconds, "How long to measure")->capture_default_str();
  app.add_option("--warmup", options.warmup, "How long to run before")->capture_default_str();
  app.add_option("--zone", options.zone, "Names are made below it")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    bench::TxtServer dns(options.zone);
    std::cout << "dns " << dns.port() << std::endl;
    if (!(std::cin >> options.pid >> options.directory >> options.ca)) {
      throw std::runtime_error("standard input does not say \"PID DIRECTORY-URL CA-FILE\"");
    }
    bench::run(options, dns);
  } catch (const std::exception& failed) {
    std::cerr << "acme_load: " << failed.what() << "\n";
    return 1;
  }
}
