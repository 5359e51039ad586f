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

// The next block, or nothing.
std::unique_ptr<Block> read_block(BIO* bio) {
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;
  const bool found = PEM_read_bio(bio, &name, &header, &data, &size) == 1;
  const std::unique_ptr<char, OpensslFree> name_owner(name);
  const std::unique_ptr<char, OpensslFree> header_owner(header);
  const std::unique_ptr<unsigned char, OpensslFree> data_owner(data);
  ERR_clear_error();
  if (!found) return nullptr;
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
  const BioHandle bio(BIO_new_mem_buf(text.data(), int(text.size())));
  const auto block = read_block(bio.get());
  if (!block) return fail(ErrorKind::malformed, "there is no PEM block");
  if (block->label != label || !block->header.empty()) {
    return fail(ErrorKind::malformed, "the PEM block is not a plain " + std::string(label));
  }
  if (read_block(bio.get())) return fail(ErrorKind::malformed, "there is more than one PEM block");
  return block->der;
}

}  // namespace acmecore
