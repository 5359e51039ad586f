#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acmecore/certificate.h"
#include "acmecore/revocations.h"
#include "base/openssl.h"
#include "tests/acmecore/actors.h"
#include "tests/acmecore/authority_fixture.h"

namespace acmecore {

// An Authority, and operators who revoke what it has issued.
class RevocationsTest : public AuthorityTest {
 protected:
  std::optional<Revocation> revocation(const IssuedCertificate& certificate) {
    return run(records_.certificate(certificate.serial))->value.revocation;
  }
  RevocationOutcome revoke(const Serial& serial, RevocationReason reason = RevocationReason::superseded) {
    return run(revocations_.revoke({serial}, reason, kAnna)).value().at(0);
  }
  // As a process that works until nothing is left to do. How many pages that were.
  int finish_jobs() {
    int pages = 0;
    while (run(revocations_.work()).value())
      ++pages;
    return pages;
  }
  RevocationJob start(RevocationFilter filter, RevocationReason reason = RevocationReason::superseded) {
    return run(revocations_.start(std::move(filter), reason, kAnna)).value();
  }
  RevocationJob job(const std::string& id) { return run(revocations_.job(id)).value(); }
  // Those that a CRL has.
  std::vector<Serial> in_crl() {
    std::vector<Serial> found;
    const CrlShard shard{ca_, 0};
    const auto records = run(records_.revoked(shard, "", 10'000)).value();
    for (const RevokedRecord& revoked : records)
      found.push_back(revoked.serial);
    return found;
  }
  static base::Bytes key_of(const IssuedCertificate& certificate) {
    return base::sha256(parse_certificate(certificate.der)->spki_der);
  }
  bool is_blocked(const IssuedCertificate& certificate) {
    return run(records_.is_blocked(key_of(certificate))).value();
  }
  // So many records, without the work of issuing them.
  std::vector<IssuedCertificate> record(const std::string& account, int count) {
    std::vector<IssuedCertificate> made;
    Changes changes;
    for (int i = 0; i < count; ++i) {
      made.push_back({new_serial(), account, "order", "leaf", clock_.now(), kNow + std::chrono::hours(24),
                      std::nullopt});
      made.back().issuer = ca_;
      changes.create(made.back());
    }
    EXPECT_TRUE(run(records_.commit(std::move(changes))));
    return made;
  }

  const std::string ca_ = test_issuer().ca();
  const StatusUrls urls_{1, "", false};
  Revocations revocations_{records_, clock_, test_issuers(), urls_};
  const Account account_ = new_account();
};

}  // namespace acmecore
