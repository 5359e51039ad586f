#include "acmecore/failing_name.h"

#include <utility>

#include "acmecore/stored_time.h"
#include "assay/stored/v1/acme.pb.h"

namespace acmecore {

namespace stored = assay::stored::v1;

base::Bytes encode(const FailingName& failing) {
  stored::FailingName message;
  message.set_failures(failing.failures);
  message.set_last_failed_ms(milliseconds(failing.last_failed));
  message.set_last_error(failing.last_error);
  message.set_until_ms(milliseconds(failing.until));
  message.set_paused(failing.paused);
  return message.SerializeAsString();
}

base::Result<FailingName> decode_failing_name(std::string account, std::string name, base::BytesView value) {
  stored::FailingName message;
  if (!message.ParseFromArray(value.data(), int(value.size()))) {
    return base::fail(base::ErrorKind::internal, "a stored failing name cannot be read");
  }
  FailingName failing;
  failing.account = std::move(account);
  failing.name = std::move(name);
  failing.failures = message.failures();
  failing.last_failed = time_of(message.last_failed_ms());
  failing.last_error = message.last_error();
  failing.until = time_of(message.until_ms());
  failing.paused = message.paused();
  return failing;
}

}  // namespace acmecore
