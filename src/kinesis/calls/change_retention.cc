// IncreaseStreamRetentionPeriod and DecreaseStreamRetentionPeriod: how long records are kept. Both
// set retention.ms of the topic, each in its direction.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html

#include "kinesis/stream_description.h"

namespace millrace::kinesis {

namespace {

enum class Direction : uint8_t { up, down };

std::string in_hours(int64_t hours) { return "(" + std::to_string(hours) + " hours)"; }

void check_direction(Direction direction, const topic::Topic& stream, int64_t present,
                     int64_t wanted) {
  const bool is_wrong = direction == Direction::up ? wanted < present : wanted > present;
  if (!is_wrong) {
    return;
  }
  const bool is_up = direction == Direction::up;
  throw Refusal(Fault::invalid_argument,
                "Requested retention period " + in_hours(wanted) + " for stream " + stream.name +
                    " can not be " + (is_up ? "shorter" : "longer") +
                    " than existing retention period " + in_hours(present) + ". Use " +
                    (is_up ? "Decrease" : "Increase") + "RetentionPeriod API.");
}

void change_retention(const Call& call, Direction direction) {
  const int64_t wanted = call.in.required_number("RetentionPeriodHours", INT32_MIN, INT32_MAX);
  const std::string name = Service::stream_name(call.in);
  const auto stream = call.service.find(call.caller, broker::Operation::alter_configs, name);
  if (wanted < kLeastRetentionHours) {
    throw Refusal(Fault::invalid_argument,
                  "Minimum allowed retention period is 24 hours. Requested retention period " +
                      in_hours(wanted) + " is too short.");
  }
  if (wanted > kMostRetentionHours) {
    throw Refusal(Fault::invalid_argument,
                  "Maximum allowed retention period is 8760 hours. Requested retention period " +
                      in_hours(wanted) + " is too long.");
  }
  const int64_t present = retention_hours_of(call.service.topics(), *stream);
  check_direction(direction, *stream, present, wanted);
  if (wanted != present) {
    change_setting(call, *stream, "retention.ms", retention_setting(wanted));
  }
}

}  // namespace

void increase_stream_retention_period(const Call& call, Writer&) {
  change_retention(call, Direction::up);
}

void decrease_stream_retention_period(const Call& call, Writer&) {
  change_retention(call, Direction::down);
}

}  // namespace millrace::kinesis
