#include "plan/bind/aggregation.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "function/aggregate.h"
#include "plan/bind/aggregate_calls.h"
#include "plan/bind/empty_input.h"
#include "plan/bind/expressions.h"
#include "plan/bind/group_keys.h"
#include "plan/bind/means_of_sums.h"
#include "plan/bind/window_functions.h"
#include "plan/bind/window_updates.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/runtime_mode.h"
#include "plan/same_calls.h"
#include "sql/children.h"
#include "sql/printer.h"

namespace millrace::plan {

using function::Expression;

namespace {

// The columns of the groups: keys, the number of the grouping set where there are several,
// aggregates, properties of the window.
class GroupedSelect {
 public:
  // Windows are not grouped by keys beside their own.
  GroupedSelect(Plan& plan, const sql::Select& select, const GroupedFrom& from, GroupInput input)
      : plan_(plan),
        select_(select),
        scope_(from.scope),
        values_(from.values),
        input_(std::move(input)),
        keys_ahead_(input_.has_window ? std::vector<size_t>() : from.keys_ahead),
        below_(input_.rows.node->schema, ProjectedBelow::Begins::empty),
        time_column_(input_.has_window ? below_.number_of_column(window().time_column) : 0),
        keys_(scope_, input_, keys_ahead_, select.group_by, below_) {}
  // What the parts look into stays where it is.
  GroupedSelect(const GroupedSelect&) = delete;
  GroupedSelect& operator=(const GroupedSelect&) = delete;

  // Groups by what GROUP BY says and computes all aggregate functions of the expressions.
  SelectedRows group(const std::vector<const sql::Expression*>& written) {
    for (const sql::Expression* expression : written) {
      add_aggregates_in(*expression);
    }
    node_ = add_aggregate();
    SelectedRows rows{{node_, {}}, scope_of_groups()};
    for (const Field& field : node_->schema.fields) {
      rows.relation.names.push_back(field.name);
    }
    rows.keys_ahead = keys_ahead_.size();
    return rows;
  }

  // What an expression of the select list is over the groups; nothing where its parts decide.
  std::optional<Expression> answer(const sql::Expression& written) {
    const std::string text = sql::to_sql(written);
    if (const auto key = keys_.find(text)) {
      return keys_.column(*key);
    }
    if (const auto* name = std::get_if<sql::ColumnName>(&written.node)) {
      const Scope::Path path = scope_.resolve_path(name->name);
      if (!path.fields.empty()) {
        if (const auto key = keys_.find(ExpressionBinder(&scope_).bind(written))) {
          return keys_.column(*key);
        }
        throw Error(ErrorCode::invalid_argument,
                    "field '" + text +
                        "' is neither in GROUP BY nor inside an aggregate function; a ROW in GROUP "
                        "BY does not stand for its fields: write them there too",
                    written.position);
      }
      return grouped_column(path.column, written.position);
    }
    if (const auto wanted = written_aggregate(written, scope_.functions())) {
      return aggregate(*wanted, written);
    }
    const auto* call = std::get_if<sql::FunctionCall>(&written.node);
    if (call == nullptr || call->over || call->name.parts.size() > 1) {
      return std::nullopt;
    }
    if (input_.group_window != nullptr) {
      if (const auto property = group_window_property(*call, *input_.group_window, window().time)) {
        return property_column(*property);
      }
    }
    return keys_.grouping_call(*call);
  }

  // The column of the groups that a column of FROM is.
  Expression grouped_column(size_t number, const Position& at) const {
    const auto found = number_in_groups(number);
    if (!found) {
      throw Error(ErrorCode::invalid_argument,
                  "column '" + scope_[number].name +
                      "' is neither in GROUP BY nor inside an aggregate function",
                  at);
    }
    const auto* property = std::get_if<WindowProperty>(&input_.rows.columns[number]);
    return property != nullptr ? property_column(*property) : keys_.column(*found);
  }

 private:
  const Window& window() const { return input_.rows.window; }
  const Type& time_type() const { return input_.rows.node->schema[window().time_column].type; }

  // --- The select list ---

  // So that the columns of the groups have their numbers before anything names one.
  void add_aggregates_in(const sql::Expression& written) {
    if (const auto wanted = written_aggregate(written, scope_.functions())) {
      aggregate(*wanted, written);
    } else {
      sql::for_each_child(written, [&](const sql::Expression& child) { add_aggregates_in(child); });
    }
  }

  std::optional<size_t> number_in_groups(size_t number) const {
    const auto* property = std::get_if<WindowProperty>(&input_.rows.columns[number]);
    if (input_.has_window && property != nullptr) {
      return first_property() + static_cast<size_t>(*property);
    }
    return keys_.find_column(number);
  }
  size_t first_property() const { return keys_.columns() + aggregates_.size(); }

