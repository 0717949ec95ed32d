#include "plan/bind/aggregation.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/check.h"
#include "function/aggregate.h"
#include "plan/bind/aggregate_calls.h"
#include "plan/bind/expressions.h"
#include "plan/bind/grouping_sets.h"
#include "plan/bind/literals.h"
#include "plan/bind/window_functions.h"
#include "plan/bind/window_input.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/window_columns.h"
#include "sql/children.h"
#include "sql/printer.h"

namespace millrace::plan {

using function::Expression;

namespace {

// The columns of the groups: keys, the number of the grouping set where there are several,
// aggregates, properties of the window.
enum class Windowed : uint8_t { no, yes };

class GroupedSelect {
 public:
  // `input` says what the scope's columns are; its window counts where `windowed` says so.
  GroupedSelect(Plan& plan, const sql::Select& select, const GroupedFrom& from, WindowInput input,
                Windowed windowed)
      : plan_(plan),
        select_(select),
        scope_(from.scope),
        values_(from.values),
        input_(std::move(input)),
        is_windowed_(windowed == Windowed::yes) {}
  // GROUP BY TUMBLE(...) and its like, over the input's window.
  GroupedSelect(Plan& plan, const sql::Select& select, const GroupedFrom& from, WindowInput input,
                const sql::FunctionCall* window)
      : GroupedSelect(plan, select, from, std::move(input), Windowed::yes) {
    group_window_ = window;
  }

  // Groups by what GROUP BY says and computes all aggregate functions of the expressions.
  // Windows are not grouped by keys beside their own.
  SelectedRows group(const std::vector<const sql::Expression*>& written,
                     const std::vector<size_t>& keys_ahead) {
    if (is_windowed_) {
      time_column_ = below(Expression::of_column(input_.window.time_column, time_type()));
    }
    const std::vector<size_t> none;
    bind_keys(is_windowed_ ? none : keys_ahead);
    for (const sql::Expression* expression : written) {
      add_aggregates_in(*expression);
    }
    node_ = add_aggregate();
    SelectedRows rows{{node_, {}}, scope_of_groups()};
    for (const Field& field : node_->schema.fields) {
      rows.relation.names.push_back(field.name);
    }
    rows.keys_ahead = is_windowed_ ? 0 : keys_ahead.size();
    return rows;
  }

  // What an expression of the select list is over the groups; nothing where its parts decide.
  std::optional<Expression> answer(const sql::Expression& written) {
    const std::string text = sql::to_sql(written);
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i].text == text) {
        return key_column(i);
      }
    }
    if (const auto* name = std::get_if<sql::ColumnName>(&written.node)) {
      const Scope::Path path = scope_.resolve_path(name->name);
      if (path.first_field < name->name.parts.size()) {
        throw Error(ErrorCode::invalid_argument,
                    "field '" + text +
                        "' is neither in GROUP BY nor inside an aggregate function; a ROW in GROUP "
                        "BY does not stand for its fields: write them there too",
                    written.position);
      }
      return grouped_column(path.column, written.position);
    }
    if (const auto wanted = written_aggregate(written)) {
      return aggregate(*wanted, written);
    }
    const auto* call = std::get_if<sql::FunctionCall>(&written.node);
    if (call == nullptr || call->over || call->name.parts.size() > 1) {
      return std::nullopt;
    }
    if (group_window_ != nullptr) {
      if (const auto property = group_window_property(*call, *group_window_)) {
        return property_column(*property);
      }
    }
    return grouping_call(*call);
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
    const auto* property = std::get_if<WindowProperty>(&input_.columns[number]);
    return property != nullptr ? property_column(*property) : key_column(*found);
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

  void bind_keys(const std::vector<size_t>& ahead) {
    sets_ = {{}};
    for (const size_t column : ahead) {
      const Type& type = scope_[column].type;
      keys_.push_back({"", column, below(Expression::of_column(column, type)), type});
    }
    for (const sql::Grouping& grouping : select_.group_by) {
      sets_ = crossed(sets_, sets_of(grouping), grouping.position);
    }
  }

  // The grouping sets that an element of GROUP BY stands for, of keys by number.
  std::vector<KeySet> sets_of(const sql::Grouping& grouping) {
    switch (grouping.kind) {
      case sql::Grouping::Kind::expression: return {key_of(*grouping.expression)};
      case sql::Grouping::Kind::set: return {joined(member_sets(grouping))};
      case sql::Grouping::Kind::rollup: return rolled_up(member_sets(grouping));
      case sql::Grouping::Kind::cube: return cubed(member_sets(grouping), grouping.position);
      case sql::Grouping::Kind::grouping_sets: {
        std::vector<KeySet> sets;
        for (const sql::Grouping& member : grouping.members) {
          for (KeySet& set : sets_of(member)) {
            sets.push_back(std::move(set));
          }
        }
        return sets;
      }
    }
    return {};
  }

