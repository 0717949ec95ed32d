// Windows in GROUP BY: TUMBLE(ts, size), HOP(ts, slide, size) and SESSION(ts, gap), the form from
// before the window table functions.

#include <algorithm>

#include "function/evaluate.h"
#include "plan/bind/expressions.h"
#include "plan/bind/window_functions.h"
#include "plan/runtime_mode.h"
#include "sql/printer.h"

namespace millrace::plan {

namespace {

struct Form {
  const char* name;
  WindowKind kind;
  size_t arguments;
};

constexpr Form kForms[] = {{"TUMBLE", WindowKind::tumble, 2},
                           {"HOP", WindowKind::hop, 3},
                           {"SESSION", WindowKind::session, 2}};

const Form* form_of(const sql::FunctionCall& call) {
  if (call.name.parts.size() != 1 || call.over) {
    return nullptr;
  }
  const auto* form = std::find_if(std::begin(kForms), std::end(kForms), [&](const Form& one) {
    return sql::is_word(call.name.last().text, one.name);
  });
  return form == std::end(kForms) ? nullptr : form;
}

int64_t positive_interval(const sql::Expression& written) {
  const Scope none(nullptr);
  const function::Expression bound = function::folded(ExpressionBinder(&none).bind(written));
  if (bound.kind != function::ExpressionKind::literal || bound.type.kind != TypeKind::interval_ms ||
      bound.literal.is_null(0) || bound.literal.values<int64_t>()[0] <= 0) {
    throw Error(ErrorCode::invalid_argument,
                "a window in GROUP BY takes intervals of days to seconds above zero",
                written.position);
  }
  return bound.literal.values<int64_t>()[0];
}

void bind_time_column(const Plan& plan, const sql::Expression& written, const Scope& scope,
                      const Node& input, Window& window) {
  const auto* name = std::get_if<sql::ColumnName>(&written.node);
  window.time_column = name == nullptr ? 0 : scope.resolve(name->name);
  if (name != nullptr && input.proctime == window.time_column) {
    window.time = WindowTime::of_processing;
  } else if (name == nullptr || !is_event_time(plan, input, window.time_column)) {
    throw Error(ErrorCode::unsupported,
                "a window in GROUP BY takes a column of event time, one with a WATERMARK, or of "
                "processing time, one AS PROCTIME()",
                written.position);
  }
}

bool same_arguments(const sql::FunctionCall& a, const sql::FunctionCall& b) {
  return std::equal(a.arguments.begin(), a.arguments.end(), b.arguments.begin(), b.arguments.end(),
                    [](const sql::ExpressionPtr& one, const sql::ExpressionPtr& other) {
                      return sql::to_sql(*one) == sql::to_sql(*other);
                    });
}

}  // namespace

const sql::FunctionCall* group_window(const sql::Expression& written) {
  const auto* call = std::get_if<sql::FunctionCall>(&written.node);
  return call != nullptr && form_of(*call) != nullptr ? call : nullptr;
}

Window bind_group_window(const Plan& plan, const sql::FunctionCall& call, const Scope& scope,
                         const Node& input) {
  const Form& form = *form_of(call);
  if (form.kind == WindowKind::session && is_batch(plan)) {
    throw Error(ErrorCode::unsupported, "SESSION in GROUP BY is not supported in batch mode",
                call.name.position());
  }
  if (call.arguments.size() != form.arguments) {
    throw Error(ErrorCode::invalid_argument,
                std::string(form.name) + " in GROUP BY takes " + std::to_string(form.arguments) +
                    " arguments; windows with an offset are there as table functions",
                call.name.position());
  }
  Window window;
  window.kind = form.kind;
  bind_time_column(plan, *call.arguments[0], scope, input, window);
  window.size_ms = positive_interval(*call.arguments.back());
  if (window.kind == WindowKind::hop) {
    window.step_ms = positive_interval(*call.arguments[1]);
  }
  return window;
}

// TUMBLE_ROWTIME and TUMBLE_PROCTIME are the window's time, each of its own kind of window.
static void check_time_of_window(const std::string& word, bool of_processing, WindowTime time,
                                 const Position& at) {
  if (of_processing != (time == WindowTime::of_processing)) {
    throw Error(ErrorCode::invalid_argument,
                of_processing ? word +
                                    " is of a window by processing time: a window by event time "
                                    "has a ROWTIME"
                              : "A proctime window cannot provide a rowtime attribute.",
                at);
  }
}

std::optional<WindowProperty> group_window_property(const sql::FunctionCall& written,
                                                    const sql::FunctionCall& window,
                                                    WindowTime time) {
  if (written.name.parts.size() != 1 || written.over) {
    return std::nullopt;
  }
  const std::string name = form_of(window)->name;
  const std::string& word = written.name.last().text;
  const bool of_processing = sql::is_word(word, name + "_PROCTIME");
  const auto property = sql::is_word(word, name + "_START") ? std::optional(WindowProperty::start)
                        : sql::is_word(word, name + "_END") ? std::optional(WindowProperty::end)
                        : of_processing || sql::is_word(word, name + "_ROWTIME")
                            ? std::optional(WindowProperty::time)
                            : std::nullopt;
  if (property && !same_arguments(written, window)) {
    throw Error(ErrorCode::invalid_argument,
                "Call to auxiliary group function '" + word +
                    "' must have matching call to group "
                    "function '" +
                    name + "' in GROUP BY clause",
                written.name.position());
  }
  if (property == WindowProperty::time) {
    check_time_of_window(word, of_processing, time, written.name.position());
  }
  return property;
}

void check_group_window_property(const sql::QualifiedName& name, const Position& at) {
  const std::string& word = name.last().text;
  for (const Form& form : kForms) {
    const std::string window = form.name;
    for (const char* part : {"_START", "_END", "_ROWTIME", "_PROCTIME"}) {
      if (name.parts.size() == 1 && sql::is_word(word, window + part)) {
        throw Error(ErrorCode::invalid_argument,
                    word + " stands in the select list or in HAVING of a query with GROUP BY " +
                        window + "(...)",
                    at);
      }
    }
  }
}

}  // namespace millrace::plan
