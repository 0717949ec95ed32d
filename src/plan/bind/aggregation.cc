#include "plan/bind/aggregation.h"

#include <set>

#include "base/check.h"
#include "function/aggregate.h"
#include "plan/bind/expressions.h"
#include "plan/bind/select_items.h"
#include "plan/bind/window_input.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "sql/printer.h"

namespace millrace::plan {

using function::Expression;

namespace {

// While the select list is bound, nobody knows yet how many aggregates there will be. So it refers
// to keys first, window properties next and aggregates last; the node has properties last, and
// the numbers are put right at the end.
class GroupedSelect {
 public:
  GroupedSelect(Plan& plan, const sql::Select& select, const Scope& scope, WindowInput input)
      : plan_(plan), select_(select), scope_(scope), input_(std::move(input)) {}

  Relation bind() {
    time_column_ = below(Expression::of_column(input_.window.time_column, time_type()));
    bind_keys();
    const ExpressionBinder binder(&scope_,
                                  [&](const sql::Expression& written) { return answer(written); });
    std::vector<Expression> items;
    Relation relation;
    for (const SelectedItem& item : expand_items(select_, scope_)) {
      items.push_back(item.written != nullptr ? binder.bind(*item.written)
                                              : column(item.column, select_.items[0]));
      relation.names.push_back(item.name);
    }
    std::optional<Expression> having;
    if (select_.having) {
      having = binder.bind_condition(*select_.having, "HAVING");
    }
    relation.node = add_aggregate();
    if (having) {
      relation.node = new_filter(plan_, relation.node, renumbered(*having, final_numbers()));
    }
    for (Expression& item : items) {
      item = renumbered(std::move(item), final_numbers());
    }
    relation.node = new_project(plan_, relation.node, std::move(items), relation.names);
    return relation;
  }

 private:
  struct Key {
    std::string text;              // canonical, by which the select list finds it again
    std::optional<size_t> column;  // of the scope, if it is a plain one
    size_t below = 0;
    Type type;
  };

  const Type& time_type() const { return input_.node->schema[input_.window.time_column].type; }

  // The number of this expression in the projection below, where it comes once.
  size_t below(Expression expression) {
    for (size_t i = 0; i < below_.size(); ++i) {
      if (below_[i].equals(expression)) {
        return i;
      }
    }
    std::vector<std::string> names;
    for (const Field& field : input_.node->schema.fields) {
      names.push_back(field.name);
    }
    below_names_.push_back(expression.to_string(names));
    below_.push_back(std::move(expression));
    return below_.size() - 1;
  }

  // --- Keys ---

  void bind_keys() {
    bool has_start = false;
    bool has_end = false;
    for (const sql::Grouping& grouping : select_.group_by) {
      if (grouping.kind != sql::Grouping::Kind::expression) {
        throw Error(ErrorCode::unsupported,
                    "GROUPING SETS, ROLLUP, CUBE and lists in GROUP BY are not supported",
                    grouping.position);
      }
      const Expression key = ExpressionBinder(&scope_).bind(*grouping.expression);
      const auto* property =
          is_column(key) ? std::get_if<WindowProperty>(&input_.columns[key.column]) : nullptr;
      if (property != nullptr) {
        has_start = has_start || *property == WindowProperty::start;
        has_end = has_end || *property == WindowProperty::end;
      } else {
        add_key(*grouping.expression, key);
      }
    }
    if (!has_start || !has_end) {
      throw Error(ErrorCode::unsupported,
                  "GROUP BY must name both window_start and window_end: an aggregation without "
                  "window is not supported",
                  select_.group_by.front().position);
    }
  }

  void add_key(const sql::Expression& written, const Expression& bound) {
    Key key;
    key.text = sql::to_sql(written);
    if (is_column(bound)) {
      key.column = bound.column;
    }
    key.type = bound.type;
    key.below = below(below_window(input_, bound, written.position));
    keys_.push_back(std::move(key));
  }

  // --- The select list ---

