#include "proto/time.h"

namespace proto {

namespace {

// Whole seconds, and nanoseconds that count forwards from them also before 1970.
template <class Message>
Message split(std::chrono::milliseconds count) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(count);
  Message message;
  message.set_seconds(seconds.count());
  message.set_nanos(int32_t(std::chrono::nanoseconds(count - seconds).count()));
  return message;
}

}  // namespace

google::protobuf::Timestamp to_timestamp(base::Time time) {
  return split<google::protobuf::Timestamp>(time.time_since_epoch());
}

google::protobuf::Duration to_duration(std::chrono::milliseconds duration) {
  return split<google::protobuf::Duration>(duration);
}

base::Result<base::Time> from_timestamp(const google::protobuf::Timestamp& timestamp) {
  // google/protobuf/timestamp.proto.
  constexpr int64_t kSecondsMin = -62'135'596'800;
  constexpr int64_t kSecondsMax = 253'402'300'799;
  const bool is_time = timestamp.seconds() >= kSecondsMin && timestamp.seconds() <= kSecondsMax &&
                       timestamp.nanos() >= 0 && timestamp.nanos() <= 999'999'999;
  if (!is_time) return base::fail(base::ErrorKind::malformed, "it is no time of the years 1 to 9999");
  return base::Time(std::chrono::seconds(timestamp.seconds()) +
                    std::chrono::milliseconds(timestamp.nanos() / 1'000'000));
}

}  // namespace proto
