// A call of a library's table function: the rows that it emits as an array of rows, which FROM
// takes apart as UNNEST does.

#include "column/builder.h"
#include "column/physical.h"
#include "function/foreign/arguments.h"
#include "function/foreign/library.h"
#include "function/foreign/results.h"
#include "millrace/table_function.h"

namespace millrace::function {

namespace {

// The rows emitted so far, column by column, and how many of them each row of the arguments has.
class Emitted {
 public:
  Emitted(const KernelCall& call, std::span<const uint32_t> seen)
      : call_(call), seen_(seen), counts_(call.size) {
    for (const Field& field : *row_type().children) {
      columns_.emplace_back(field.type);
    }
  }

  void add(size_t row, const void* const* values) {
    if (!is_row(row)) {
      return;
    }
    bytes_ += size_of(values);
    const std::string problem = bytes_ > kMostForeignBytes
                                    ? "the rows of one batch are larger than 256 MiB"
                                    : problem_of(values);
    if (!problem.empty()) {
      return call_.context.fail(seen_[row], problem);
    }
    for (size_t i = 0; i < columns_.size(); ++i) {
      add_value(i, values[i]);
    }
    ++counts_[seen_[row]];
  }

  void fail(size_t row, const char* reason) {
    if (is_row(row)) {
      call_.context.fail(seen_[row], reason == nullptr ? "the function gave no reason" : reason);
    }
  }

  // One array a row of the call. Throws Error where the function has not kept to the order.
  Column finish() {
    if (out_of_order_) {
      throw Error(ErrorCode::invalid_argument,
                  "function " + call_.foreign->name +
                      " has answered for a row that it was not asked for, or for one behind which "
                      "it had gone on");
    }
    const auto offsets = std::make_shared<std::vector<uint32_t>>(call_.size + 1);
    for (size_t row = 0; row < call_.size; ++row) {
      (*offsets)[row + 1] = (*offsets)[row] + counts_[row];
    }
    std::vector<Column> fields;
    for (ColumnBuilder& column : columns_) {
      fields.push_back(column.finish());
    }
    const Column rows = Column::row(row_type(), offsets->back(), std::move(fields));
    return Column::list(call_.result, call_.size, offsets, {rows});
  }

 private:
  const Type& row_type() const { return call_.result.children->front().type; }
  const Type& type_of(size_t column) const { return (*row_type().children)[column].type; }

  // No exception may cross the function, so what is wrong is remembered.
  bool is_row(size_t row) {
    out_of_order_ = out_of_order_ || row >= seen_.size() || row < last_;
    last_ = row;
    return !out_of_order_;
  }

  // One value of a column, as the C type that it has.
  template <typename Visit>
  auto visit(size_t column, const void* value, Visit&& of) const {
    return with_physical(type_of(column).physical(), [&](auto zero) {
      using T = decltype(zero);
      if constexpr (std::is_same_v<T, StringRef>) {
        const auto& text = *static_cast<const millrace_string*>(value);
        return of(text.size == 0 ? std::string_view("") : std::string_view(text.data, text.size));
      } else {
        return of(*static_cast<const T*>(value));
      }
    });
  }

  size_t size_of(const void* const* values) const {
    size_t size = 0;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const bool is_text = type_of(i).physical() == Physical::string;
      size += width_of(type_of(i).physical());
      size += is_text && values[i] ? static_cast<const millrace_string*>(values[i])->size : 0;
    }
    return size;
  }

  std::string problem_of(const void* const* values) const {
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Type& type = type_of(i);
      if (values[i] == nullptr) {
        if (!type.nullable) {
          return "the function gave NULL for column '" + (*row_type().children)[i].name +
                 "', which is NOT NULL";
        }
      } else if (!visit(i, values[i], [&](const auto& value) { return can_have(type, value); })) {
        return not_a_value_of(type);
      }
    }
    return {};
  }

  template <typename T>
  static bool can_have(const Type& type, const T& value) {
    if constexpr (std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t> ||
                  std::is_same_v<T, std::string_view>) {
      return is_value_of(type, value);
    }
    return true;
  }

  void add_value(size_t column, const void* value) {
    ColumnBuilder& builder = columns_[column];
    if (value == nullptr) {
      return builder.add_null();
    }
    visit(column, value, [&](const auto& given) {
      using T = std::decay_t<decltype(given)>;
      if constexpr (std::is_same_v<T, std::string_view>) {
        builder.add_string(given);
      } else if constexpr (std::is_same_v<T, uint8_t>) {
        builder.add<uint8_t>(given != 0 ? 1 : 0);
      } else {
        builder.add<T>(given);
      }
    });
  }

  const KernelCall& call_;
  std::span<const uint32_t> seen_;
  std::vector<uint32_t> counts_;  // by row of the call
  std::vector<ColumnBuilder> columns_;
  size_t bytes_ = 0;
  size_t last_ = 0;
  bool out_of_order_ = false;
};

Emitted& emitted_of(const millrace_table_call* call) {
  return *static_cast<Emitted*>(call->engine);
}

void emit(const millrace_table_call* call, size_t row, const void* const* values) {
  emitted_of(call).add(row, values);
}

void fail(const millrace_table_call* call, size_t row, const char* reason) {
  emitted_of(call).fail(row, reason);
}

}  // namespace

Column call_foreign_table(const KernelCall& call) {
  const ForeignFunction& function = *call.foreign;
  const std::vector<uint32_t> seen =
      rows_seen(call.arguments, call.rows, function.null_in_null_out);
  const ForeignArguments arguments(call.arguments, seen);
  Emitted emitted(call, seen);
  const millrace_table_call passed{
      seen.size(), arguments.passed().size(), arguments.passed().data(), &emitted, emit, fail};
  if (!seen.empty()) {
    function.table_call(&passed);
  }
  return emitted.finish();
}

}  // namespace millrace::function
