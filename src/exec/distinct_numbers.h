#pragma once

// Distinct values of one argument that fits into eight bytes, where none leaves: what
// COUNT(DISTINCT id) comes to, nearly always. A group may hold millions of them, so that what
// counts is how often a value goes to memory.

#include "exec/distinct_values.h"
#include "state/number_bits.h"

namespace millrace::exec {

class DistinctNumbers final : public DistinctValues {
 public:
  DistinctNumbers(std::vector<size_t> arguments, std::vector<Type> types)
      : DistinctValues(std::move(arguments), std::move(types)) {}

  uint64_t come(char* state, size_t i, uint64_t calls) override;
  uint64_t leave(char* state, size_t i, uint64_t calls) override;
  void prefetch_table(const char* state) const override;
  void prefetch_entry(const char* state, size_t i) const override;
  void prefetch_cell(const char* /*state*/, size_t /*i*/) const override {}
  std::vector<std::vector<char*>> merge(char* into, const char* from) override;
  void save(const char* state, ByteWriter& out) const override;
  void load(char* state, ByteReader& in) override;
  void destroy(char* state) override;
  size_t memory() const override { return memory_; }

 private:
  // By which calls each value was seen.
  struct Seen {
    state::NumberBits numbers;
    uint64_t null = 0;  // NULL
  };
  static const Seen* find(const char* state);
  Seen& at(char* state);
  void reserve(Seen& seen, size_t numbers);
  // Both give the calls that had seen the value before.
  uint64_t add_number(Seen& seen, uint64_t number, uint64_t calls);
  uint64_t add(Seen& seen, const char* value, uint64_t calls);
  // Calls f(value, calls) for each value, a row of the layout that lasts for the call.
  template <typename F>
  void for_each(const Seen& seen, F&& f) const;

  size_t memory_ = 0;         // of all groups
  std::vector<char> merged_;  // the values of the last merge
};

}  // namespace millrace::exec
