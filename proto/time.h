#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <chrono>

#include "base/error.h"
#include "base/time.h"

namespace proto {

google::protobuf::Timestamp to_timestamp(base::Time time);
// What is finer than a millisecond is cut. malformed: before the year 1 or after 9999.
base::Result<base::Time> from_timestamp(const google::protobuf::Timestamp& timestamp);
// REQUIRES: not negative.
google::protobuf::Duration to_duration(std::chrono::milliseconds duration);

}  // namespace proto
