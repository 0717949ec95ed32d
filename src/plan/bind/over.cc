#include "plan/bind/over.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "function/aggregate.h"
#include "plan/bind/aggregate_calls.h"
#include "plan/bind/bare_nulls.h"
#include "plan/bind/frames.h"
#include "plan/bind/literals.h"
#include "plan/bind/ordering.h"
#include "plan/bind/user_functions.h"
#include "plan/columns.h"
#include "plan/literal_value.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/refuse_like_flink.h"
#include "plan/same_calls.h"
#include "sql/printer.h"

namespace millrace::plan {

using function::Expression;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

// What Flink knows and computes in batch mode alone.
// What looks at the row's place in its partition, whatever the frame: functions of OVER alone.
bool is_of_place(const std::string& function) {
  return function::find_over_function(function) != nullptr &&
         function::find_aggregate(function) == nullptr;
}

bool is_shift(const std::string& function) { return function == "LAG" || function == "LEAD"; }

// An INT as it is written.
bool is_number_from(int64_t least, const Expression& expression) {
  const auto number = whole_value(expression);
  return number && *number >= least && expression.type.kind == TypeKind::integer;
}

// A stream's LAG takes no default of another type, as in Flink.
void check_default(const std::string& function, const Type& given, const Type& value,
                   const Position& at) {
  const bool fits = given.kind == value.kind || (given.is_string() && value.is_string()) ||
                    (given.is_binary() && value.is_binary());
  if (!fits) {
    throw Error(ErrorCode::type_mismatch,
                "the default of " + function + " is of another type than its value, " +
                    given.as_nullable().to_string() + ": write CAST(... AS " +
                    value.as_nullable().to_string() + ")",
                at);
  }
}

// A window by name with its own clauses on top; the name's come first.
struct Specification {
  const std::vector<sql::ExpressionPtr>* partition_by = nullptr;
  const std::vector<sql::OrderItem>* order_by = nullptr;
  const sql::Frame* frame = nullptr;
};

// A window may only build on those before it, which `windows` are.
void override_with(Specification& specification, const sql::WindowSpecification& written,
                   std::span<const sql::NamedWindow> windows) {
  if (written.base) {
    const auto named = std::find_if(windows.begin(), windows.end(), [&](const auto& window) {
      return window.name.text == written.base->text;
    });
    if (named == windows.end()) {
      throw Error(ErrorCode::not_found, "no window '" + written.base->text + "' in WINDOW",
                  written.base->position);
    }
    const auto before = static_cast<size_t>(named - windows.begin());
    override_with(specification, named->specification, windows.first(before));
  }
  specification.partition_by =
      written.partition_by.empty() ? specification.partition_by : &written.partition_by;
  specification.order_by = written.order_by.empty() ? specification.order_by : &written.order_by;
  specification.frame = written.frame ? &*written.frame : specification.frame;
}

Schema schema_of(const Scope& scope) {
  Schema schema;
  for (const ScopeColumn& column : scope.columns()) {
    schema.fields.push_back({column.name, column.type});
  }
  return schema;
}

bool is_same(const OverWindow& a, const OverWindow& b) {
  return a.partition_by == b.partition_by && a.order_by == b.order_by && a.unit == b.unit &&
         a.preceding == b.preceding && a.following == b.following;
}

}  // namespace

OverCalls::OverCalls(const Scope& scope, const std::vector<sql::NamedWindow>& windows,
                     RuntimeMode mode)
    : scope_(scope),
      windows_(windows),
      mode_(mode),
      below_(schema_of(scope), ProjectedBelow::Begins::with_columns) {}

std::optional<Expression> OverCalls::answer(const sql::Expression& written,
                                            const ExpressionBinder& binder) {
  const auto* call = std::get_if<sql::FunctionCall>(&written.node);
  if (call == nullptr || !call->over || call->name.parts.size() > 1) {
    return std::nullopt;
  }
  return bind_call(*call, written, binder);
}

