#pragma once

// What kernels are made of: reading arguments, passing NULLs on, writing results.
//
// A strict kernel gives NULL for a row with a NULL argument. map_values() and map_pairs() are for
// total functions of numbers: they compute the NULL rows too, which lets the compiler vectorise.
// map_present() is for everything else, on for_each_present() where arguments may be left out.

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "column/builder.h"
#include "column/column.h"
#include "function/scalar.h"

namespace millrace::function {

// NULL in each row where an argument is; null where no argument has NULLs.
std::shared_ptr<Validity> merged_validity(const KernelCall& call);

// The type made nullable where an argument is.
Type nullable_by(Type type, std::span<const Type> arguments);

// A result of fixed-width values. Rows neither set nor NULL hold zero.
template <typename T>
class ResultValues {
 public:
  explicit ResultValues(const KernelCall& call) : call_(call), values_(call.size) {}

  void set(uint32_t row, T value) { values_[row] = value; }
  void set_null(uint32_t row) { values_.set_null(row); }
  void fail(uint32_t row, std::string reason) { call_.context.fail(row, std::move(reason)); }
  Column finish() { return values_.finish(call_.result); }

 private:
  const KernelCall& call_;
  FlatBuffer<T> values_;
};

// A result of strings: copied into an arena of its own, or pointing into an argument's bytes.
class ResultStrings {
 public:
  explicit ResultStrings(const KernelCall& call)
      : call_(call), values_(call.size), arena_(std::make_shared<StringArena>()) {}

  void set(uint32_t row, std::string_view text) {
    if (arena_->bytes() + text.size() > kLargest) {
      return fail(row, "the strings of one batch are larger than 256 MiB");
    }
    values_[row] = arena_->copy(text);
  }
  // `text` lies within an argument's value of this row.
  void set_borrowed(uint32_t row, std::string_view text) {
    values_[row] = text.empty() ? StringRef() : StringRef(text);  // an empty view may be of nothing
  }
  void set_null(uint32_t row) { values_.set_null(row); }
  void fail(uint32_t row, std::string reason) { call_.context.fail(row, std::move(reason)); }
  Column finish();

 private:
  // A batch of values that are each within bounds must not take the machine's memory.
  static constexpr size_t kLargest = size_t{256} << 20;

  const KernelCall& call_;
  FlatBuffer<StringRef> values_;
  std::shared_ptr<StringArena> arena_;
};

// Calls f(row) for the rows in which no view is NULL; the result is NULL in the others.
template <typename Result, typename F, typename... Views>
void for_each_present(const Rows& rows, Result& result, F&& f, const Views&... views) {
  if (!(views.has_nulls() || ...)) {
    for_each(rows, f);
    return;
  }
  for_each(rows, [&](uint32_t row) {
    if ((views.is_null(row) || ...)) {
      result.set_null(row);
    } else {
      f(row);
    }
  });
}

// Calls f(result, row, values...) for the rows in which no argument is NULL.
template <typename Result, typename... Values, typename F>
Column map_present(const KernelCall& call, F f) {
  Result result(call);
  [&]<size_t... at>(std::index_sequence<at...>) {
    const std::tuple<View<Values>...> views(call.arguments[at]...);
    for_each_present(
        call.rows, result, [&](uint32_t row) { f(result, row, std::get<at>(views)[row]...); },
        std::get<at>(views)...);
  }(std::index_sequence_for<Values...>{});
  return result.finish();
}

namespace detail {

template <typename T>
struct FlatReader {
  const T* values;
  const T& operator[](size_t row) const { return values[row]; }
};

template <typename T>
struct ConstantReader {
  T value;
  const T& operator[](size_t) const { return value; }
};

// Calls f with the cheapest reader for the column's layout.
template <typename T, typename F>
void with_reader(const Column& column, F&& f) {
  switch (column.layout()) {
    case Column::Layout::flat: return f(FlatReader<T>{column.values<T>()});
    case Column::Layout::constant: return f(ConstantReader<T>{column.values<T>()[0]});
    case Column::Layout::dictionary: return f(View<T>(column));
  }
}

// The same for two columns. Flat ones and constants have loops of their own, which vectorise; all
// other pairs share one, for each loop is compiled for each function and type.
template <typename A, typename B, typename F>
void with_readers(const Column& a, const Column& b, F&& f) {
  using Layout = Column::Layout;
  if (a.layout() == Layout::flat && b.layout() == Layout::flat) {
    f(FlatReader<A>{a.values<A>()}, FlatReader<B>{b.values<B>()});
  } else if (a.layout() == Layout::flat && b.layout() == Layout::constant) {
    f(FlatReader<A>{a.values<A>()}, ConstantReader<B>{b.values<B>()[0]});
  } else if (a.layout() == Layout::constant && b.layout() == Layout::flat) {
    f(ConstantReader<A>{a.values<A>()[0]}, FlatReader<B>{b.values<B>()});
  } else {
    f(View<A>(a), View<B>(b));
  }
}

}  // namespace detail

template <typename R, typename A, typename F>
Column map_values(const KernelCall& call, F f) {
  FlatBuffer<R> result(call.size);
  R* to = result.data();
  detail::with_reader<A>(call.arguments[0], [&](const auto& a) {
    for_each(call.rows, [&](uint32_t row) { to[row] = f(a[row]); });
  });
  result.set_validity(merged_validity(call));
  return result.finish(call.result);
}

template <typename R, typename A, typename B, typename F>
Column map_pairs(const KernelCall& call, F f) {
  FlatBuffer<R> result(call.size);
  R* to = result.data();
  detail::with_readers<A, B>(
      call.arguments[0], call.arguments[1], [&](const auto& a, const auto& b) {
        for_each(call.rows, [&](uint32_t row) { to[row] = f(a[row], b[row]); });
      });
  result.set_validity(merged_validity(call));
  return result.finish(call.result);
}

}  // namespace millrace::function
