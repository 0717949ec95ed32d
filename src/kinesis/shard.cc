#include "kinesis/shard.h"

#include <charconv>

#include "base/check.h"

namespace millrace::kinesis {

namespace {

constexpr std::string_view kNamePrefix = "shardId-";
constexpr size_t kNameDigits = 12;
constexpr char kSequenceStart = '4';
constexpr size_t kShardDigits = 6;
constexpr size_t kOffsetDigits = 19;

std::string padded(int64_t number, size_t digits) {
  const std::string text = std::to_string(number);
  check(number >= 0 && text.size() <= digits, "a number that has a place");
  return std::string(digits - text.size(), '0') + text;
}

std::optional<int64_t> parse_padded(std::string_view text) {
  int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || text.front() == '-') {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::string shard_name(int32_t shard) {
  return std::string(kNamePrefix) + padded(shard, kNameDigits);
}

std::optional<int32_t> parse_shard_name(std::string_view name) {
  if (!name.starts_with(kNamePrefix) || name.size() != kNamePrefix.size() + kNameDigits) {
    return std::nullopt;
  }
  const auto number = parse_padded(name.substr(kNamePrefix.size()));
  return number && *number <= INT32_MAX ? std::optional(static_cast<int32_t>(*number))
                                        : std::nullopt;
}

std::string sequence_number(ShardPlace place) {
  return kSequenceStart + padded(place.shard, kShardDigits) +
         padded(place.offset.value, kOffsetDigits);
}

std::optional<ShardPlace> parse_sequence_number(std::string_view text) {
  if (text.size() != 1 + kShardDigits + kOffsetDigits || text.front() != kSequenceStart) {
    return std::nullopt;
  }
  const auto shard = parse_padded(text.substr(1, kShardDigits));
  const auto offset = parse_padded(text.substr(1 + kShardDigits));
  if (!shard || !offset) {
    return std::nullopt;
  }
  return ShardPlace{static_cast<int32_t>(*shard), Offset(*offset)};
}

}  // namespace millrace::kinesis
