#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "acmecore/ca_ceremony.h"
#include "acmecore/ca_chain.h"
#include "acmecore/issuer.h"
#include "base/time.h"
#include "tests/acmecore/certificate_fixtures.h"

namespace acmecore {

class CaCeremony : public testing::Test {
 protected:
  CaPlan plan(const std::string& common_name, KeyKind kind = KeyKind::p256) const {
    CaPlan plan;
    plan.subject = {common_name, "Corp", "CH"};
    plan.key_kind = kind;
    plan.lifetime = kIssuingLifetime;
    return plan;
  }

  CaPlan root_plan() const {
    CaPlan root = plan("Corp Root CA");
    root.lifetime = kRootLifetime;
    return root;
  }

  void init(const CaPlan& issuing) { ASSERT_TRUE(init_ca(place_, root_plan(), issuing, kNow)); }

  std::vector<std::string> roles() const {
    std::vector<std::string> texts;
    const CaDirectory directory = CaDirectory::read(place_.directory).value();
    for (const CaGeneration& generation : directory.generations())
      texts.push_back(std::string(name_of(generation.role)) + " " + generation.name);
    return texts;
  }

  CaGeneration generation(GenerationRole role) const {
    return *CaDirectory::read(place_.directory)->find(role);
  }
  CaChain chain(GenerationRole role) const { return read_ca_chain(generation(role).chain_pem).value(); }

  // A leaf by the one in this role, verified by the openssl program.
  std::string verdict(GenerationRole role, const std::string& name = "www.corp.test",
                      const std::string& purpose = "sslserver", base::Time now = kNow) const {
    const CaGeneration from = generation(role);
    const CaChain chain = read_ca_chain(from.chain_pem).value();
    const auto issuer =
        Issuer::open(place_.vault.open(from.key, chain.issuing().spki_der).value(), from.chain_pem, now);
    if (!issuer) return issuer.error().detail;
    LeafRequest request = good_leaf_request();
    request.dns_names = {name};
    request.issued = now;
    request.validity = leaf_validity(now, kLeafLifetimeDefault, chain.issuing().validity).value();
    request.content.client_auth = purpose == "sslclient";
    const auto leaf = issuer->sign_leaf(request);
    if (!leaf) return leaf.error().detail;
    const TemporaryDirectory directory;
    write_text(directory.path() + "/root.pem", issuer->root_pem());
    write_text(directory.path() + "/chain.pem", issuer->chain_pem(*leaf));
    const ProgramResult verified =
        run_program("openssl verify -x509_strict -check_ss_sig -purpose " + purpose + " -attime " +
                    attime(now) + " -CAfile " + directory.path() + "/root.pem -untrusted " +
                    directory.path() + "/chain.pem " + directory.path() + "/chain.pem");
    return verified.succeeded ? "ok" : verified.output;
  }

  static std::string attime(base::Time now) {
    return std::to_string(now.time_since_epoch() / std::chrono::seconds(1));
  }

  TemporaryDirectory above_;
  CaPlace place_{std::filesystem::path(above_.path()) / "ca", KeyVault()};
};

// A root of somebody else's, by the openssl program.
class CompanyRoot {
 public:
  CompanyRoot() {
    run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -days 3650 -subj '/CN=Company "
        "Root' "
        "-keyout root.key -out root.pem -addext basicConstraints=critical,CA:TRUE "
        "-addext keyUsage=critical,keyCertSign,cRLSign");
  }

  // The chain for the request, which is copied from it.
  std::string certify(const std::string& request, const std::string& more = "") {
    write_text(directory_.path() + "/request.csr", request);
    write_text(directory_.path() + "/more.cnf", "authorityKeyIdentifier=keyid\n" + more);
    run("openssl x509 -req -in request.csr -CA root.pem -CAkey root.key -days 1825 -copy_extensions copyall "
        "-extfile more.cnf -out issuing.pem");
    return run("cat issuing.pem root.pem");
  }

  // The same by a CA between them.
  std::string certify_below(const std::string& request) {
    write_text(directory_.path() + "/request.csr", request);
    write_text(directory_.path() + "/middle.cnf",
               "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n"
               "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n");
    write_text(directory_.path() + "/more.cnf", "authorityKeyIdentifier=keyid\n");
    run("openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -subj '/CN=Company Middle' "
        "-keyout middle.key -out middle.csr");
    run("openssl x509 -req -in middle.csr -CA root.pem -CAkey root.key -days 1825 -extfile middle.cnf "
        "-out middle.pem");
    run("openssl x509 -req -in request.csr -CA middle.pem -CAkey middle.key -days 1825 "
        "-copy_extensions copyall -extfile more.cnf -out issuing.pem");
    return run("cat issuing.pem middle.pem root.pem");
  }

  std::string run(const std::string& command) {
    const ProgramResult done = run_program("cd " + directory_.path() + " && " + command);
    EXPECT_TRUE(done.succeeded) << done.output;
    return done.output;
  }

 private:
  TemporaryDirectory directory_;
};

// The certificates of the openssl program begin now.
inline base::Time today() { return base::SystemClock().now(); }

}  // namespace acmecore
