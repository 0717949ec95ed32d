// FIRST_VALUE and LAST_VALUE: of the values that are not NULL, the one that arrived first or last.
// Merging takes the left state for the earlier.

#include "column/physical.h"
#include "function/aggregate/accumulate.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/owned_text.h"

namespace millrace::function {

namespace {

enum class End : uint8_t { first, last };

template <typename T>
struct Kept {
  char bytes[sizeof(T)];
  int64_t count;  // 0 or 1

  void set(const T& value) {
    std::memcpy(bytes, &value, sizeof(T));
    count = 1;
  }
};

template <End end, typename T>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind>) {
  add_each<Kept<T>, T>(states, arguments[0], rows, [](Kept<T>& state, const T& value) {
    if (end == End::last || state.count == 0) {
      state.set(value);
    }
  });
}

template <End end, typename T>
void merge(char* into, const char* from) {
  const Kept<T>& other = state_at<Kept<T>>(from);
  Kept<T>& state = state_at<Kept<T>>(into);
  if (other.count != 0 && (end == End::last || state.count == 0)) {
    state = other;
  }
}

template <typename T>
Column finish(char* const* states, size_t count, const Type& result) {
  return finish_each<Kept<T>, T>(states, count, result, [](const Kept<T>& state) {
    T value;
    std::memcpy(&value, state.bytes, sizeof(T));
    return state.count == 0 ? std::nullopt : std::optional<T>(value);
  });
}

template <End end, typename T>
AggregateSignature of_values() {
  AggregateSignature signature;
  signature.size = (sizeof(Kept<T>) + 7) / 8 * 8;
  signature.init = init_zero;
  signature.update = update<end, T>;
  signature.merge = merge<end, T>;
  signature.finish = finish<T>;
  signature.save = save_bytes<Kept<T>>;
  signature.load = load_bytes<Kept<T>>;
  return signature;
}

template <End end>
void update_text(char* const* states, std::span<const Column> arguments, const Rows& rows,
                 std::span<const RowKind>) {
  add_each<OwnedText, StringRef>(states, arguments[0], rows,
                                 [](OwnedText& state, const StringRef& value) {
                                   if (end == End::last || !state.has_value()) {
                                     state.set(value.view());
                                   }
                                 });
}

template <End end>
void merge_text(char* into, const char* from) {
  const OwnedText& other = state_at<OwnedText>(from);
  OwnedText& state = state_at<OwnedText>(into);
  if (other.has_value() && (end == End::last || !state.has_value())) {
    state.set(other.view());
  }
}

template <End end>
std::optional<AggregateSignature> bind(std::span<const Type> given) {
  if (given.size() != 1 || given[0].physical() == Physical::nested ||
      given[0].kind == TypeKind::null_) {
    return std::nullopt;
  }
  AggregateSignature signature = with_physical(given[0].physical(), [](auto zero) {
    using T = decltype(zero);
    if constexpr (std::is_same_v<T, StringRef>) {
      AggregateSignature text = owned_text_signature();
      text.update = update_text<end>;
      text.merge = merge_text<end>;
      return text;
    } else {
      return of_values<end, T>();
    }
  });
  signature.name = end == End::first ? "FIRST_VALUE" : "LAST_VALUE";
  signature.arguments = {given[0]};
  signature.result = given[0].as_nullable();
  return signature;
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
