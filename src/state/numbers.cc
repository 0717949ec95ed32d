#include "state/numbers.h"

namespace millrace::state {

std::optional<int64_t> Numbers::find(std::string_view name) const {
  const auto found = numbers_.find(name);
  if (found == numbers_.end()) {
    return std::nullopt;
  }
  return found->second;
}

void Numbers::erase(std::string_view name) {
  const auto found = numbers_.find(name);
  if (found != numbers_.end()) {
    numbers_.erase(found);
  }
}

int64_t& Numbers::at(std::string_view name) {
  const auto found = numbers_.find(name);
  return found != numbers_.end() ? found->second
                                 : numbers_.emplace(std::string(name), 0).first->second;
}

void Numbers::save(ByteWriter& out) const {
  out.write_varint(numbers_.size());
  for (const auto& [name, value] : numbers_) {
    out.write_varint(name.size());
    out.write_bytes(name);
    out.write_signed_varint(value);
  }
}

void Numbers::load(ByteReader& in) {
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const std::string_view name = in.take(in.read_varint());
    put(name, in.read_signed_varint());
  }
}

}  // namespace millrace::state
