#include "acmecore/pem.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <cassert>
#include <memory>

#include "base/openssl.h"

namespace acmecore {

using base::BioHandle;
using base::Bytes;
using base::BytesView;
using base::ErrorKind;
using base::fail;
using base::Result;

namespace {

struct OpensslFree {
  template <class T>
  void operator()(T* memory) const {
    OPENSSL_free(memory);
  }
};

struct Block {
  std::string label;
  std::string header;
  Bytes der;
};

// The next block, or null where there is no other. malformed: one begins that does not end, or is no base64.
Result<std::unique_ptr<Block>> read_block(BIO* bio) {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  const bool found = PEM_read_bio(bio, &name, &header, &data, &size) == 1;
  const std::unique_ptr<char, OpensslFree> name_owner(name);
  const std::unique_ptr<char, OpensslFree> header_owner(header);
  const std::unique_ptr<unsigned char, OpensslFree> data_owner(data);
  const bool is_end = !found && ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (is_end) return nullptr;
  if (!found) return fail(ErrorKind::malformed, "a PEM block is broken");
  return std::make_unique<Block>(
      Block{name, header, Bytes(reinterpret_cast<const char*>(data), size_t(size))});
}

}  // namespace

std::string pem_block(std::string_view label, BytesView der) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  const int written =
      PEM_write_bio(bio.get(), std::string(label).c_str(), "", base::octets(der), long(der.size()));
  assert(written > 0);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, size_t(size)};
}

Result<Bytes> parse_pem(std::string_view label, std::string_view text) {
  TRY(const auto blocks, parse_pem_chain(label, text));
  if (blocks.size() > 1) return fail(ErrorKind::malformed, "there is more than one PEM block");
  return blocks[0];
}

Result<std::vector<Bytes>> parse_pem_chain(std::string_view label, std::string_view text) {
  const BioHandle bio(BIO_new_mem_buf(text.data(), int(text.size())));
  std::vector<Bytes> blocks;
  for (;;) {
    TRY(const auto block, read_block(bio.get()));
    if (block == nullptr) break;
    if (block->label != label || !block->header.empty()) {
      return fail(ErrorKind::malformed, "the PEM block is not a plain " + std::string(label));
    }
    blocks.push_back(block->der);
  }
  if (blocks.empty()) return fail(ErrorKind::malformed, "there is no PEM block");
  return blocks;
}

}  // namespace acmecore