  // Members of a list, a rollup or a cube are expressions and lists: one set each.
  std::vector<KeySet> member_sets(const sql::Grouping& grouping) {
    std::vector<KeySet> sets;
    for (const sql::Grouping& member : grouping.members) {
      if (member.kind != sql::Grouping::Kind::expression &&
          member.kind != sql::Grouping::Kind::set) {
        throw Error(ErrorCode::syntax, "ROLLUP and CUBE take columns and lists of columns",
                    member.position);
      }
      sets.push_back(joined(sets_of(member)));
    }
    return sets;
  }

  // The bounds of the window are in every set.
  KeySet key_of(const sql::Expression& written) {
    if (group_window_ != nullptr && group_window(written) == group_window_) {
      return {};
    }
    const Expression bound = ExpressionBinder(&scope_).bind(written);
    if (is_windowed_ && property_of(input_, bound)) {
      return {};
    }
    const std::string text = sql::to_sql(written);
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (keys_[i].text == text) {
        return {i};
      }
    }
    add_key(written, bound);
    return {keys_.size() - 1};
  }

  void add_key(const sql::Expression& written, const Expression& bound) {
    Key key;
    key.text = sql::to_sql(written);
    if (is_column(bound)) {
      key.column = bound.column;
    }
    key.type = bound.type;
    key.below = below(below_window(input_, bound));
    keys_.push_back(std::move(key));
  }

  bool has_sets() const { return sets_.size() > 1; }
  // Of the select list: the keys, and the number of the grouping set where there are several.
  size_t key_columns() const { return keys_.size() + (has_sets() ? 1 : 0); }
  Expression key_column(size_t key) const {
    const Type& type = keys_[key].type;
    return Expression::of_column(key, has_sets() ? type.as_nullable() : type);
  }

  // --- The select list ---

  // So that the columns of the groups have their numbers before anything names one.
  void add_aggregates_in(const sql::Expression& written) {
    if (const auto wanted = written_aggregate(written)) {
      aggregate(*wanted, written);
    } else {
      sql::for_each_child(written, [&](const sql::Expression& child) { add_aggregates_in(child); });
    }
  }

  std::optional<size_t> number_in_groups(size_t number) const {
    const auto* property = std::get_if<WindowProperty>(&input_.columns[number]);
    if (is_windowed_ && property != nullptr) {
      return first_property() + static_cast<size_t>(*property);
    }
    const auto key = std::find_if(keys_.begin(), keys_.end(),
                                  [&](const Key& one) { return one.column == number; });
    return key == keys_.end() ? std::nullopt
                              : std::optional(static_cast<size_t>(key - keys_.begin()));
  }
  size_t first_property() const { return key_columns() + aggregates_.size(); }

  // Of a window as GROUP BY TUMBLE(...) has it, the time is none of the rows'.
  Expression property_column(WindowProperty property) const {
    Type type = type_of(property, time_type());
    if (group_window_ != nullptr && property == WindowProperty::time) {
      type = type.as_nullable();
    }
    return Expression::of_column(first_property() + static_cast<size_t>(property), type);
  }

  // GROUPING(key), GROUPING_ID(key, ...): a bit a key, 1 where the set does not have it.
  std::optional<Expression> grouping_call(const sql::FunctionCall& call) {
    if (sql::is_word(call.name.last().text, "GROUP_ID") && call.arguments.empty()) {
      return group_id(call.name.position());
    }
    if (!sql::is_word(call.name.last().text, "GROUPING") &&
        !sql::is_word(call.name.last().text, "GROUPING_ID")) {
      return std::nullopt;
    }
    std::vector<size_t> keys;
    for (const sql::ExpressionPtr& argument : call.arguments) {
      keys.push_back(number_of_key(*argument));
    }
    std::vector<int64_t> values;
    for (const KeySet& set : sets_) {
      values.push_back(grouping_of(set, keys));
    }
    return by_set(values, call.name.position());
  }

  // How many of the sets before the row's own are the same.
  Expression group_id(const Position& at) const {
    std::vector<int64_t> values;
    for (auto set = sets_.begin(); set != sets_.end(); ++set) {
      values.push_back(std::count(sets_.begin(), set, *set));
    }
    return by_set(values, at);
  }

  // The value of the row's grouping set.
  Expression by_set(const std::vector<int64_t>& values, const Position& at) const {
    std::vector<Expression> cases;  // by number of the set
    for (size_t set = 0; set + 1 < values.size(); ++set) {
      std::vector<Expression> sides;
      sides.push_back(Expression::of_column(keys_.size(), Type::of(TypeKind::bigint, false)));
      sides.push_back(bigint_literal(static_cast<int64_t>(set)));
      cases.push_back(call_of("=", std::move(sides), at));
      cases.push_back(bigint_literal(values[set]));
    }
    Expression last = bigint_literal(values.back());
    if (cases.empty()) {
      return last;
    }
    cases.push_back(std::move(last));
    return Expression::of(function::ExpressionKind::case_, Type::of(TypeKind::bigint, false),
                          std::move(cases));
  }

  size_t number_of_key(const sql::Expression& written) const {
    const std::string text = sql::to_sql(written);
    for (size_t i = 0; i < keys_.size(); ++i) {
      const auto* name = std::get_if<sql::ColumnName>(&written.node);
      if (keys_[i].text == text ||
          (name != nullptr && keys_[i].column == scope_.resolve(name->name))) {
        return i;
      }
    }
    throw Error(ErrorCode::invalid_argument, "the argument of GROUPING is not in GROUP BY",
                written.position);
  }

  static int64_t grouping_of(const KeySet& set, const std::vector<size_t>& keys) {
    int64_t bits = 0;
    for (const size_t key : keys) {
      bits = bits * 2 + (set.contains(key) ? 0 : 1);
    }
    return bits;
  }

  // --- Aggregates ---

  std::vector<Expression> bind_arguments(const WrittenAggregate& wanted) {
    std::vector<Expression> arguments;
    const ExpressionBinder binder = argument_binder();
    for (const sql::Expression* argument : wanted.arguments) {
      arguments.push_back(below_window(input_, binder.bind(*argument)));
    }
    return arguments;
  }

  // Over FROM and WHERE, with the sub-queries that have become columns there.
  ExpressionBinder argument_binder() const {
    return ExpressionBinder(&scope_, [this](const sql::Expression& written) {
      if (const auto inner = written_aggregate(written)) {
        throw Error(ErrorCode::invalid_argument, "Aggregate expressions cannot be nested",
                    written.position);
      }
      return values_.answer(written);
    });
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

  // Whether each group has a row that counts. A cumulating window also comes empty.
  bool groups_have_rows(const WrittenAggregate& wanted) const {
    return !select_.group_by.empty() && wanted.filter == nullptr &&
           (!is_windowed_ || input_.window.kind != WindowKind::cumulate);
  }

  Expression aggregate(const WrittenAggregate& wanted, const sql::Expression& written) {
    std::vector<Expression> arguments = bind_arguments(wanted);
    auto signature = signature_of(*wanted.function, arguments, written.position);
    if (!signature.changes_with_each_value) {
      return add_call(wanted, std::move(signature), std::move(arguments), written);
    }
    Expression deviation = add_call(wanted, std::move(signature), arguments, written);
    const Type type = arguments[0].type;
    auto counting = signature_of(*function::find_aggregate("COUNT"), arguments, written.position);
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
      aggregate.arguments.push_back(below(implicitly_cast(std::move(arguments[i]), type)));
    }
    if (wanted.filter != nullptr) {
      aggregate.filter =
          below(below_window(input_, argument_binder().bind_condition(*wanted.filter, "FILTER")));
    }
    const Type type = aggregate.function->result;
    const size_t number = number_of(std::move(aggregate));
    return Expression::of_column(key_columns() + number, type);
  }

  size_t number_of(AggregateCall aggregate) {
    for (size_t i = 0; i < aggregates_.size(); ++i) {
      const AggregateCall& known = aggregates_[i];
      if (known.function->name == aggregate.function->name &&
          known.arguments == aggregate.arguments && known.filter == aggregate.filter &&
          known.distinct == aggregate.distinct) {
        return i;
      }
    }
    aggregates_.push_back(std::move(aggregate));
    return aggregates_.size() - 1;
  }

  // --- The node ---

  Node* add_aggregate() {
    std::vector<size_t> partition_by;
    if (is_windowed_) {
      for (const size_t column : input_.window.partition_by) {
        partition_by.push_back(
            below(Expression::of_column(column, input_.node->schema[column].type)));
      }
      if (group_window_ != nullptr && input_.window.kind == WindowKind::session) {
        for (const Key& key : keys_) {
          partition_by.push_back(key.below);
        }
      }
    }
    Node* input = new_project(plan_, input_.node, below_, below_names_);
    std::vector<size_t> keys;
    for (const Key& key : keys_) {
      keys.push_back(key.below);
    }
    if (has_sets()) {
      const size_t first = input->schema.size();
      input = new_expand(plan_, input, keys, chosen_keys());
      keys.resize(key_columns());
      std::iota(keys.begin(), keys.end(), first);
    }
    if (!is_windowed_) {
      return new_group_aggregate(plan_, input, std::move(keys), aggregates_);
    }
    WindowAggregate* node = plan_.add(std::make_unique<WindowAggregate>());
    node->inputs = {input};
    node->window = input_.window;
    node->window.time_column = time_column_;
    node->window.partition_by = std::move(partition_by);
    node->keys = std::move(keys);
    node->aggregates = aggregates_;
    node->properties = {WindowProperty::start, WindowProperty::end, WindowProperty::time};
    describe(*node);
    return node;
  }

  // For each set, whether it has the key of that number.
  std::vector<std::vector<bool>> chosen_keys() const {
    std::vector<std::vector<bool>> chosen;
    for (const KeySet& set : sets_) {
      std::vector<bool>& keys = chosen.emplace_back(keys_.size(), false);
      for (const size_t key : set) {
        keys[key] = true;
      }
    }
    return chosen;
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
  WindowInput input_;
  bool is_windowed_;
  const sql::FunctionCall* group_window_ = nullptr;
  size_t time_column_ = 0;
  std::vector<Expression> below_;  // over input_.node
  std::vector<std::string> below_names_;
  std::vector<Key> keys_;
  std::vector<KeySet> sets_;
  std::vector<AggregateCall> aggregates_;
  Node* node_ = nullptr;  // the aggregation, once it is made
};

}  // namespace

