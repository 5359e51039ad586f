#pragma once

#include <iosfwd>

#include "assay/v1/revocation.pb.h"

namespace app {

// What a job revokes and how far it is, a few lines.
void print_revocation_job(std::ostream& out, const assay::v1::RevocationJob& job);

}  // namespace app
