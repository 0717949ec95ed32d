// A call of a library's function: the rows that count as flat columns without gaps, its results
// back in their places, and what it must not give turned into failures of rows.

#include <numeric>

#include "base/utf8.h"
#include "column/builder.h"
#include "column/physical.h"
#include "function/foreign/library.h"
#include "function/value/decimal.h"
#include "millrace/function.h"

namespace millrace::function {

namespace {

// The rows that the function sees.
std::vector<uint32_t> rows_seen(const KernelCall& call) {
  std::vector<uint32_t> seen;
  seen.reserve(call.rows.size());
  for_each(call.rows, [&](uint32_t row) {
    bool has_null = false;
    for (const Column& argument : call.arguments) {
      has_null = has_null || argument.is_null(row);
    }
    if (!has_null || !call.foreign->null_in_null_out) {
      seen.push_back(row);
    }
  });
  return seen;
}

// The arguments as the interface has them. Borrows the columns of the call.
class Arguments {
 public:
  Arguments(const KernelCall& call, std::span<const uint32_t> rows) {
    const bool whole = rows.size() == call.size;
    for (const Column& argument : call.arguments) {
      const bool as_it_is = whole && argument.layout() == Column::Layout::flat;
      columns_.push_back(as_it_is ? argument : argument.gather(rows));
    }
    for (const Column& column : columns_) {
      const auto* validity = column.validity();
      passed_.push_back({values_of(column), validity ? validity->words().data() : nullptr});
    }
  }

  const std::vector<millrace_column>& passed() const { return passed_; }

 private:
  const void* values_of(const Column& column) {
    if (column.type().physical() != Physical::string) {
      return column.data();
    }
    std::vector<millrace_string>& strings = strings_.emplace_back();
    strings.reserve(column.size());
    for (size_t row = 0; row < column.size(); ++row) {
      const StringRef* text = &column.values<StringRef>()[row];
      const std::string_view view = column.is_null(row) ? std::string_view() : text->view();
      strings.push_back({view.data(), view.size()});
    }
    return strings.data();
  }

  std::vector<Column> columns_;
  std::vector<std::vector<millrace_string>> strings_;
  std::vector<millrace_column> passed_;
};

// Where the function's answers arrive, a row of those seen each.
struct Answers {
  Answers(const KernelCall& of, std::span<const uint32_t> seen)
      : call(of), rows(seen), validity(std::make_shared<Validity>(seen.size() + 1)) {}

  void fail(size_t row, std::string reason) { call.context.fail(rows[row], std::move(reason)); }
  void set_null(size_t row) {
    validity->set_null(row);
    has_nulls = true;
  }
  // What stands in its place then is nobody's.
  bool has_no_value(size_t row) const {
    return !validity->get(row) || call.context.failed(rows[row]);
  }
  // No exception may cross the function, so a row that is none is remembered.
  bool is_row(size_t row) {
    out_of_range = out_of_range || row >= rows.size();
    return row < rows.size();
  }

  static constexpr size_t kMostBytes = size_t{256} << 20;

