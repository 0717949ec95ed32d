#include "function/foreign/results.h"

#include "base/error.h"
#include "base/utf8.h"
#include "column/builder.h"
#include "column/physical.h"
#include "function/foreign/library.h"
#include "function/value/decimal.h"

namespace millrace::function {

static constexpr int32_t kDay = 24 * 60 * 60 * 1000;

bool is_value_of(const Type& type, int32_t value) {
  return type.kind != TypeKind::time || (value >= 0 && value < kDay);
}

bool is_value_of(const Type& type, int64_t value) {
  return type.kind != TypeKind::decimal || fits_precision(value, type.precision);
}

bool is_value_of(const Type& type, std::string_view value) {
  return !type.is_string() || is_utf8(value);
}

std::string not_a_value_of(const Type& type) {
  return type.kind == TypeKind::time ? "the function gave a TIME of another day"
         : type.is_string()          ? "the function gave a string that is not UTF-8"
                                     : "the function gave a value beyond " + type.to_string();
}

namespace {

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
  const std::string_view text = size == 0 ? std::string_view("") : std::string_view(data, size);
  if (answers.arena->bytes() + size > kMostForeignBytes) {
    return answers.fail(row, "the strings of one batch are larger than 256 MiB");
  }
  if (!is_value_of(answers.call.result, text)) {
    return answers.fail(row, not_a_value_of(answers.call.result));
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
void run(const std::function<void(millrace_call&)>& compute, Answers& answers, void* results) {
  millrace_call call{answers.rows.size(), 0,   nullptr, results, &answers, set_null,
                     set_string,          fail};
  if (!answers.rows.empty()) {
    compute(call);
  }
  if (answers.out_of_range) {
    throw Error(ErrorCode::invalid_argument,
                "function " + answers.call.foreign->name +
                    " has answered for a row that it was not asked for, or with a string where it "
                    "has no such result");
  }
}

// A value that no column of the type can have fails its row.
template <typename T>
void check_values(Answers& answers, std::vector<T>& values) {
  const Type& type = answers.call.result;
  for (size_t row = 0; row < answers.rows.size(); ++row) {
    if constexpr (std::is_same_v<T, uint8_t>) {
      values[row] = values[row] != 0 ? 1 : 0;
    }
    if constexpr (std::is_same_v<T, int32_t> || std::is_same_v<T, int64_t>) {
      if (!answers.has_no_value(row) && !is_value_of(type, values[row])) {
        answers.fail(row, not_a_value_of(type));
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

Column computed_results(const KernelCall& call, std::span<const uint32_t> seen,
                        const std::function<void(millrace_call&)>& compute) {
  Answers answers(call, seen);
  return with_physical(call.result.physical(), [&](auto zero) {
    using T = decltype(zero);
    const auto values = std::make_shared<std::vector<T>>(seen.size() + 1);
    if constexpr (std::is_same_v<T, StringRef>) {
      answers.strings.resize(seen.size());
      run(compute, answers, nullptr);
      std::copy(answers.strings.begin(), answers.strings.end(), values->begin());
    } else {
      run(compute, answers, values->data());
      check_values(answers, *values);
    }
    return in_place(answers, values);
  });
}

}  // namespace millrace::function
