#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <chrono>

#include "base/time.h"

namespace proto {

google::protobuf::Timestamp to_timestamp(base::Time time);
// REQUIRES: not negative.
google::protobuf::Duration to_duration(std::chrono::milliseconds duration);

}  // namespace proto
