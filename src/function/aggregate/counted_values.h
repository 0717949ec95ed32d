#pragma once

// All values of a group in their order, with how often each is there. One that left before it came
// has a number below zero, until it comes.

#include "function/aggregate/kept_value.h"

namespace millrace::function {

template <typename T>
struct CountedValues {
  CountedMap<StoredOf<T>, int64_t, Less> numbers;

  void add(const ResultOf<T>& value) { change(value, 1); }
  void take_back(const ResultOf<T>& value) { change(value, -1); }
  void append(const CountedValues& other) {
    for (const auto& [value, number] : other.numbers) {
      change(value, number);
    }
  }

  size_t shown() const {
    size_t bytes = 0;
    for (const auto& [value, number] : numbers) {
      bytes += bytes_of(value);
    }
    return bytes;
  }

  void save(ByteWriter& out) const {
    out.write_varint(numbers.size());
    for (const auto& [value, number] : numbers) {
      save_value(value, out);
      out.write_signed_varint(number);
    }
  }
  void load(ByteReader& in) {
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      StoredOf<T> value = load_value<StoredOf<T>>(in);
      numbers.emplace(std::move(value), in.read_signed_varint());
    }
  }

 private:
  void change(const ResultOf<T>& value, int64_t by) {
    auto found = numbers.find(value);
    if (found == numbers.end()) {
      found = numbers.emplace(StoredOf<T>(value), 0).first;
    }
    found->second += by;
    if (found->second == 0) {
      numbers.erase(found);
    }
  }
};

}  // namespace millrace::function