  const KernelCall& call;
  std::span<const uint32_t> rows;
  std::shared_ptr<Validity> validity;  // with one more behind the rows, for those not seen
  bool has_nulls = false;
  bool out_of_range = false;
  std::vector<StringRef> strings;
  std::shared_ptr<StringArena> arena = std::make_shared<StringArena>();
};

Answers& answers_of(const millrace_call* call) { return *static_cast<Answers*>(call->engine); }

void set_null(const millrace_call* call, size_t row) {
  Answers& answers = answers_of(call);
  if (!answers.is_row(row)) {
    return;
  }
  if (!answers.call.result.nullable) {
    return answers.fail(row, "the function gave NULL for a result that is NOT NULL");
  }
  answers.set_null(row);
}

void set_string(const millrace_call* call, size_t row, const char* data, size_t size) {
  Answers& answers = answers_of(call);
  if (!answers.is_row(row) || row >= answers.strings.size()) {
    answers.out_of_range = true;
    return;
  }
  const std::string_view text = size == 0 ? std::string_view() : std::string_view(data, size);
  if (answers.arena->bytes() + size > Answers::kMostBytes) {
    return answers.fail(row, "the strings of one batch are larger than 256 MiB");
  }
  if (answers.call.result.is_string() && !is_utf8(text)) {
    return answers.fail(row, "the function gave a string that is not UTF-8");
  }
  answers.strings[row] = answers.arena->copy(text);
}

void fail(const millrace_call* call, size_t row, const char* reason) {
  Answers& answers = answers_of(call);
  if (answers.is_row(row)) {
    answers.fail(row, reason == nullptr ? "the function gave no reason" : reason);
  }
}

// Calls it, with room for one result a row at `results`.
void run(const KernelCall& call, Answers& answers, void* results) {
  const Arguments arguments(call, answers.rows);
  const millrace_call passed{answers.rows.size(),
                             arguments.passed().size(),
                             arguments.passed().data(),
                             results,
                             &answers,
                             set_null,
                             set_string,
                             fail};
  if (!answers.rows.empty()) {
    call.foreign->call(&passed);
  }
  if (answers.out_of_range) {
    throw Error(ErrorCode::invalid_argument,
                "a library's function has answered for a row that it was not asked for, or with a "
                "string where it has no such result");
  }
}

constexpr int32_t kDay = 24 * 60 * 60 * 1000;

// A value that no column of the type can have fails its row.
template <typename T>
void check_values(Answers& answers, std::vector<T>& values) {
  const Type& type = answers.call.result;
  for (size_t row = 0; row < answers.rows.size(); ++row) {
    if constexpr (std::is_same_v<T, uint8_t>) {
      values[row] = values[row] != 0 ? 1 : 0;
    }
    if (answers.has_no_value(row)) {
      continue;
    }
    if constexpr (std::is_same_v<T, int32_t>) {
      if (type.kind == TypeKind::time && (values[row] < 0 || values[row] >= kDay)) {
        answers.fail(row, "the function gave a TIME of another day");
      }
    }
    if constexpr (std::is_same_v<T, int64_t>) {
      if (type.kind == TypeKind::decimal && !fits_precision(values[row], type.precision)) {
        answers.fail(row, "the function gave a value beyond " + type.to_string());
      }
    }
  }
}

// The results, which stand without gaps, in their rows' places.
template <typename T>
Column in_place(Answers& answers, std::shared_ptr<std::vector<T>> values) {
  const KernelCall& call = answers.call;
  const size_t seen = answers.rows.size();
  if (seen < call.rows.size()) {
    answers.set_null(seen);
  }
  Owners owners;
  if constexpr (std::is_same_v<T, StringRef>) {
    owners.push_back(answers.arena);
  }
  Type type = call.result;
  const Column dense = Column::flat(
      type, seen + 1, std::shared_ptr<const void>(values, values->data()),
      answers.has_nulls ? std::shared_ptr<const Validity>(answers.validity) : nullptr, owners);
  std::vector<uint32_t> places(call.size, static_cast<uint32_t>(seen));
  for (size_t i = 0; i < seen; ++i) {
    places[answers.rows[i]] = static_cast<uint32_t>(i);
  }
  return seen == call.size ? dense.slice(0, seen) : dense.gather(places);
}

}  // namespace

Column call_foreign(const KernelCall& call) {
  const std::vector<uint32_t> seen = rows_seen(call);
  Answers answers(call, seen);
  return with_physical(call.result.physical(), [&](auto zero) {
    using T = decltype(zero);
    const auto values = std::make_shared<std::vector<T>>(seen.size() + 1);
    if constexpr (std::is_same_v<T, StringRef>) {
      answers.strings.resize(seen.size());
      run(call, answers, nullptr);
      std::copy(answers.strings.begin(), answers.strings.end(), values->begin());
    } else {
      run(call, answers, values->data());
      check_values(answers, *values);
    }
    return in_place(answers, values);
  });
}

}  // namespace millrace::function