  // Of a window as GROUP BY TUMBLE(...) has it, the time is none of the rows'; that of processing
  // is always known.
  Expression property_column(WindowProperty property) const {
    Type type = type_of(property, time_type());
    if (input_.group_window != nullptr && property == WindowProperty::time &&
        window().time != WindowTime::of_processing) {
      type = type.as_nullable();
    }
    return Expression::of_column(first_property() + static_cast<size_t>(property), type);
  }

  // --- Aggregates ---

  std::vector<Expression> bind_arguments(const WrittenAggregate& wanted) {
    std::vector<Expression> arguments;
    const ExpressionBinder binder = argument_binder();
    for (const sql::Expression* argument : wanted.arguments) {
      arguments.push_back(below_window(input_.rows, binder.bind(*argument)));
    }
    return arguments;
  }

  // Over FROM and WHERE, with the sub-queries that have become columns there.
  ExpressionBinder argument_binder() const {
    return ExpressionBinder(&scope_, [this](const sql::Expression& written) {
      if (const auto inner = written_aggregate(written, scope_.functions())) {
        throw Error(ErrorCode::invalid_argument, "Aggregate expressions cannot be nested",
                    written.position);
      }
      return values_.answer(written);
    });
  }

  // Whether each group has a row that counts.
  bool groups_have_rows(const WrittenAggregate& wanted) const {
    return !select_.group_by.empty() && wanted.filter == nullptr;
  }

  // As in Flink, only a batch job finds rows that are equal.
  bool compares_rows(const std::vector<Expression>& arguments) const {
    return is_batch(plan_) && arguments.size() == 1 && arguments[0].type.kind == TypeKind::row;
  }

  // Bound once, however often it is asked for: what is drawn anew for each row, as RAND() is,
  // equals no other.
  Expression aggregate(const WrittenAggregate& wanted, const sql::Expression& written) {
    const std::string text = sql::to_sql(written);
    const auto known = bound_.find(text);
    return known != bound_.end() ? known->second
                                 : bound_.emplace(text, bound(wanted, written)).first->second;
  }

  Expression bound(const WrittenAggregate& wanted, const sql::Expression& written) {
    if (wanted.function != nullptr && wanted.function->in_batch_alone && !is_batch(plan_)) {
      throw Error(ErrorCode::invalid_argument,
                  std::string(wanted.function->name) +
                      " aggregate function does not support yet for streaming.",
                  written.position);
    }
    std::vector<Expression> arguments = bind_arguments(wanted);
    if (wanted.distinct && !compares_rows(arguments)) {
      check_distinct(arguments, written.position);
    }
    if (wanted.own != nullptr) {
      arguments = fitted(*wanted.own, std::move(arguments), written.position);
      return add_call(wanted, *wanted.own->aggregate, std::move(arguments), written);
    }
    auto signature = signature_of(*wanted.function, arguments, wanted.arguments, written.position);
    if (!signature.changes_with_each_value) {
      return add_call(wanted, std::move(signature), std::move(arguments), written);
    }
    Expression deviation = add_call(wanted, std::move(signature), arguments, written);
    const Type type = arguments[0].type;
    auto counting = signature_of(*function::find_aggregate("COUNT"), arguments, wanted.arguments,
                                 written.position);
    Expression count = add_call(wanted, std::move(counting), std::move(arguments), written);
    return deviation_of(std::move(deviation), std::move(count), type, written.position);
  }

  Expression add_call(const WrittenAggregate& wanted, function::AggregateSignature signature,
                      std::vector<Expression> arguments, const sql::Expression& written) {
    AggregateCall aggregate;
    aggregate.name = sql::to_sql(written);
    aggregate.distinct = wanted.distinct;
    if (groups_have_rows(wanted) && signature.null_as_argument) {
      signature.result.nullable = arguments[0].type.nullable;
    }
    aggregate.function = std::make_shared<const function::AggregateSignature>(std::move(signature));
    for (size_t i = 0; i < arguments.size(); ++i) {
      const Type& type = aggregate.function->arguments[i];
      aggregate.arguments.push_back(
          below_.number_of(implicitly_cast(std::move(arguments[i]), type)));
    }
    if (wanted.filter != nullptr) {
      aggregate.filter = below_.number_of(
          below_window(input_.rows, argument_binder().bind_condition(*wanted.filter, "FILTER")));
    }
    const Type type = aggregate.function->result;
    const size_t number = number_of(std::move(aggregate));
    return Expression::of_column(keys_.columns() + number, type);
  }

  size_t number_of(AggregateCall aggregate) {
    for (size_t i = 0; i < aggregates_.size(); ++i) {
      if (are_same(aggregates_[i], aggregate)) {
        return i;
      }
    }
    aggregates_.push_back(std::move(aggregate));
    return aggregates_.size() - 1;
  }

  // --- The node ---

