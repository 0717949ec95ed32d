// Aggregate functions of a library. An accumulator lies behind a pointer to the function that it is
// of, for what is called here is the same for all of them.

#include <algorithm>

#include "column/nested.h"
#include "function/aggregate/accumulate.h"
#include "function/foreign/arguments.h"
#include "function/foreign/library.h"
#include "function/foreign/results.h"
#include "millrace/aggregate_function.h"

namespace millrace::function {

namespace {

constexpr size_t kBefore = sizeof(const ForeignFunction*);

const ForeignFunction& function_of(const char* state) {
  const ForeignFunction* function = nullptr;
  std::memcpy(&function, state, kBefore);
  return *function;
}

const millrace_aggregate_function& calls_of(const char* state) {
  return *function_of(state).aggregate;
}

// Rows on their way to accumulators, which are all added or all taken back.
class Run {
 public:
  explicit Run(std::span<const Column> arguments) : arguments_(arguments) {}

  void add(uint32_t row, char* state, bool leaves) {
    if (leaves != leaves_) {
      send();
      leaves_ = leaves;
    }
    rows_.push_back(row);
    states_.push_back(state + kBefore);
  }

  void send() {
    if (rows_.empty()) {
      return;
    }
    const ForeignArguments arguments(arguments_, rows_);
    const millrace_additions additions{rows_.size(), arguments.passed().size(),
                                       arguments.passed().data(), states_.data()};
    const millrace_aggregate_function& calls =
        calls_of(static_cast<const char*>(states_.front()) - kBefore);
    (leaves_ ? calls.retract : calls.accumulate)(&additions);
    rows_.clear();
    states_.clear();
  }

 private:
  std::span<const Column> arguments_;
  std::vector<uint32_t> rows_;
  std::vector<void*> states_;
  bool leaves_ = false;
};

bool is_seen(const ForeignFunction& function, std::span<const Column> arguments, uint32_t row) {
  return !function.null_in_null_out ||
         std::none_of(arguments.begin(), arguments.end(),
                      [row](const Column& argument) { return argument.is_null(row); });
}

void update(char* const* states, std::span<const Column> arguments, const Rows& rows,
            std::span<const RowKind> kinds) {
  Run run(arguments);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (is_seen(function_of(states[i]), arguments, rows[i])) {
      run.add(rows[i], states[i], !kinds.empty() && !is_addition(kinds[rows[i]]));
    }
  }
  run.send();
}

Column finish(char* const* states, size_t count, const Type& result) {
  if (count == 0) {
    return Column::null(result, 0);
  }
  std::vector<const void*> accumulators;
  std::vector<uint32_t> all;
  for (size_t i = 0; i < count; ++i) {
    accumulators.push_back(states[i] + kBefore);
    all.push_back(static_cast<uint32_t>(i));
  }
  const ForeignFunction& function = function_of(states[0]);
  EvaluationContext context(Timestamp{0});
  Column results = computed_results(
      {{}, Rows(count), count, result, context, nullptr, &function}, all,
      [&](millrace_call& passed) { function.aggregate->get(&passed, accumulators.data()); });
  if (!context.failures().empty()) {
    throw Error(ErrorCode::invalid_argument, "the result of function " + function.name + ": " +
                                                 context.failures().front().reason);
  }
  return results;
}

// A row at a time: each result is asked for between two of them.
Column trace(char* const* states, const Additions& additions, const Type& result) {
  std::vector<Column> parts;
  for (size_t i = 0; i < additions.rows.size(); ++i) {
    if (additions.sides == Sides::both) {
      parts.push_back(finish(states + i, 1, result));
    }
    if (additions.counted.empty() || additions.counted[i] != 0) {
      const uint32_t row = additions.rows[i];
      update(states + i, additions.arguments, Rows(std::span(&row, 1)), additions.kinds);
    }
    parts.push_back(finish(states + i, 1, result));
  }
  return concatenated(result, parts);
}

void merge(char* into, const char* from) { calls_of(into).merge(into + kBefore, from + kBefore); }

void save(const char* state, ByteWriter& out) {
  const millrace_aggregate_function& calls = calls_of(state);
  if (calls.save == nullptr) {
    return out.write_bytes({state + kBefore, calls.state_size});
  }
  std::string bytes;
  calls.save(
      state + kBefore,
      [](void* to, const void* data, size_t size) {
        static_cast<std::string*>(to)->append(static_cast<const char*>(data), size);
      },
      &bytes);
  out.write_varint(bytes.size());
  out.write_bytes(bytes);
}

void load(char* state, ByteReader& in) {
  const millrace_aggregate_function& calls = calls_of(state);
  if (calls.load == nullptr) {
    std::memcpy(state + kBefore, in.take(calls.state_size).data(), calls.state_size);
    return;
  }
  const std::string_view bytes = in.take(in.read_varint());
  calls.load(state + kBefore, bytes.data(), bytes.size());
}

void destroy(char* state) { calls_of(state).destroy(state + kBefore); }

}  // namespace

AggregateSignature aggregate_of(std::string name, std::vector<Type> arguments, const Type& result,
                                ForeignFunction found) {
  const millrace_aggregate_function& calls = *found.aggregate;
  AggregateSignature signature;
  signature.name = std::move(name);
  signature.arguments = std::move(arguments);
  signature.result = result;
  signature.size = kBefore + calls.state_size;
  signature.retracts = calls.retract != nullptr;
  signature.entries = AggregateSignature::Entries::one;
  signature.update = update;
  signature.trace = trace;
  signature.merge = calls.merge == nullptr ? nullptr : merge;
  signature.finish = finish;
  signature.save = save;
  signature.load = load;
  signature.destroy = calls.destroy == nullptr ? nullptr : destroy;
  signature.foreign = std::make_shared<const ForeignFunction>(std::move(found));
  return signature;
}

}  // namespace millrace::function
