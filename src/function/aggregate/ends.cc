// FIRST_VALUE and LAST_VALUE: of the values that are not NULL, the one that arrived first or last.
// Merging takes the left state for the earlier. Where rows leave again, all values are kept in the
// order in which they came, and of equal ones the earliest leaves first, as in Flink.

#include <deque>
#include <map>

#include "column/physical.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/kept_value.h"
#include "function/aggregate/owned.h"

namespace millrace::function {

namespace {

enum class End : uint8_t { first, last };

// --- Rows that stay ---

template <End end, typename T>
void add(Kept<T>& state, const T& value) {
  if (end == End::last || !state.has_value()) {
    state.set(borrowed(value));
  }
}

template <End end, typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind>) {
  add_each<Kept<T>, T>(states, arguments[0], rows, Calling<add<end, T>>());
}

template <End end, typename T>
Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<Kept<T>, T, ResultOf<T>>(states, rows, result, Calling<add<end, T>>(),
                                             NeverTaken(), Calling<value_of<T>>());
}

template <End end, typename T>
void merge(char* into, const char* from) {
  const Kept<T>& other = state_at<Kept<T>>(from);
  Kept<T>& state = state_at<Kept<T>>(into);
  if (other.has_value() && (end == End::last || !state.has_value())) {
    state.set(other.value());
  }
}

template <End end, typename T>
AggregateSignature of_arriving() {
  AggregateSignature signature = kept_signature<T>();
  signature.update = update<end, T>;
  signature.trace = trace<end, T>;
  signature.merge = merge<end, T>;
  return signature;
}

// --- Rows that leave ---

template <typename T>
struct Arrivals {
  std::map<int64_t, StoredOf<T>> values;  // by number of arrival
  std::map<StoredOf<T>, std::deque<int64_t>, Less> numbers;
  int64_t next = 0;

  void add(const ResultOf<T>& value) {
    StoredOf<T> stored(value);
    numbers[stored].push_back(next);
    values.emplace(next++, std::move(stored));
  }
  void take_back(const ResultOf<T>& value) {
    const auto found = numbers.find(value);
    if (found == numbers.end()) {
      return;
    }
    values.erase(found->second.front());
    found->second.pop_front();
    if (found->second.empty()) {
      numbers.erase(found);
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

template <typename T>
void arrive(Owned<Arrivals<T>>& state, const T& value) {
  state.get().add(borrowed(value));
}
template <typename T>
void leave(Owned<Arrivals<T>>& state, const T& value) {
  state.get().take_back(borrowed(value));
}

template <End end, typename T>
std::optional<ResultOf<T>> end_of(const Owned<Arrivals<T>>& state) {
  if (state.held == nullptr || state.held->values.empty()) {
    return std::nullopt;
  }
  const auto& values = state.held->values;
  return end == End::first ? values.begin()->second : values.rbegin()->second;
}

template <typename T>
void update_changing(char* const* states, std::span<const Column> arguments, const Rows& rows,
                     std::span<const RowKind> kinds) {
  change_each<Owned<Arrivals<T>>, T>(states, arguments[0], rows, kinds, arrive<T>, leave<T>);
}

template <End end, typename T>
Column trace_changing(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<Owned<Arrivals<T>>, T, ResultOf<T>>(states, rows, result, arrive<T>, leave<T>,
                                                        end_of<end, T>);
}

template <End end, typename T>
Column finish_changing(char* const* states, size_t count, const Type& result) {
  return finish_each<Owned<Arrivals<T>>, ResultOf<T>>(states, count, result, end_of<end, T>);
}

template <typename T>
void merge_changing(char* into, const char* from) {
  if (const auto* other = state_at<Owned<Arrivals<T>>>(from).held) {
    for (const auto& [number, value] : other->values) {
      state_at<Owned<Arrivals<T>>>(into).get().add(value);
    }
  }
}

template <End end, typename T>
AggregateSignature of_changing() {
  AggregateSignature signature = owned_signature<Arrivals<T>>();
  signature.retracts = true;
  signature.update = update_changing<T>;
  signature.trace = trace_changing<end, T>;
  signature.finish = finish_changing<end, T>;
  signature.merge = merge_changing<T>;
  return signature;
}

// --- Both ---

template <End end>
std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.size() != 1 || given[0].physical() == Physical::nested ||
      given[0].kind == TypeKind::null_) {
    return std::nullopt;
  }
  const auto described = [&](AggregateSignature signature) {
    signature.name = end == End::first ? "FIRST_VALUE" : "LAST_VALUE";
    signature.arguments = {given[0]};
    signature.result = given[0].as_nullable();
    signature.entries = AggregateSignature::Entries::one_of_insertions;
    signature.null_as_argument = true;
    return signature;
  };
  return with_physical(given[0].physical(), [&](auto zero) {
    using T = decltype(zero);
    AggregateSignature signature = described(of_arriving<end, T>());
    signature.retracting =
        std::make_shared<const AggregateSignature>(described(of_changing<end, T>()));
    return signature;
  });
}

constexpr AggregateFunction kFunctions[] = {
    {"FIRST_VALUE", "FIRST_VALUE(value)", "The value that arrived first, of those not NULL.",
     bind<End::first>},
    {"LAST_VALUE", "LAST_VALUE(value)", "The value that arrived last, of those not NULL.",
     bind<End::last>},
};

}  // namespace

std::span<const AggregateFunction> end_functions() { return kFunctions; }

}  // namespace millrace::function
