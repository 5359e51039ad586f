#include "app/run_file.h"

#include <system_error>

#include "app/files.h"
#include "base/json.h"

namespace app {

using base::Endpoint;
using base::Json;
using base::Result;

namespace {

Json json_of(const std::vector<Endpoint>& endpoints) {
  Json::Array texts;
  for (const Endpoint& endpoint : endpoints)
    texts.emplace_back(endpoint.text());
  return texts;
}

std::string text_of(const Json* value) { return value && value->string() ? *value->string() : ""; }

std::vector<Endpoint> endpoints_of(const Json* value) {
  std::vector<Endpoint> endpoints;
  if (value == nullptr || !value->array()) return endpoints;
  for (const Json& item : *value->array()) {
    if (auto endpoint = base::parse_endpoint(text_of(&item))) endpoints.push_back(*std::move(endpoint));
  }
  return endpoints;
}

}  // namespace

Result<void> write_run_file(const std::filesystem::path& state, const RunFile& run) {
  const Json document = Json::Object{
      {"pid", run.pid},
      {"version", run.version},
      {"dns", json_of(run.dns)},
      {"dns_tls", json_of(run.dns_tls)},
      {"acme", json_of(run.acme)},
      {"grpc", json_of(run.grpc)},
      {"publish", json_of(run.publish)},
      {"metrics", json_of(run.metrics)},
      {"revocation", json_of(run.revocation)},
      {"acme_directory", run.acme_directory},
      {"ca_file", run.ca_file.string()},
      {"root_file", run.root_file.string()},
      {"token_file", run.token_file.string()},
  };
  return write_file(state / kRunFile, document.text() + "\n", FileMode::open_to_all);
}

Result<RunFile> read_run_file(const std::filesystem::path& state) {
  const auto path = state / kRunFile;
  TRY(const std::string text, read_file(path));
  const auto document = base::parse_json(text);
  if (!document || !document->object()) {
    return base::fail(base::ErrorKind::unavailable, path.string() + " was not written by a server");
  }
  RunFile run;
  if (const Json* pid = document->find("pid"); pid && pid->integer()) run.pid = *pid->integer();
  run.version = text_of(document->find("version"));
  run.dns = endpoints_of(document->find("dns"));
  run.dns_tls = endpoints_of(document->find("dns_tls"));
  run.acme = endpoints_of(document->find("acme"));
  run.grpc = endpoints_of(document->find("grpc"));
  run.publish = endpoints_of(document->find("publish"));
  run.metrics = endpoints_of(document->find("metrics"));
  run.revocation = endpoints_of(document->find("revocation"));
  run.acme_directory = text_of(document->find("acme_directory"));
  run.ca_file = text_of(document->find("ca_file"));
  run.root_file = text_of(document->find("root_file"));
  run.token_file = text_of(document->find("token_file"));
  return run;
}

void remove_run_file(const std::filesystem::path& state) {
  std::error_code ignored;  // it may be gone, and nobody is left to be told
  std::filesystem::remove(state / kRunFile, ignored);
}

}  // namespace app
