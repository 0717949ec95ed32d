// ARRAY_AGG and COLLECT: the values as a collection. An array has them in the order of arrival, a
// multiset by value with how often each is there.

#include <algorithm>

#include "column/nested_bytes.h"
#include "column/physical.h"
#include "function/aggregate/aggregates.h"
#include "function/aggregate/counted_values.h"
#include "function/aggregate/gathered.h"
#include "function/value/list_ends.h"

namespace millrace::function {

namespace {

// A value of a nested type, which is kept as its bytes.
struct Nested {};

template <typename T>
using KeptAs = std::conditional_t<std::is_same_v<T, Nested>, StringRef, T>;

// Reads a column's values as they are kept.
template <typename T>
class Values {
 public:
  explicit Values(const Column& column) : view_(column) {}
  bool is_null(uint32_t row) const { return view_.is_null(row); }
  std::optional<StoredOf<T>> stored(uint32_t row) const { return stored_value(view_, row); }
  ResultOf<T> borrow(uint32_t row) const { return borrowed(view_[row]); }

 private:
  View<T> view_;
};

template <>
class Values<Nested> {
 public:
  explicit Values(const Column& column) : column_(column) {}
  bool is_null(uint32_t row) const { return column_.is_null(row); }
  std::optional<CountedText> stored(uint32_t row) const {
    return is_null(row) ? std::nullopt : std::optional<CountedText>(borrow(row));
  }
  std::string borrow(uint32_t row) const {
    ByteWriter out;
    write_nested(column_, row, out);
    return out.take();
  }

 private:
  const Column& column_;
};

// The elements of collections, in a column.
template <typename T>
class Elements {
 public:
  explicit Elements(const Type& type) : elements_(type) {}

  void add(const std::optional<StoredOf<T>>& value) {
    if (!value) {
      elements_.add_null();
    } else if constexpr (std::is_same_v<T, StringRef>) {
      elements_.add_string(*value);
    } else {
      elements_.add(*value);
    }
  }
  size_t size() const { return elements_.size(); }
  Column finish() { return elements_.finish(); }

 private:
  ColumnBuilder elements_;
};

template <>
class Elements<Nested> {
 public:
  explicit Elements(const Type& type) : type_(type) {}

  void add(const std::optional<CountedText>& value) {
    values_.emplace_back(value ? std::string_view(*value) : std::string_view());
  }
  size_t size() const { return values_.size(); }
  Column finish() { return read_nested(type_, {values_.begin(), values_.end()}); }

 private:
  Type type_;
  std::vector<std::string> values_;  // empty for NULL
};

// A column of collections, row after row.
template <typename T>
class Lists {
 public:
  explicit Lists(const Type& type)
      : type_(type), elements_((*type.children)[0].type), counts_(Type::of(TypeKind::integer)) {}

  void add(const std::optional<StoredOf<KeptAs<T>>>& value) { elements_.add(value); }
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
  Elements<T> elements_;
  ColumnBuilder counts_;
  ListEnds ends_;
};

// --- ARRAY_AGG ---

enum class OnNull : uint8_t { kept, ignored };

template <typename T, OnNull on_null>
struct Array {
  using Held = Gathered<KeptAs<T>>;
  using State = Owned<Held>;
  using Results = Lists<T>;