const function::AggregateFunction& OverCalls::over_function(const sql::FunctionCall& call,
                                                            const Position& at) const {
  const std::string& name = call.name.last().text;
  const function::AggregateFunction* function = function::find_over_function(name);
  if (function == nullptr) {
    throw Error(ErrorCode::not_found, "unknown function " + name + " ahead of OVER", at);
  }
  if (function->approximates) {
    refuse(std::string(function->name) +
               " ahead of OVER is not supported: COUNT(DISTINCT value) is exact",
           at);
  }
  if (function->in_batch_alone && mode_ == RuntimeMode::streaming) {
    refuse_like_flink(std::string(function->name) + " Function is not supported in stream mode.",
                      at);
  }
  check_star(*function, call, at);
  return *function;
}

Expression OverCalls::bind_call(const sql::FunctionCall& call, const sql::Expression& written,
                                const ExpressionBinder& binder) {
  const std::string name = upper_case(call.name.last().text);
  const auto own = own_aggregate(call.name, scope_.functions());
  const function::AggregateFunction* function =
      own != nullptr ? nullptr : &over_function(call, written.position);
  if (!call.within_group.empty() || call.nulls == sql::FunctionCall::Nulls::ignore) {
    refuse("WITHIN GROUP and IGNORE NULLS are not supported ahead of OVER", written.position);
  }
  if (call.distinct && mode_ == RuntimeMode::batch) {
    refuse("Distinct not supported in Windowing function!", written.position);
  }
  if (call.distinct && (call.arguments.empty() || is_of_place(name))) {
    refuse("DISTINCT is for aggregate functions of a value", written.position);
  }
  if (call.filter) {
    refuse("OVER must be applied to aggregate function: FILTER cannot stand ahead of it",
           written.position);
  }
  const OverWindow window = bind_window(*call.over, name, binder);
  const size_t place_of_window = use(window);
  std::vector<Expression> arguments = bind_arguments(call, window, name, binder);
  if (call.distinct) {
    check_distinct(arguments, written.position);
  }
  if (own != nullptr) {
    arguments = fitted(*own, std::move(arguments), written.position);
  }
  auto signature = own != nullptr
                       ? *own->aggregate
                       : signature_of(*function, arguments, written_values(call), written.position);
  // Flink knows that the row itself is in its window where nothing limits that.
  if (signature.null_as_argument && !arguments.empty() && !window.preceding &&
      window.has_row_itself()) {
    signature.result.nullable = arguments[0].type.nullable;
  }
  AggregateCall bound;
  bound.name = sql::to_sql(written);
  bound.distinct = call.distinct;
  bound.function = std::make_shared<const function::AggregateSignature>(signature);
  for (size_t i = 0; i < arguments.size(); ++i) {
    bound.arguments.push_back(below_.number_of(
        implicitly_cast(std::move(arguments[i]), signature.arguments[i]), bound.name));
  }
  const size_t number = number_of({std::move(bound), place_of_window});
  return Expression::of_column(scope_.columns().size() + number, signature.result);
}

// A stream has one window for all of its calls, as in Flink.
size_t OverCalls::use(const OverWindow& window) {
  for (size_t i = 0; i < used_.size(); ++i) {
    if (is_same(used_[i], window)) {
      return i;
    }
  }
  if (mode_ == RuntimeMode::streaming && !used_.empty()) {
    refuse_like_flink(
        "Over Agg: Unsupported use of OVER windows. All aggregates must be computed on the same "
        "window. please re-check the over window statement.",
        window.position);
  }
  used_.push_back(window);
  return used_.size() - 1;
}

