// The guard says the same of the same octets, reads none out of bounds (ASan sees to it), and never takes a
// message to be whole that has an octet less or more.
#include <cstdint>
#include <cstdlib>

#include "base/message.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const base::Bytes message(reinterpret_cast<const char*>(data), size);
  if (!base::check_message(message)) return 0;
  if (base::check_message(message.substr(0, size - 1))) std::abort();
  if (base::check_message(message + '\0')) std::abort();
  return 0;
}
