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

}  // namespace proto
