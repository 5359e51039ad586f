#include "app/cli/block_key_command.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "app/cli/client.h"
#include "app/cli/first_words.h"
#include "app/cli/octets_text.h"
#include "assay/v1/revocation.grpc.pb.h"
#include "base/hexadecimal.h"

namespace app {

namespace v1 = assay::v1;
using base::Bytes;
using base::ErrorKind;
using base::fail;
using base::Result;
using v1::RevocationService;

namespace {

// As many as the server takes in one call.
constexpr size_t kKeysAtOnce = 1000;

struct BlockOptions {
  std::vector<std::string> keys;
  std::string file;  // "-": standard input
};

Result<std::vector<Bytes>> keys_of(const BlockOptions& options) {
  std::vector<std::string> texts = options.keys;
  if (!options.file.empty()) {
    TRY(const auto more, read_first_words(options.file, "key"));
    texts.insert(texts.end(), more.begin(), more.end());
  }
  std::vector<Bytes> keys;
  for (const std::string& text : texts) {
    const auto key = base::parse_hexadecimal(without_colons(text));
    if (!key || key->empty())
      return fail(ErrorKind::malformed, "\"" + text + "\" is no SHA-256 in hexadecimal");
    keys.push_back(*key);
  }
  return keys;
}

// What is blocked when a call fails stays so, and the same command goes on where it was.
Result<grpc::Status> block(const BlockOptions& options, const Client& client, Terminal& terminal) {
  TRY(const auto keys, keys_of(options));
  const auto stub = client.stub<RevocationService>();
  v1::BlockKeysResponse all;
  for (size_t done = 0; done < keys.size();) {
    const auto page = std::span(keys).subspan(done, std::min(kKeysAtOnce, keys.size() - done));
    v1::BlockKeysRequest request;
    request.mutable_keys_sha256()->Assign(page.begin(), page.end());
    v1::BlockKeysResponse response;
    const auto status = stub->BlockKeys(client.context().get(), request, &response);
    if (!status.ok()) return status;
    all.set_blocked(all.blocked() + response.blocked());
    done += page.size();
    if (keys.size() > kKeysAtOnce) terminal.err << done << " of " << keys.size() << "\n";
  }
  if (!client.printed_as_json(all, terminal.out)) {
    terminal.out << all.blocked() << " of " << keys.size() << " keys were not blocked before\n";
  }
  return grpc::Status::OK;
}

}  // namespace

void add_cert_block_key(CLI::App& group, Command& chosen, std::shared_ptr<const ServerOptions> server) {
  const auto options = std::make_shared<BlockOptions>();
  auto* command = group.add_subcommand(
      "block-key", "Never certify these keys again, and revoke what is certified for them");
  command->add_option("SHA256", options->keys, "SHA-256 of their SPKIs in hexadecimal");
  command->add_option("--keys", options->file, "More of them, one a line; \"-\" is standard input")
      ->type_name("FILE");
  command->parse_complete_callback([options] {
    if (options->keys.empty() && options->file.empty())
      throw CLI::ValidationError("it is not said which keys");
  });
  calls_server(*command, chosen, std::move(server), [options](const Client& client, Terminal& terminal) {
    return block(*options, client, terminal);
  });
}

}  // namespace app
