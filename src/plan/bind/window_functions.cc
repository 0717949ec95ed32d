#include "plan/bind/window_functions.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "plan/bind/expressions.h"
#include "plan/bind/literals.h"
#include "plan/new_nodes.h"
#include "plan/runtime_mode.h"

namespace millrace::plan {

namespace {

// The last parameter of a function, OFFSET, may be left out.
struct WindowFunction : TableFunction {
  WindowKind kind;
};

const WindowFunction* find_function(const std::string& name) {
  static const WindowFunction kFunctions[] = {
      {{"TUMBLE",
        {"DATA", "TIMECOL", "SIZE", "OFFSET"},
        "(TABLE t, DESCRIPTOR(time column), size [, offset])"},
       WindowKind::tumble},
      {{"HOP",
        {"DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"},
        "(TABLE t, DESCRIPTOR(time column), slide, size [, offset])"},
       WindowKind::hop},
      {{"CUMULATE",
        {"DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"},
        "(TABLE t, DESCRIPTOR(time column), step, size [, offset])"},
       WindowKind::cumulate},
      {{"SESSION",
        {"DATA", "TIMECOL", "GAP"},
        "(TABLE t [PARTITION BY key], DESCRIPTOR(time column), gap)"},
       WindowKind::session},
  };
  for (const WindowFunction& function : kFunctions) {
    if (function.name == name) {
      return &function;
    }
  }
  return nullptr;
}

int64_t milliseconds(const sql::Expression& written, std::string_view what) {
  const auto* interval = std::get_if<sql::IntervalLiteral>(&written.node);
  if (interval == nullptr) {
    throw Error(ErrorCode::invalid_argument,
                "the " + std::string(what) +
                    " of a window must be an interval such as INTERVAL '5' "
                    "MINUTES",
                written.position);
  }
  const function::Expression literal = interval_literal(*interval, written.position);
  if (literal.type.kind != TypeKind::interval_ms) {
    throw Error(ErrorCode::unsupported, "a window cannot be measured in months or years",
                written.position);
  }
  return literal.literal.values<int64_t>()[0];
}

int64_t positive_milliseconds(const sql::Expression& written, std::string_view what) {
  const int64_t ms = milliseconds(written, what);
  if (ms <= 0) {
    throw Error(ErrorCode::invalid_argument,
                "the " + std::string(what) + " of a window must be longer than nothing",
                written.position);
  }
  return ms;
}

[[noreturn]] void fail_without_watermark(const sql::Name& column, const Type& type) {
  const std::string remedy =
      type.is_timestamp()
          ? " without a watermark: declare WATERMARK FOR " + column.text +
                " in CREATE TABLE, and pass the column on unchanged"
          : ": a window takes a TIMESTAMP or TIMESTAMP_LTZ column with a WATERMARK in CREATE TABLE";
  throw Error(ErrorCode::invalid_argument,
              "the window needs a time attribute, but '" + column.text + "' is " +
                  type.to_string() + remedy,
              column.position);
}

void bind_time_column(const Plan& plan, const WindowCall& call, const Scope& scope,
                      const Node& input, Window& window) {
  if (call.time->columns.size() != 1) {
    throw Error(ErrorCode::invalid_argument, "DESCRIPTOR takes one time column here",
                call.time_position);
  }
  const sql::Name& name = call.time->columns.front();
  window.time_column = scope.resolve(sql::QualifiedName{{name}});
  if (input.proctime == window.time_column) {
    window.time = WindowTime::of_processing;
  } else if (!is_event_time(plan, input, window.time_column)) {
    fail_without_watermark(name, scope[window.time_column].type.as_nullable());
  }
}

void check_multiple(std::string_view name, std::string_view step, const Window& window,
                    const Position& at) {
  if (window.size_ms % window.step_ms != 0) {
    throw Error(ErrorCode::invalid_argument,
                std::string(name) + " requires its size to be a multiple of its " +
                    std::string(step) + ", but got size " + std::to_string(window.size_ms) +
                    " ms and " + std::to_string(window.step_ms) + " ms",
                at);
  }
}

// As in Flink, of others an offset is taken as it falls.
void check_offset(const WindowCall& call, const Window& window) {
  if (window.kind == WindowKind::tumble &&
      (window.offset_ms <= -window.size_ms || window.offset_ms >= window.size_ms)) {
    throw Error(ErrorCode::invalid_argument,
                call.name + " requires its offset to be shorter than its size, but got size " +
                    std::to_string(window.size_ms) + " ms and offset " +
                    std::to_string(window.offset_ms) + " ms; the windows of offset " +
                    std::to_string(window.offset_ms % window.size_ms) + " ms are the same",
                call.offset->position);
  }
}

}  // namespace

bool is_window_call(const sql::Expression& call) {
  const sql::QualifiedName& name = std::get<sql::FunctionCall>(call.node).name;
  return name.parts.size() == 1 && find_function(upper_case(name.last().text)) != nullptr;
}

WindowCall read_window_call(const sql::Expression& expression) {
  const auto& written = std::get<sql::FunctionCall>(expression.node);
  WindowCall call;
  call.name = upper_case(written.name.last().text);
  call.position = expression.position;
  const WindowFunction* function = find_function(call.name);
  call.kind = function->kind;
  const auto slots = arguments_of(*function, written);
  const bool stepped = call.kind == WindowKind::hop || call.kind == WindowKind::cumulate;
  const size_t required = stepped ? 4 : 3;
  if (std::find(slots.begin(), slots.begin() + static_cast<ptrdiff_t>(required), nullptr) !=
      slots.begin() + static_cast<ptrdiff_t>(required)) {
    function->fail("an argument of " + call.name + " is missing", call.position);
  }
  call.data = read_table_input(*function, *slots[0]);
  call.time = std::get_if<sql::Descriptor>(&slots[1]->node);
  call.time_position = slots[1]->position;
  if (call.time == nullptr) {
    function->fail("the second argument of " + call.name + " must be DESCRIPTOR(time column)",
                   slots[1]->position);
  }
  call.step = stepped ? slots[2] : nullptr;
  call.size = stepped ? slots[3] : slots[2];
  call.offset = slots.size() > required ? slots[required] : nullptr;
  return call;
}

bool is_event_time(const Plan& plan, const Node& input, size_t column) {
  return input.is_rowtime(column) ||
         (is_batch(plan) && input.proctime != column && input.schema[column].type.is_timestamp());
}

Node* with_times(Plan& plan, Node* input, const Window& window, const Position& at) {
  const Field& time = input->schema[window.time_column];
  if (!time.type.nullable || input->is_rowtime(window.time_column) ||
      window.time == WindowTime::of_processing) {
    return input;
  }
  std::vector<function::Expression> present;
  present.push_back(function::Expression::of_column(window.time_column, time.type));
  return new_filter(plan, input, call_of("IS NOT NULL", std::move(present), at));
}

// As in Flink, a batch job hops as it likes.
void check_hops(const Plan& plan, const Window& window, const Position& groups) {
  if (window.kind == WindowKind::hop && !is_batch(plan)) {
    check_multiple("HOP", "slide", window, groups);
  }
}

Window bind_window(const Plan& plan, const WindowCall& call, const Scope& scope,
                   const Node& input) {
  Window window;
  window.kind = call.kind;
  bind_time_column(plan, call, scope, input, window);
  window.size_ms =
      positive_milliseconds(*call.size, call.kind == WindowKind::session ? "gap" : "size");
  if (call.step != nullptr) {
    window.step_ms =
        positive_milliseconds(*call.step, call.kind == WindowKind::hop ? "slide" : "step");
  }
  if (call.offset != nullptr) {
    window.offset_ms = milliseconds(*call.offset, "offset");
  }
  if (call.data.table != nullptr && !call.data.table->order_by.empty()) {
    throw Error(ErrorCode::unsupported, "a window function takes no ORDER BY",
                call.data.table->order_by.front().expression->position);
  }
  static const std::vector<sql::ExpressionPtr> kNoKeys;
  for (const sql::ExpressionPtr& key :
       call.data.table != nullptr ? call.data.table->partition_by : kNoKeys) {
    const auto* name = std::get_if<sql::ColumnName>(&key->node);
    if (name == nullptr || call.kind != WindowKind::session) {
      throw Error(ErrorCode::unsupported, "PARTITION BY takes columns, and only in SESSION",
                  key->position);
    }
    window.partition_by.push_back(scope.resolve(name->name));
  }
  if (window.kind == WindowKind::cumulate) {
    check_multiple(call.name, "step", window, call.size->position);
  }
  check_offset(call, window);
  return window;
}

}  // namespace millrace::plan