// Whether GROUP BY names both bounds of the window outside of any grouping set; with one of them
// alone, as in Flink, they are columns like others.
static bool groups_by_window(const sql::Select& select, const Scope& scope,
                             const WindowInput& input) {
  std::set<WindowProperty> named;
  for (const sql::Grouping& grouping : select.group_by) {
    if (grouping.kind == sql::Grouping::Kind::expression) {
      if (const auto property =
              property_of(input, ExpressionBinder(&scope).bind(*grouping.expression))) {
        named.insert(*property);
      }
    }
  }
  return named.contains(WindowProperty::start) && named.contains(WindowProperty::end);
}

static WindowInput without_window(Node* node) {
  WindowInput input;
  input.node = node;
  for (size_t i = 0; i < node->schema.size(); ++i) {
    input.columns.emplace_back(i);
  }
  return input;
}

static const sql::FunctionCall* group_window_of(const sql::Select& select) {
  const sql::FunctionCall* found = nullptr;
  for (const sql::Grouping& grouping : select.group_by) {
    const auto* window = grouping.kind == sql::Grouping::Kind::expression
                             ? group_window(*grouping.expression)
                             : nullptr;
    if (window != nullptr && found != nullptr) {
      throw Error(ErrorCode::unsupported, "several windows in GROUP BY are not supported",
                  grouping.position);
    }
    found = window != nullptr ? window : found;
  }
  return found;
}

