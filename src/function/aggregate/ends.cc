// FIRST_VALUE and LAST_VALUE: of the values that are not NULL, the one that arrived first or last.
// Where rows leave again, of equal values the earliest leaves first, as in Flink.

#include "function/aggregate/aggregates.h"
#include "function/aggregate/chosen_value.h"

namespace millrace::function {

namespace {

// All values in the order in which they came.
template <typename T>
struct Arrivals {
  // The numbers of equal values, of which the first ones may have left.
  struct Numbers {
    CountedVector<int64_t> all;
    size_t left = 0;

    int64_t take_first() { return all[left++]; }
    bool empty() const { return left == all.size(); }
  };

  CountedMap<int64_t, StoredOf<T>> values;  // by number of arrival
  CountedMap<StoredOf<T>, Numbers, Less> numbers;
  int64_t next = 0;

  void add(const ResultOf<T>& value) {
    StoredOf<T> stored(value);
    numbers[stored].all.push_back(next);
    values.emplace(next++, std::move(stored));
  }
  void take_back(const ResultOf<T>& value) {
    const auto found = numbers.find(value);
    if (found == numbers.end()) {
      return;
    }
    Numbers& equal = found->second;
    values.erase(equal.take_first());
    if (equal.empty()) {
      numbers.erase(found);
    } else if (equal.left > equal.all.size() / 2) {
      equal.all.erase(equal.all.begin(), equal.all.begin() + static_cast<ptrdiff_t>(equal.left));
      equal.left = 0;
    }
  }

  void append(const Arrivals& later) {
    for (const auto& [number, value] : later.values) {
      add(value);
    }
  }

  void save(ByteWriter& out) const {
    out.write_varint(values.size());
    for (const auto& [number, value] : values) {
      save_value(value, out);
    }
  }
  void load(ByteReader& in) {
    for (uint64_t left = in.read_varint(); left > 0; --left) {
      add(load_value<StoredOf<T>>(in));
    }
  }
};

struct First {
  static constexpr std::string_view kName = "FIRST_VALUE";
  static constexpr bool kInAnyOrder = false;

  template <typename T>
  static void offer(Kept<T>& state, const ResultOf<T>& value) {
    if (!state.has_value()) {
      state.set(value);
    }
  }
  template <typename T>
  using Values = Arrivals<T>;
  template <typename T>
  static std::optional<ResultOf<T>> chosen(const Arrivals<T>& all) {
    return all.values.empty() ? std::nullopt
                              : std::optional<ResultOf<T>>(all.values.begin()->second);
  }
};

struct Last {
  static constexpr std::string_view kName = "LAST_VALUE";
  static constexpr bool kInAnyOrder = false;

  template <typename T>
  static void offer(Kept<T>& state, const ResultOf<T>& value) {
    state.set(value);
  }
  template <typename T>
  using Values = Arrivals<T>;
  template <typename T>
  static std::optional<ResultOf<T>> chosen(const Arrivals<T>& all) {
    return all.values.empty() ? std::nullopt
                              : std::optional<ResultOf<T>>(all.values.rbegin()->second);
  }
};

template <typename Choice>
std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.size() != 1 || given[0].kind == TypeKind::null_) {
    return std::nullopt;
  }
  return chosen_value<Choice>(given[0]);
}

constexpr AggregateFunction kFunctions[] = {
    {.name = "FIRST_VALUE",
     .signature = "FIRST_VALUE(value)",
     .description = "The value that arrived first, of those not NULL.",
     .bind = bind<First>},
    {.name = "LAST_VALUE",
     .signature = "LAST_VALUE(value)",
     .description = "The value that arrived last, of those not NULL.",
     .bind = bind<Last>},
};

}  // namespace

std::span<const AggregateFunction> end_functions() { return kFunctions; }

}  // namespace millrace::function
