// ARRAY_AGG and COLLECT: the values as a collection. An array has them in the order of arrival, a
// multiset by value with how often each is there.

#include "column/physical.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/counted_values.h"
#include "function/aggregate/gathered.h"
#include "function/value/list_ends.h"

namespace millrace::function {

namespace {

// A column of collections, row after row.
class Lists {
 public:
  explicit Lists(const Type& type)
      : type_(type), elements_((*type.children)[0].type), counts_(Type::of(TypeKind::integer)) {}

  template <typename T>
  void add(const std::optional<T>& value) {
    if (!value) {
      elements_.add_null();
    } else if constexpr (std::is_same_v<T, std::string>) {
      elements_.add_string(*value);
    } else {
      elements_.add(*value);
    }
  }
  void add_count(int64_t count) { counts_.add(static_cast<int32_t>(count)); }
  void end_row() { ends_.end_row(elements_.size()); }
  void end_null_row() { ends_.end_null_row(elements_.size()); }

  Column finish() {
    std::vector<Column> children = {elements_.finish()};
    if (type_.kind == TypeKind::multiset) {
      children.push_back(counts_.finish());
    }
    return ends_.finish(type_, std::move(children));
  }

 private:
  Type type_;
  ColumnBuilder elements_;
  ColumnBuilder counts_;
  ListEnds ends_;
};

// --- ARRAY_AGG ---

enum class OnNull : uint8_t { kept, ignored };

template <typename T, OnNull on_null>
struct Array {
  using Values = Gathered<T>;
  using State = Owned<Values>;

  static auto change(std::span<const Column> arguments) {
    return [view = View<T>(arguments[0])](State& state, uint32_t row, bool leaves) {
      if (on_null == OnNull::ignored && view.is_null(row)) {
        return;
      }
      if (leaves) {
        state.get().take_back(stored_value(view, row));
      } else {
        state.get().add(stored_value(view, row));
      }
    };
  }
  static void put(const State& state, Lists& lists) {
    if (state.held == nullptr || state.held->values.empty()) {
      return lists.end_null_row();
    }
    for (const auto& value : state.held->values) {
      lists.add(value);
    }
    lists.end_row();
  }
};

// --- COLLECT ---

template <typename T>
struct Multiset {
  using Values = CountedValues<T>;
  using State = Owned<Values>;

  static auto change(std::span<const Column> arguments) {
    return [view = View<T>(arguments[0])](State& state, uint32_t row, bool leaves) {
      if (view.is_null(row)) {
        return;
      }
      if (leaves) {
        state.get().take_back(borrowed(view[row]));
      } else {
        state.get().add(borrowed(view[row]));
      }
    };
  }
  static void put(const State& state, Lists& lists) {
    if (state.held != nullptr) {
      for (const auto& [value, number] : state.held->numbers) {
        if (number > 0) {
          lists.add(std::optional(value));
          lists.add_count(number);
        }
      }
    }
    lists.end_row();
  }
};

// --- Both ---

template <typename Kind>
void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  change_rows<typename Kind::State>(states, rows, kinds, Kind::change(arguments));
}

template <typename Kind>
Column finish(char* const* states, size_t count, const Type& result) {
  Lists lists(result);
  for (size_t i = 0; i < count; ++i) {
    Kind::put(state_at<const typename Kind::State>(states[i]), lists);
  }
  return lists.finish();
}

template <typename Kind>
Column trace(char* const* states, const Additions& additions, const Type& result) {
  using State = typename Kind::State;
  const auto change = Kind::change(additions.arguments);
  Lists lists(result);
  trace_states<State>(states, additions, change,
                      [&](const State& state) { Kind::put(state, lists); });
  return lists.finish();
}

template <typename Kind>
AggregateSignature signature_of() {
  AggregateSignature signature = owned_signature<typename Kind::Values>();
  signature.merge = merge_owned<typename Kind::Values>;
  signature.retracts = true;
  signature.update = update<Kind>;
  signature.trace = trace<Kind>;
  signature.finish = finish<Kind>;
  return signature;
}

bool has_plain_value(std::span<const Type> given) {
  return given.size() == 1 && given[0].physical() != Physical::nested &&
         given[0].kind != TypeKind::null_;
}

template <OnNull on_null>
std::optional<AggregateSignature> bind_array(std::span<const Type> given) {
  if (!has_plain_value(given)) {
    return std::nullopt;
  }
  return with_physical(given[0].physical(), [&](auto zero) {
    AggregateSignature signature = signature_of<Array<decltype(zero), on_null>>();
    signature.name = on_null == OnNull::kept ? "ARRAY_AGG" : "ARRAY_AGG IGNORE NULLS";
    signature.arguments = {given[0]};
    signature.result = Type::array(given[0]);
    return signature;
  });
}

std::optional<AggregateSignature> bind_collect(std::span<const Type> given) {
  if (!has_plain_value(given)) {
    return std::nullopt;
  }
  return with_physical(given[0].physical(), [&](auto zero) {
    AggregateSignature signature = signature_of<Multiset<decltype(zero)>>();
    signature.name = "COLLECT";
    signature.arguments = {given[0]};
    signature.result = Type::array(given[0], false);
    signature.result.kind = TypeKind::multiset;
    return signature;
  });
}

constexpr AggregateFunction kFunctions[] = {
    {"ARRAY_AGG", "ARRAY_AGG(value [RESPECT NULLS])",
     "The values as an array, in the order of arrival.", bind_array<OnNull::kept>},
    {"ARRAY_AGG IGNORE NULLS", "ARRAY_AGG(value IGNORE NULLS)",
     "The values that are not NULL as an array.", bind_array<OnNull::ignored>},
    {"COLLECT", "COLLECT(value)", "The values that are not NULL as a multiset.", bind_collect},
};

}  // namespace

std::span<const AggregateFunction> list_aggregates() { return kFunctions; }

}  // namespace millrace::function
