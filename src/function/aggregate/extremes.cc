// MIN and MAX over every ordered type. NULL over no values. The best value alone is kept while rows
// only arrive; where they leave as well, all values with their numbers, in order.

#include <map>

#include "column/physical.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/kept_value.h"
#include "function/aggregate/owned.h"

namespace millrace::function {

namespace {

enum class Extreme : uint8_t { least, greatest };

// --- Rows that stay ---

template <Extreme extreme, typename T>
void offer(Kept<T>& state, const ResultOf<T>& candidate) {
  if (state.has_value()) {
    const bool better =
        extreme == Extreme::least ? candidate < state.value() : state.value() < candidate;
    if (!better) {
      return;
    }
  }
  state.set(candidate);
}

template <Extreme extreme, typename T>
void add(Kept<T>& state, const T& value) {
  offer<extreme, T>(state, borrowed(value));
}

template <Extreme extreme, typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind>) {
  add_each<Kept<T>, T>(states, arguments[0], rows, Calling<add<extreme, T>>());
}

template <Extreme extreme, typename T>
Column trace(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<Kept<T>, T, ResultOf<T>>(states, rows, result, Calling<add<extreme, T>>(),
                                             NeverTaken(), Calling<value_of<T>>());
}

template <Extreme extreme, typename T>
void merge(char* into, const char* from) {
  const Kept<T>& other = state_at<Kept<T>>(from);
  if (other.has_value()) {
    offer<extreme, T>(state_at<Kept<T>>(into), other.value());
  }
}

template <Extreme extreme, typename T>
AggregateSignature of_arriving() {
  AggregateSignature signature = kept_signature<T>();
  signature.update = update<extreme, T>;
  signature.trace = trace<extreme, T>;
  signature.merge = merge<extreme, T>;
  return signature;
}

// --- Rows that leave ---

// A value that left before it came has a number below zero, until it comes.
template <typename T>
struct Ordered {
  std::map<StoredOf<T>, int64_t, Less> numbers;

  void change(const ResultOf<T>& value, int64_t by) {
    auto found = numbers.find(value);
    if (found == numbers.end()) {
      found = numbers.emplace(value, 0).first;
    }
    found->second += by;
    if (found->second == 0) {
      numbers.erase(found);
    }
  }

  template <Extreme extreme>
  std::optional<ResultOf<T>> best() const {
    const auto first_of = [](auto begin, auto end) -> std::optional<ResultOf<T>> {
      while (begin != end && begin->second < 0) {
        ++begin;
      }
      return begin == end ? std::nullopt : std::optional<ResultOf<T>>(begin->first);
    };
    return extreme == Extreme::least ? first_of(numbers.begin(), numbers.end())
                                     : first_of(numbers.rbegin(), numbers.rend());
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
      numbers[std::move(value)] = in.read_signed_varint();
    }
  }
};

template <typename T>
void arrive(Owned<Ordered<T>>& state, const T& value) {
  state.get().change(borrowed(value), 1);
}
template <typename T>
void leave(Owned<Ordered<T>>& state, const T& value) {
  state.get().change(borrowed(value), -1);
}

template <Extreme extreme, typename T>
std::optional<ResultOf<T>> best_of(const Owned<Ordered<T>>& state) {
  return state.held == nullptr ? std::nullopt : state.held->template best<extreme>();
}

template <typename T>
void update_changing(char* const* states, std::span<const Column> arguments, const Rows& rows,
                     std::span<const RowKind> kinds) {
  change_each<Owned<Ordered<T>>, T>(states, arguments[0], rows, kinds, arrive<T>, leave<T>);
}

template <Extreme extreme, typename T>
Column trace_changing(char* const* states, const Additions& rows, const Type& result) {
  return trace_each<Owned<Ordered<T>>, T, ResultOf<T>>(states, rows, result, arrive<T>, leave<T>,
                                                       best_of<extreme, T>);
}

template <Extreme extreme, typename T>
Column finish_changing(char* const* states, size_t count, const Type& result) {
  return finish_each<Owned<Ordered<T>>, ResultOf<T>>(states, count, result, best_of<extreme, T>);
}

template <typename T>
void merge_changing(char* into, const char* from) {
  if (const auto* other = state_at<Owned<Ordered<T>>>(from).held) {
    for (const auto& [value, number] : other->numbers) {
      state_at<Owned<Ordered<T>>>(into).get().change(value, number);
    }
  }
}

template <Extreme extreme, typename T>
AggregateSignature of_changing() {
  AggregateSignature signature = owned_signature<Ordered<T>>();
  signature.retracts = true;
  signature.update = update_changing<T>;
  signature.trace = trace_changing<extreme, T>;
  signature.finish = finish_changing<extreme, T>;
  signature.merge = merge_changing<T>;
  return signature;
}

// --- Both ---

template <Extreme extreme>
std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.size() != 1 || given[0].physical() == Physical::nested ||
      given[0].kind == TypeKind::null_ || given[0].kind == TypeKind::variant) {
    return std::nullopt;
  }
  const auto described = [&](AggregateSignature signature) {
    signature.name = extreme == Extreme::least ? "MIN" : "MAX";
    signature.arguments = {given[0]};
    signature.result = given[0].as_nullable();
    signature.entries = AggregateSignature::Entries::one_of_insertions;
    signature.null_as_argument = true;
    signature.in_any_order = true;
    return signature;
  };
  return with_physical(given[0].physical(), [&](auto zero) {
    using T = decltype(zero);
    AggregateSignature signature = described(of_arriving<extreme, T>());
    signature.retracting =
        std::make_shared<const AggregateSignature>(described(of_changing<extreme, T>()));
    return signature;
  });
}

constexpr AggregateFunction kFunctions[] = {
    {"MIN", "MIN(value)", "The least value that is not NULL.", bind<Extreme::least>},
    {"MAX", "MAX(value)", "The greatest value that is not NULL.", bind<Extreme::greatest>},
};

}  // namespace

std::span<const AggregateFunction> extreme_aggregates() { return kFunctions; }

}  // namespace millrace::function
