#include "connector/topic/specific_offsets.h"

#include <charconv>

#include "base/error.h"
#include "catalog/table.h"

namespace millrace::connector {

namespace {

// Takes `name`, ':' and a number off the front. False where they are not there.
template <typename T>
bool take(std::string_view& text, std::string_view name, T& number) {
  if (!text.starts_with(name) || text.substr(name.size(), 1) != ":") {
    return false;
  }
  text.remove_prefix(name.size() + 1);
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || number < 0) {
    return false;
  }
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool accept(std::string_view& text, char character) {
  const bool is_there = text.starts_with(character);
  text.remove_prefix(is_there ? 1 : 0);
  return is_there;
}

bool parse(std::string_view text, SpecificOffsets& offsets) {
  do {
    int32_t partition = 0;
    int64_t offset = 0;
    if (!take(text, "partition", partition) || !accept(text, ',') ||
        !take(text, "offset", offset) || !offsets.emplace(partition, offset).second) {
      return false;
    }
  } while (accept(text, ';') && !text.empty());
  return text.empty();
}

}  // namespace

SpecificOffsets specific_offsets(const catalog::Table& table, const std::string& key,
                                 const std::string& mode) {
  const auto option = table.options.find(key);
  const bool is_given = option != table.options.end();
  SpecificOffsets offsets;
  if (!is_given || !parse(option->second.value, offsets)) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + table.name + "': '" + mode + "' is 'specific-offsets', and so needs '" +
                    key + "' of the form 'partition:0,offset:42;partition:1,offset:300'",
                (is_given ? option->second : table.options.at(mode)).position);
  }
  return offsets;
}

}  // namespace millrace::connector