  static auto change(std::span<const Column> arguments) {
    return [values = Values<T>(arguments[0])](State& state, uint32_t row, bool leaves) {
      if (on_null == OnNull::ignored && values.is_null(row)) {
        return;
      }
      if (leaves) {
        state.get().take_back(values.stored(row));
      } else {
        state.get().add(values.stored(row));
      }
    };
  }
  static void put(const State& state, Results& lists) {
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
  using Held = CountedValues<KeptAs<T>>;
  using State = Owned<Held>;
  using Results = Lists<T>;

  static auto change(std::span<const Column> arguments) {
    return [values = Values<T>(arguments[0])](State& state, uint32_t row, bool leaves) {
      if (values.is_null(row)) {
        return;
      }
      if (leaves) {
        state.get().take_back(values.borrow(row));
      } else {
        state.get().add(values.borrow(row));
      }
    };
  }
  static void put(const State& state, Results& lists) {
    if (state.held != nullptr) {
      for (const auto& [value, number] : state.held->numbers) {
        if (number > 0) {
          lists.add(value);
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
  typename Kind::Results lists(result);
  for (size_t i = 0; i < count; ++i) {
    Kind::put(state_at<const typename Kind::State>(states[i]), lists);
  }
  return lists.finish();
}

template <typename Kind>
Column trace(char* const* states, const Additions& additions, const Type& result) {
  using State = typename Kind::State;
  const auto change = Kind::change(additions.arguments);
  typename Kind::Results lists(result);
  trace_states<State>(states, additions, change,
                      [&](const State& state) { Kind::put(state, lists); });
  return lists.finish();
}

template <typename Kind>
AggregateSignature signature_of() {
  AggregateSignature signature = owned_signature<typename Kind::Held>();
  signature.merge = merge_owned<typename Kind::Held>;
  signature.shown = shown_of_owned<typename Kind::Held>;
  signature.retracts = true;
  signature.update = update<Kind>;
  signature.trace = trace<Kind>;
  signature.finish = finish<Kind>;
  return signature;
}

bool is_value(std::span<const Type> given) {
  return given.size() == 1 && given[0].kind != TypeKind::null_;
}

// Calls f with a value of what the function is compiled for.
template <typename F>
AggregateSignature of_values(const Type& type, F&& f) {
  if (type.physical() == Physical::nested) {
    return f(Nested());
  }
  return with_physical(type.physical(), f);
}

// As in Flink, which takes a ROW for NULL where one of its fields can be.
bool can_be_null(const Type& element) {
  return element.nullable ||
         (element.kind == TypeKind::row &&
          std::any_of(element.children->begin(), element.children->end(),
                      [](const Field& field) { return can_be_null(field.type); }));
}

template <OnNull on_null>
std::optional<AggregateSignature> bind_array(std::span<const Type> given) {
  if (!is_value(given)) {
    return std::nullopt;
  }
  return of_values(given[0], [&](auto zero) {
    AggregateSignature signature = signature_of<Array<decltype(zero), on_null>>();
    signature.name = on_null == OnNull::kept ? "ARRAY_AGG" : "ARRAY_AGG IGNORE NULLS";
    signature.arguments = {given[0]};
    signature.result = Type::array(given[0], can_be_null(given[0]));
    return signature;
  });
}

std::optional<AggregateSignature> bind_collect(std::span<const Type> given) {
  if (!is_value(given)) {
    return std::nullopt;
  }
  return of_values(given[0], [&](auto zero) {
    AggregateSignature signature = signature_of<Multiset<decltype(zero)>>();
    signature.name = "COLLECT";
    signature.arguments = {given[0]};
    signature.result = Type::array(given[0], false);
    signature.result.kind = TypeKind::multiset;
    return signature;
  });
}

constexpr AggregateFunction kFunctions[] = {
    {.name = "ARRAY_AGG",
     .signature = "ARRAY_AGG(value [RESPECT NULLS])",
     .description = "The values as an array, in the order of arrival.",
     .bind = bind_array<OnNull::kept>,
     .ignoring_nulls = "ARRAY_AGG IGNORE NULLS"},
    {"ARRAY_AGG IGNORE NULLS", "ARRAY_AGG(value IGNORE NULLS)",
     "The values that are not NULL as an array.", bind_array<OnNull::ignored>},
    {.name = "COLLECT",
     .signature = "COLLECT(value)",
     .description = "The values that are not NULL as a multiset.",
     .bind = bind_collect,
     .over_nothing = OverNothing::empty},
};

}  // namespace

std::span<const AggregateFunction> list_aggregates() { return kFunctions; }

}  // namespace millrace::function