// Whether the groups are a session each: as finer and coarser ones than its partitions they are
// groups of its rows.
static bool groups_are_sessions(const sql::Select& select, const Scope& scope,
                                const WindowInput& input) {
  std::set<size_t> keys;
  for (const sql::Grouping& grouping : select.group_by) {
    if (grouping.kind != sql::Grouping::Kind::expression) {
      return false;
    }
    const Expression key = ExpressionBinder(&scope).bind(*grouping.expression);
    if (property_of(input, key)) {
      continue;
    }
    const auto* column = is_column(key) ? std::get_if<size_t>(&input.columns[key.column]) : nullptr;
    if (column == nullptr) {
      return false;
    }
    keys.insert(*column);
  }
  const std::vector<size_t>& partition_by = input.window.partition_by;
  return keys == std::set<size_t>(partition_by.begin(), partition_by.end());
}

// Whether a column of the window is part of an expression, which is computed below the aggregation.
static bool computes_with_window(const sql::Expression& written, const Scope& scope,
                                 const WindowInput& input) {
  return sql::any_of(written, [&](const sql::Expression& part) {
    const auto* name = std::get_if<sql::ColumnName>(&part.node);
    return name != nullptr && std::holds_alternative<WindowProperty>(
                                  input.columns[scope.resolve_path(name->name).column]);
  });
}

