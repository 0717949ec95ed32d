#include "exec/distinct_numbers.h"

#include <cstring>

#include "base/check.h"

namespace millrace::exec {

// A row of the layout: its NULLs, then the value in eight bytes.
static constexpr size_t kValueAt = sizeof(uint64_t);
static constexpr size_t kRowSize = 2 * sizeof(uint64_t);

static bool is_null(const char* value) { return *value != 0; }

static uint64_t number_of(const char* value) {
  uint64_t number;
  std::memcpy(&number, value + kValueAt, sizeof(number));
  return number;
}

const DistinctNumbers::Seen* DistinctNumbers::find(const char* state) {
  Seen* seen;
  std::memcpy(&seen, state, sizeof(seen));
  return seen;
}

DistinctNumbers::Seen& DistinctNumbers::at(char* state) {
  auto* seen = const_cast<Seen*>(find(state));
  if (seen == nullptr) {
    seen = new Seen;
    memory_ += sizeof(Seen) + seen->numbers.memory();
    std::memcpy(state, &seen, sizeof(seen));
  }
  return *seen;
}

void DistinctNumbers::reserve(Seen& seen, size_t numbers) {
  const size_t before = seen.numbers.memory();
  seen.numbers.reserve(numbers);
  memory_ += seen.numbers.memory() - before;
}

uint64_t DistinctNumbers::add_number(Seen& seen, uint64_t number, uint64_t calls) {
  const size_t before = seen.numbers.memory();
  const uint64_t known = seen.numbers.set(number, calls);
  memory_ += seen.numbers.memory() - before;
  return known;
}

uint64_t DistinctNumbers::add(Seen& seen, const char* value, uint64_t calls) {
  return is_null(value) ? std::exchange(seen.null, seen.null | calls)
                        : add_number(seen, number_of(value), calls);
}

template <typename F>
void DistinctNumbers::for_each(const Seen& seen, F&& f) const {
  char value[kRowSize] = {};
  seen.numbers.for_each([&](uint64_t number, uint64_t calls) {
    std::memcpy(value + kValueAt, &number, sizeof(number));
    f(value, calls);
  });
  if (seen.null != 0) {
    const char null[kRowSize] = {1};
    f(null, seen.null);
  }
}

uint64_t DistinctNumbers::come(char* state, size_t i, uint64_t calls) {
  return calls & ~add(at(state), values_.row(i), calls);
}

uint64_t DistinctNumbers::leave(char* /*state*/, size_t /*i*/, uint64_t /*calls*/) {
  check(false, "values are counted where they leave");
  return 0;
}

void DistinctNumbers::prefetch_table(const char* state) const { prefetch_line(find(state)); }

void DistinctNumbers::prefetch_entry(const char* state, size_t i) const {
  if (const Seen* seen = find(state); seen != nullptr) {
    seen->numbers.prefetch(number_of(values_.row(i)));
  }
}

std::vector<std::vector<char*>> DistinctNumbers::merge(char* into, const char* from) {
  std::vector<std::vector<char*>> fresh(calls());
  const Seen* others = find(from);
  if (others == nullptr) {
    return fresh;
  }
  Seen& own = at(into);
  reserve(own, own.numbers.size() + others->numbers.size());
  merged_.resize((others->numbers.size() + 1) * kRowSize);
  char* kept = merged_.data();
  for_each(*others, [&](const char* value, uint64_t seen_by) {
    const uint64_t new_to = seen_by & ~add(own, value, seen_by);
    std::memcpy(kept, value, kRowSize);
    for (size_t call = 0; call < calls(); ++call) {
      if (((new_to >> call) & 1) != 0) {
        fresh[call].push_back(kept);
      }
    }
    kept += kRowSize;
  });
  return fresh;
}

void DistinctNumbers::save(const char* state, ByteWriter& out) const {
  const Seen* seen = find(state);
  if (seen == nullptr) {
    out.write_varint(0);
    return;
  }
  out.write_varint(seen->numbers.size() + (seen->null != 0 ? 1 : 0));
  for_each(*seen, [&](const char* value, uint64_t seen_by) {
    layout_.save(value, out);
    for (size_t call = 0; call < calls(); ++call) {
      out.write_varint((seen_by >> call) & 1);
    }
  });
}

void DistinctNumbers::load(char* state, ByteReader& in) {
  uint64_t left = in.read_varint();
  if (left > 0) {
    // Each takes some bytes, so that a number of them that is made up asks for no more memory.
    reserve(at(state), std::min<uint64_t>(left, in.rest().size()));
  }
  for (; left > 0; --left) {
    char value[kRowSize] = {};
    layout_.load(value, in);
    uint64_t seen_by = 0;
    for (size_t call = 0; call < calls(); ++call) {
      seen_by |= static_cast<uint64_t>(in.read_varint() != 0) << call;
    }
    if (seen_by != 0) {
      add(at(state), value, seen_by);
    }
  }
}

void DistinctNumbers::destroy(char* state) {
  if (const Seen* seen = find(state); seen != nullptr) {
    memory_ -= sizeof(Seen) + seen->numbers.memory();
    delete seen;
  }
  std::memset(state, 0, sizeof(Seen*));
}

}  // namespace millrace::exec
