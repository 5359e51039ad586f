#include "app/serve.h"

#include "app/check_config.h"
#include "app/signals.h"
#include "base/log.h"

namespace app {

using base::Result;

namespace {

// What failed is tried again later, with what is there.
void renew_if_due(Server& server) {
  const auto done = server.renew_identities_if_due();
  if (!done) base::log::error("server.identities.not_renewed", {{"detail", done.error().detail}});
}

}  // namespace

Result<void> serve(const base::Config& config, const OwnZones& own_zones,
                   const std::function<void(const RunFile&)>& ready) {
  base::log::configure(config.log.level, config.log.format);
  CHECK(check_config(config));
  Signals signals;
  TRY(auto server, Server::start(config, own_zones));
  ready(server->run_file());
  for (;;) {
    const std::optional<int> signal = signals.wait(kRenewalInterval);
    if (!signal) {
      renew_if_due(*server);
    } else if (*signal == SIGHUP) {
      server->reload();
    } else {
      break;
    }
  }
  base::log::info("server.draining");
  signals.release();
  server->drain(config.http.drain_timeout);
  server.reset();
  base::log::info("server.end");
  return {};
}

}  // namespace app