static bool computes_with_window(const sql::Grouping& grouping, const Scope& scope,
                                 const WindowInput& input) {
  const sql::Expression* key = grouping.expression.get();
  const bool computed = key != nullptr && !std::holds_alternative<sql::ColumnName>(key->node);
  return (computed && computes_with_window(*key, scope, input)) ||
         std::any_of(grouping.members.begin(), grouping.members.end(),
                     [&](const sql::Grouping& member) {
                       return computes_with_window(member, scope, input);
                     });
}

static bool computes_with_window(const sql::Select& select,
                                 const std::vector<const sql::Expression*>& written,
                                 const Scope& scope, const WindowInput& input) {
  const auto computes = [&](const auto& part) { return computes_with_window(part, scope, input); };
  return std::any_of(select.group_by.begin(), select.group_by.end(), computes) ||
         std::any_of(written.begin(), written.end(), [&](const sql::Expression* expression) {
           const auto parts = inside_aggregates(*expression);
           return std::any_of(parts.begin(), parts.end(),
                              [&](const sql::Expression* part) { return computes(*part); });
         });
}

static void refuse_processing_time(const Node& node, const Position& at) {
  const auto below = window_columns(node);
  if (has_window(node) && below && below->window.time == WindowTime::of_processing) {
    throw Error(ErrorCode::unsupported,
                "an expression over window_start, window_end or window_time is not supported below "
                "the aggregation of a window by processing time",
                at);
  }
}

// The window that the groups are of, if they are: as its function makes it, so that its rows need
// not be made, or, where conditions or arguments name its bounds, as those rows have it.
static std::optional<WindowInput> window_of_groups(
    Plan& plan, const sql::Select& select, const GroupedFrom& from,
    const std::vector<const sql::Expression*>& written) {
  if (select.group_by.empty()) {
    return std::nullopt;
  }
  std::optional<WindowInput> input;
  if (has_window(*from.node)) {
    input = find_window(plan, from.node);
  }
  if (!input || computes_with_window(select, written, from.scope, *input)) {
    input = window_below(from.node);
    refuse_processing_time(*from.node, select.group_by.front().position);
  }
  if (!input || !groups_by_window(select, from.scope, *input) ||
      (input->window.kind == WindowKind::session &&
       !groups_are_sessions(select, from.scope, *input))) {
    return std::nullopt;
  }
  return input;
}

static std::shared_ptr<GroupedSelect> grouped_select(
    Plan& plan, const sql::Select& select, const GroupedFrom& from,
    const std::vector<const sql::Expression*>& written) {
  if (const sql::FunctionCall* window = group_window_of(select)) {
    WindowInput input = without_window(from.node);
    input.window = bind_group_window(*window, from.scope, *from.node);
    return std::make_shared<GroupedSelect>(plan, select, from, std::move(input), window);
  }
  auto input = window_of_groups(plan, select, from, written);
  const Windowed windowed = input ? Windowed::yes : Windowed::no;
  return std::make_shared<GroupedSelect>(
      plan, select, from, input ? std::move(*input) : without_window(from.node), windowed);
}

SelectedRows bind_groups(Plan& plan, const sql::Select& select, const GroupedFrom& from,
                         const std::vector<const sql::Expression*>& written) {
  const auto grouped = grouped_select(plan, select, from, written);
  SelectedRows rows = grouped->group(written, from.keys_ahead);
  rows.answer = [grouped](const sql::Expression& part) { return grouped->answer(part); };
  rows.from = &from.scope;
  rows.grouped = [grouped](size_t column, const Position& at) {
    return grouped->grouped_column(column, at);
  };
  return rows;
}

std::vector<const sql::Expression*> inside_aggregates(const sql::Expression& written) {
  std::vector<const sql::Expression*> parts;
  if (const auto wanted = written_aggregate(written)) {
    parts = wanted->arguments;
    if (wanted->filter != nullptr) {
      parts.push_back(wanted->filter);
    }
    return parts;
  }
  sql::for_each_child(written, [&](const sql::Expression& child) {
    const auto found = inside_aggregates(child);
    parts.insert(parts.end(), found.begin(), found.end());
  });
  return parts;
}

static bool is_aggregate_call(const sql::Expression& written) {
  return written_aggregate(written).has_value();
}

bool is_aggregated(const sql::Select& select) {
  if (!select.group_by.empty() || select.having) {
    return true;
  }
  return std::any_of(select.items.begin(), select.items.end(), [](const sql::SelectItem& item) {
    return sql::any_of(*item.expression, is_aggregate_call);
  });
}

}  // namespace millrace::plan
