#include "acmecore/gcra.h"

#include <algorithm>
#include <cassert>

#include "base/quantity.h"

namespace acmecore {

using std::chrono::microseconds;

namespace {

// Rounded up, so that never more than `count` come in one period.
microseconds to_regain_one(const Rate& rate) {
  assert(!rate.is_off());
  const int64_t count = int64_t(rate.count);
  return microseconds((microseconds(rate.period).count() + count - 1) / count);
}

}  // namespace

std::string Rate::text() const { return std::to_string(count) + " in " + base::duration_text(period); }

base::Time room_from(const Rate& rate, RegainedAt regained, base::Time now) {
  const RegainedAt next = with_one_more(rate, regained, now);
  const microseconds all = to_regain_one(rate) * int64_t(rate.count);
  return std::chrono::ceil<base::Time::duration>(next - all);
}

RegainedAt with_one_more(const Rate& rate, RegainedAt regained, base::Time now) {
  return std::max<RegainedAt>(regained, now) + to_regain_one(rate);
}

}  // namespace acmecore
