// MIN and MAX over every ordered type. NULL over no values. Strings are copied: the state owns
// them. A row cannot be taken back, since the next extreme is not known.

#include "column/physical.h"
#include "function/aggregate/accumulate.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/owned_text.h"

namespace millrace::function {

namespace {

enum class Extreme : uint8_t { least, greatest };

template <Extreme extreme, typename T>
bool replaces(const T& candidate, const T& best) {
  return extreme == Extreme::least ? candidate < best : best < candidate;
}

// 128 bits at an alignment of 8.
template <typename T>
struct Best {
  char bytes[sizeof(T)];
  int64_t count;  // 0 or 1

  T value() const {
    T copy;
    std::memcpy(&copy, bytes, sizeof(T));
    return copy;
  }
  template <Extreme extreme>
  void offer(const T& candidate) {
    if (count == 0 || replaces<extreme>(candidate, value())) {
      std::memcpy(bytes, &candidate, sizeof(T));
      count = 1;
    }
  }
};

template <Extreme extreme, typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind>) {
  add_each<Best<T>, T>(states, arguments[0], rows, [](Best<T>& state, const T& value) {
    state.template offer<extreme>(value);
  });
}

template <Extreme extreme, typename T>
void merge(char* into, const char* from) {
  const Best<T>& other = state_at<Best<T>>(from);
  if (other.count != 0) {
    state_at<Best<T>>(into).template offer<extreme>(other.value());
  }
}

template <typename T>
Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<Best<T>, T>(states, count, result, [](const Best<T>& state) {
    return state.count == 0 ? std::nullopt : std::optional<T>(state.value());
  });
}

template <Extreme extreme, typename T>
AggregateSignature of_values() {
  AggregateSignature signature;
  signature.size = (sizeof(Best<T>) + 7) / 8 * 8;
  signature.init = init_zero;
  signature.update = update<extreme, T>;
  signature.merge = merge<extreme, T>;
  signature.finish = finish<T>;
  signature.save = save_bytes<Best<T>>;
  signature.load = load_bytes<Best<T>>;
  return signature;
}

template <Extreme extreme>
void offer_text(OwnedText& state, std::string_view candidate) {
  if (!state.has_value() || replaces<extreme>(candidate, state.view())) {
    state.set(candidate);
  }
}

template <Extreme extreme>
void update_text(char* const* states, std::span<const Column> arguments, const Rows& rows,
                 std::span<const RowKind>) {
  add_each<OwnedText, StringRef>(
      states, arguments[0], rows,
      [](OwnedText& state, const StringRef& value) { offer_text<extreme>(state, value.view()); });
}

template <Extreme extreme>
void merge_text(char* into, const char* from) {
  const OwnedText& other = state_at<OwnedText>(from);
  if (other.has_value()) {
    offer_text<extreme>(state_at<OwnedText>(into), other.view());
  }
}

template <Extreme extreme>
AggregateSignature of_text() {
  AggregateSignature signature = owned_text_signature();
  signature.update = update_text<extreme>;
  signature.merge = merge_text<extreme>;
  return signature;
}

template <Extreme extreme>
std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.size() != 1 || given[0].physical() == Physical::nested ||
      given[0].kind == TypeKind::null_) {
    return std::nullopt;
  }
  AggregateSignature signature = with_physical(given[0].physical(), [](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_same_v<T, StringRef>) {
      return of_text<extreme>();
    } else {
      return of_values<extreme, T>();
    }
  });
  signature.name = extreme == Extreme::least ? "MIN" : "MAX";
  signature.arguments = {given[0]};
  signature.result = given[0].as_nullable();
  return signature;
}

constexpr AggregateFunction kFunctions[] = {
    {"MIN", "MIN(value)", "The least value that is not NULL.", bind<Extreme::least>},
    {"MAX", "MAX(value)", "The greatest value that is not NULL.", bind<Extreme::greatest>},
};

}  // namespace

std::span<const AggregateFunction> extreme_aggregates() { return kFunctions; }

}  // namespace millrace::function