  Node* add_aggregate() {
    const std::vector<size_t> partition_by = window_partition();
    Node* input = below_.add_to(plan_, input_.rows.node);
    std::vector<size_t> keys = keys_.below();
    if (keys_.has_sets()) {
      const size_t first = input->schema.size();
      input = new_expand(plan_, input, keys, keys_.chosen());
      keys.resize(keys_.columns());
      std::iota(keys.begin(), keys.end(), first);
    }
    if (!input_.has_window) {
      if (Node* known = keys.empty() && !is_batch(plan_)
                            ? aggregates_of_nothing(plan_, *input, aggregates_)
                            : nullptr) {
        return known;
      }
      return new_group_aggregate(plan_, input, std::move(keys), computed());
    }
    WindowAggregate* node = plan_.add(std::make_unique<WindowAggregate>());
    node->position = select_.group_by.front().position;
    node->inputs = {input};
    node->window = window();
    if (input_.group_window == nullptr) {
      check_hops(plan_, node->window, node->position);
    }
    check_merged(node->window);
    node->updates =
        window_updates(plan_, node->window,
                       input_.group_window != nullptr ? WindowIsOf::group_by : WindowIsOf::function,
                       node->position);
    node->window.time_column = time_column_;
    node->window.partition_by = partition_by;
    node->keys = std::move(keys);
    node->aggregates = computed();
    node->properties = {WindowProperty::start, WindowProperty::end, WindowProperty::time};
    describe(*node);
    return node;
  }

  std::vector<AggregateCall> computed() const {
    std::vector<AggregateCall> calls = aggregates_;
    compute_means_of_sums(calls, is_batch(plan_));
    return calls;
  }

  // Sessions that meet are one from then on.
  void check_merged(const Window& of) const {
    for (const AggregateCall& call : aggregates_) {
      if (of.kind == WindowKind::session && call.function->merge == nullptr) {
        throw Error(ErrorCode::unsupported,
                    call.name +
                        " cannot be of SESSION windows: the library gives the function no "
                        "merge()",
                    select_.group_by.front().position);
      }
    }
  }

  // What each window is of, as columns of the projection below.
  std::vector<size_t> window_partition() {
    std::vector<size_t> columns;
    if (input_.has_window) {
      for (const size_t column : window().partition_by) {
        columns.push_back(below_.number_of_column(column));
      }
    }
    if (input_.group_window != nullptr && window().kind == WindowKind::session) {
      const std::vector<size_t> keys = keys_.below();
      columns.insert(columns.end(), keys.begin(), keys.end());
    }
    return columns;
  }

  // The keys and the window by the names that they have in FROM, for sub-queries over the groups.
  Scope scope_of_groups() const {
    std::vector<ScopeColumn> columns;
    for (const Field& field : node_->schema.fields) {
      columns.push_back({"", "", field.type, true});
    }
    for (size_t i = scope_.columns().size(); i-- > 0;) {
      if (const auto number = number_in_groups(i)) {
        ScopeColumn column = scope_[i];
        column.type = columns[*number].type;
        columns[*number] = std::move(column);
      }
    }
    Scope scope(scope_.functions());
    for (ScopeColumn& column : columns) {
      scope.add(std::move(column));
    }
    return scope;
  }

  Plan& plan_;
  const sql::Select& select_;
  const Scope& scope_;
  const SubQueryValues values_;
  const GroupInput input_;
  const std::vector<size_t> keys_ahead_;
  ProjectedBelow below_;
  const size_t time_column_;  // of the window, below
  const GroupKeys keys_;
  std::vector<AggregateCall> aggregates_;
  std::map<std::string, Expression> bound_;  // what stands for an aggregate, by its text
  Node* node_ = nullptr;                     // the aggregation, once it is made
};

}  // namespace

SelectedRows bind_groups(Plan& plan, const sql::Select& select, const GroupedFrom& from,
                         const std::vector<const sql::Expression*>& written) {
  const auto grouped =
      std::make_shared<GroupedSelect>(plan, select, from, group_input(plan, select, from, written));
  SelectedRows rows = grouped->group(written);
  rows.answer = [grouped](const sql::Expression& part) { return grouped->answer(part); };
  rows.from = &from.scope;
  rows.grouped = [grouped](size_t column, const Position& at) {
    return grouped->grouped_column(column, at);
  };
  return rows;
}

std::vector<const sql::Expression*> inside_aggregates(const sql::Expression& written,
                                                      const UserFunctions* functions) {
  std::vector<const sql::Expression*> parts;
  if (const auto wanted = written_aggregate(written, functions)) {
    parts = wanted->arguments;
    if (wanted->filter != nullptr) {
      parts.push_back(wanted->filter);
    }
    return parts;
  }
  sql::for_each_child(written, [&](const sql::Expression& child) {
    const auto found = inside_aggregates(child, functions);
    parts.insert(parts.end(), found.begin(), found.end());
  });
  return parts;
}

bool is_aggregated(const sql::Select& select, const UserFunctions* functions) {
  if (!select.group_by.empty() || select.having) {
    return true;
  }
  return std::any_of(select.items.begin(), select.items.end(), [&](const sql::SelectItem& item) {
    return sql::any_of(*item.expression, [&](const sql::Expression& part) {
      return written_aggregate(part, functions).has_value();
    });
  });
}

}  // namespace millrace::plan
