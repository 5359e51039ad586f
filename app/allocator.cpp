#include <gperftools/malloc_extension.h>

#include <cassert>

namespace {

// Pages with nothing in them go back to the system at once. Left to itself tcmalloc keeps them: a gigabyte after the
// import of a million names, of which 200 MB are in use.
struct GiveBackAtOnce {
  GiveBackAtOnce() {
    const bool is_known =
        MallocExtension::instance()->SetNumericProperty("tcmalloc.aggressive_memory_decommit", 1);
    assert(is_known);
  }
} const give_back_at_once;

}  // namespace