  std::optional<Expression> answer(const sql::Expression& written) {
    if (const auto* name = std::get_if<sql::ColumnName>(&written.node)) {
      return grouped_column(scope_.resolve(name->name), written.position);
    }
    const std::string text = sql::to_sql(written);
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i].text == text) {
        return Expression::of_column(i, keys_[i].type);
      }
    }
    const auto* call = std::get_if<sql::FunctionCall>(&written.node);
    if (call == nullptr || call->over || call->name.parts.size() > 1) {
      return std::nullopt;
    }
    const auto* function = function::find_aggregate(call->name.last().text);
    return function != nullptr ? std::optional(aggregate(*function, *call, written)) : std::nullopt;
  }

  // A column that a star stands for.
  Expression column(size_t number, const sql::SelectItem& star) {
    return grouped_column(number, star.expression->position);
  }

  Expression grouped_column(size_t number, const Position& at) {
    if (const auto* property = std::get_if<WindowProperty>(&input_.columns[number])) {
      return Expression::of_column(keys_.size() + static_cast<size_t>(*property),
                                   type_of(*property, time_type()));
    }
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i].column == number) {
        return Expression::of_column(i, keys_[i].type);
      }
    }
    throw Error(ErrorCode::invalid_argument,
                "column '" + scope_[number].name +
                    "' is neither in GROUP BY nor inside an aggregate function",
                at);
  }

  // --- Aggregates ---

  static void refuse_modifiers(const sql::FunctionCall& call, const Position& at) {
    if (call.distinct || !call.within_group.empty() ||
        call.nulls != sql::FunctionCall::Nulls::unspecified) {
      throw Error(
          ErrorCode::unsupported,
          "DISTINCT, WITHIN GROUP and IGNORE NULLS in aggregate functions are not supported", at);
    }
  }

  std::vector<Expression> bind_arguments(const sql::FunctionCall& call) {
    std::vector<Expression> arguments;
    const ExpressionBinder binder(&scope_);
    for (const sql::ExpressionPtr& argument : call.arguments) {
      if (!std::holds_alternative<sql::Star>(argument->node)) {
        arguments.push_back(below_window(input_, binder.bind(*argument), argument->position));
      }
    }
    return arguments;
  }

  function::AggregateSignature signature_of(const function::AggregateFunction& function,
                                            const std::vector<Expression>& arguments,
                                            const Position& at) {
    std::vector<Type> types;
    std::string text;
    for (const Expression& argument : arguments) {
      types.push_back(argument.type);
      text += (text.empty() ? "" : ", ") + argument.type.as_nullable().to_string();
    }
    auto signature = function.bind(types);
    if (!signature) {
      throw Error(ErrorCode::type_mismatch,
                  std::string(function.name) + " does not take (" + text + "); it is " +
                      std::string(function.signature),
                  at);
    }
    return std::move(*signature);
  }

  Expression aggregate(const function::AggregateFunction& function, const sql::FunctionCall& call,
                       const sql::Expression& written) {
    refuse_modifiers(call, written.position);
    std::vector<Expression> arguments = bind_arguments(call);
    AggregateCall aggregate;
    aggregate.name = sql::to_sql(written);
    aggregate.function = std::make_shared<const function::AggregateSignature>(
        signature_of(function, arguments, written.position));
    for (size_t i = 0; i < arguments.size(); ++i) {
      const Type& type = aggregate.function->arguments[i];
      aggregate.arguments.push_back(below(implicitly_cast(std::move(arguments[i]), type)));
    }
    if (call.filter) {
      aggregate.filter = below(
          below_window(input_, ExpressionBinder(&scope_).bind_condition(*call.filter, "FILTER"),
                       call.filter->position));
    }
    const Type type = aggregate.function->result;
    const size_t number = number_of(std::move(aggregate));
    return Expression::of_column(keys_.size() + kProperties + number, type);
  }

  size_t number_of(AggregateCall aggregate) {
    for (size_t i = 0; i < aggregates_.size(); ++i) {
      const AggregateCall& known = aggregates_[i];
      if (known.function->name == aggregate.function->name &&
          known.arguments == aggregate.arguments && known.filter == aggregate.filter) {
        return i;
      }
    }
    aggregates_.push_back(std::move(aggregate));
    return aggregates_.size() - 1;
  }

  // --- The node ---

  // A session belongs to a partition, so groups within one would share its bounds.
  void check_session_keys(const std::vector<size_t>& partition_by) const {
    const std::set<size_t> partition(partition_by.begin(), partition_by.end());
    std::set<size_t> keys;
    for (const Key& key : keys_) {
      keys.insert(key.below);
    }
    if (input_.window.kind == WindowKind::session && keys != partition) {
      throw Error(ErrorCode::unsupported,
                  "GROUP BY over a SESSION window by other columns than its PARTITION BY is not "
                  "supported",
                  select_.group_by.front().position);
    }
  }

  Node* add_aggregate() {
    std::vector<size_t> partition_by;
    for (const size_t column : input_.window.partition_by) {
      partition_by.push_back(
          below(Expression::of_column(column, input_.node->schema[column].type)));
    }
    check_session_keys(partition_by);
    WindowAggregate* node = plan_.add(std::make_unique<WindowAggregate>());
    node->inputs = {new_project(plan_, input_.node, below_, below_names_)};
    node->window = input_.window;
    node->window.time_column = time_column_;
    node->window.partition_by = std::move(partition_by);
    for (const Key& key : keys_) {
      node->keys.push_back(key.below);
    }
    node->aggregates = aggregates_;
    node->properties = {WindowProperty::start, WindowProperty::end, WindowProperty::time};
    describe(*node);
    return node;
  }

  std::vector<size_t> final_numbers() const {
    std::vector<size_t> numbers;
    for (size_t i = 0; i < keys_.size(); ++i) {
      numbers.push_back(i);
    }
    for (size_t i = 0; i < kProperties; ++i) {
      numbers.push_back(keys_.size() + aggregates_.size() + i);
    }
    for (size_t i = 0; i < aggregates_.size(); ++i) {
      numbers.push_back(keys_.size() + i);
    }
    return numbers;
  }

  static constexpr size_t kProperties = 3;

  Plan& plan_;
  const sql::Select& select_;
  const Scope& scope_;
  WindowInput input_;
  size_t time_column_ = 0;
  std::vector<Expression> below_;  // over input_.node
  std::vector<std::string> below_names_;
  std::vector<Key> keys_;
  std::vector<AggregateCall> aggregates_;
};

}  // namespace

Relation bind_grouped(Plan& plan, const sql::Select& select, const Relation& from,
                      const Scope& scope) {
  const Position& at = select.group_by.front().position;
  std::optional<WindowInput> input = find_window(plan, from.node, at);
  if (!input) {
    throw Error(
        ErrorCode::unsupported,
        "GROUP BY without a window is not supported: group by window_start and window_end of "
        "a window table function, as in FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL "
        "'5' MINUTES))",
        at);
  }
  if (input->filtered && input->window.kind == WindowKind::session) {
    throw Error(ErrorCode::unsupported,
                "WHERE over a SESSION window is not supported: put the condition into a view that "
                "SESSION reads",
                at);
  }
  return GroupedSelect(plan, select, scope, std::move(*input)).bind();
}

}  // namespace millrace::plan