// RANK and DENSE_RANK look at what the window is ordered by, and LAG's offset is no column.
std::vector<Expression> OverCalls::bind_arguments(const sql::FunctionCall& call,
                                                  const OverWindow& window,
                                                  const std::string& function,
                                                  const ExpressionBinder& binder) {
  refuse_bare_nulls(call.arguments);
  std::vector<Expression> arguments;
  for (const sql::Expression* argument : written_values(call)) {
    arguments.push_back(binder.bind(*argument));
  }
  const int64_t least = mode_ == RuntimeMode::streaming ? 0 : INT32_MIN;
  if (is_shift(function) && arguments.size() > 1 && !is_number_from(least, arguments[1])) {
    refuse("the offset of " + function + " must be a number" +
               (least == 0 ? ", 0 at least, of rows" : " of rows") + ", an INT",
           call.arguments[1]->position);
  }
  if (is_shift(function) && arguments.size() > 2) {
    if (mode_ == RuntimeMode::streaming) {
      check_default(function, arguments[2].type, arguments[0].type, call.arguments[2]->position);
    }
    const bool nullable = arguments[2].type.nullable;
    arguments[2] =
        implicitly_cast(std::move(arguments[2]), arguments[0].type.as_nullable(nullable));
  }
  if ((function == "RANK" || function == "DENSE_RANK") && arguments.empty() &&
      !window.order_by.empty()) {
    const size_t column = window.order_by.front().column;
    const bool timed = below_[column].type.is_timestamp();
    // A filter on the rank is refused by name later, whatever the order is of.
    arguments.push_back(timed ? below_[column]
                              : implicitly_cast(null_literal(), Type::timestamp(3)));
  }
  return arguments;
}

OverWindow OverCalls::bind_window(const sql::WindowSpecification& written,
                                  const std::string& function, const ExpressionBinder& binder) {
  Specification specification;
  override_with(specification, written, windows_);
  OverWindow window;
  window.position = written.position;
  if (specification.partition_by != nullptr) {
    for (const sql::ExpressionPtr& item : *specification.partition_by) {
      window.partition_by.push_back(below_.number_of(binder.bind(*item), sql::to_sql(*item)));
    }
  }
  if (specification.order_by != nullptr) {
    for (const sql::OrderItem& item : *specification.order_by) {
      const size_t column =
          below_.number_of(binder.bind(*item.expression), sql::to_sql(*item.expression));
      window.order_by.push_back(sort_key(item, column));
    }
  }
  window.unit = function == "ROW_NUMBER" ? FrameUnit::rows : FrameUnit::range;
  if (specification.frame != nullptr) {
    if (is_of_place(function)) {
      refuse_like_flink("ROWS and RANGE are not allowed with RANK, DENSE_RANK, ROW_NUMBER and LAG",
                        specification.frame->position);
    }
    const bool by_one = window.order_by.size() == 1;
    bind_frame(*specification.frame, mode_,
               by_one ? &below_[window.order_by.front().column].type : nullptr, window);
  }
  return window;
}

size_t OverCalls::number_of(Call call) {
  for (size_t i = 0; i < calls_.size(); ++i) {
    if (calls_[i].window == call.window && are_same(calls_[i].call, call.call)) {
      return i;
    }
  }
  calls_.push_back(std::move(call));
  return calls_.size() - 1;
}

Node* OverCalls::add_to(Plan& plan, Node* input) {
  if (calls_.empty()) {
    return input;
  }
  Node* node = below_.add_to(plan, input);
  for (size_t window = 0; window < used_.size(); ++window) {
    OverAggregate* over = plan.add(std::make_unique<OverAggregate>());
    over->inputs = {node};
    over->window = used_[window];
    over->mode = mode_;
    for (const Call& call : calls_) {
      if (call.window == window) {
        over->calls.push_back(call.call);
      }
    }
    describe(*over);
    node = over;
  }
  return node;
}

Expression OverCalls::placed(Expression bound) const {
  std::vector<size_t> numbers;
  for (size_t i = 0; i < scope_.columns().size(); ++i) {
    numbers.push_back(i);
  }
  for (size_t i = 0; i < calls_.size(); ++i) {
    numbers.push_back(below_.size() + place_of(i));
  }
  return renumbered(std::move(bound), numbers);
}

// The calls of a window stand behind those of the windows before it.
size_t OverCalls::place_of(size_t number) const {
  size_t before = 0;
  for (size_t i = 0; i < calls_.size(); ++i) {
    before += calls_[i].window < calls_[number].window ||
              (calls_[i].window == calls_[number].window && i < number);
  }
  return before;
}

}  // namespace millrace::plan
