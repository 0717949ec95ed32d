// MATCH_RECOGNIZE: conditions and measures become expressions over cells, which say what each of
// them reads of the rows that were matched so far (MatchRecognize::Cell).

#include <algorithm>

#include "base/ascii_case.h"
#include "function/aggregate.h"
#include "function/evaluate.h"
#include "plan/bind/aggregate_calls.h"
#include "plan/bind/expressions.h"
#include "plan/bind/match_pattern.h"
#include "plan/bind/ordering.h"
#include "plan/bind/queries.h"
#include "plan/bind/window_functions.h"
#include "plan/columns.h"
#include "plan/literal_value.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/runtime_mode.h"
#include "plan/same_calls.h"
#include "sql/printer.h"

namespace millrace::plan {

using function::Expression;
using Cell = MatchRecognize::Cell;
using Element = MatchRecognize::Element;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

class MatchBinder {
 public:
  MatchBinder(const Scope& scope, const Node& input, MatchRecognize& node)
      : scope_(scope), input_(input), node_(node), below_(all_columns(input.schema)) {
    for (const Field& field : input.schema.fields) {
      below_names_.push_back(field.name);
    }
  }

  // The rows of several variables, by a name of their own.
  void add_subset(const sql::MatchRecognize::Subset& subset) {
    std::vector<size_t> elements;
    for (const sql::Name& variable : subset.variables) {
      const std::vector<size_t> more = elements_of(variable);
      elements.insert(elements.end(), more.begin(), more.end());
    }
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    if (find_elements(subset.name.text)) {
      throw Error(ErrorCode::invalid_argument,
                  "'" + subset.name.text + "' of SUBSET is a variable or a subset already",
                  subset.name.position);
    }
    subsets_.push_back({subset.name.text, std::move(elements)});
  }
  // Over the cells.
  Expression bind_measure(const sql::MatchRecognize::Measure& measure) {
    // Of one row a match it is the last one that measures are of.
    final_ = measure.rows == sql::MatchRecognize::Measure::Rows::final_ && node_.shows_all_rows();
    Expression bound = binder().bind(*measure.expression);
    final_ = false;
    return bound;
  }
  Expression bind_condition(const sql::Expression& written) {
    in_condition_ = true;
    Expression bound = binder().bind_condition(written, "DEFINE");
    in_condition_ = false;
    return bound;
  }
  // A column of the input, which what is computed is put behind.
  size_t bind_column(const sql::Expression& written) {
    return below(ExpressionBinder(&scope_).bind(written), sql::to_sql(written));
  }
  // Wherever the variable stands in the pattern.
  std::vector<size_t> find_variable(const std::string& name) const {
    std::vector<size_t> elements;
    for (size_t i = 0; i < node_.pattern.size(); ++i) {
      if (node_.pattern[i].variable == name) {
        elements.push_back(i);
      }
    }
    return elements;
  }
  std::vector<size_t> elements_of(const sql::Name& variable) const {
    std::vector<size_t> elements = find_variable(variable.text);
    if (elements.empty()) {
      throw Error(ErrorCode::not_found, "no variable '" + variable.text + "' in PATTERN",
                  variable.position);
    }
    return elements;
  }
  // Of a variable or a subset.
  std::vector<size_t> elements_named(const sql::Name& name) const {
    const auto elements = find_elements(name.text);
    return elements ? *elements : elements_of(name);
  }
  // The input with the computed columns behind its own.
  Node* input_of(Plan& plan, Node* input) const {
    return below_.size() == input->schema.size() ? input
                                                 : new_project(plan, input, below_, below_names_);
  }

 private:
  ExpressionBinder binder() {
    return ExpressionBinder(&scope_,
                            [this](const sql::Expression& written) { return answer(written); });
  }

  std::optional<std::vector<size_t>> find_elements(const std::string& name) const {
    if (auto elements = find_variable(name); !elements.empty()) {
      return elements;
    }
    for (const Subset& subset : subsets_) {
      if (subset.name == name) {
        return subset.elements;
      }
    }
    return std::nullopt;
  }

  std::optional<Expression> answer(const sql::Expression& written) {
    if (std::holds_alternative<sql::ColumnName>(written.node)) {
      return row_value(Cell::Kind::last, written, 0, sql::to_sql(written));
    }
    const auto* call = std::get_if<sql::FunctionCall>(&written.node);
    if (call == nullptr || call->name.parts.size() > 1 || call->over) {
      return std::nullopt;
    }
    const std::string name = upper_case(call->name.last().text);
    if (name == "FIRST" || name == "LAST") {
      return navigation(*call, written, name == "FIRST" ? Cell::Kind::first : Cell::Kind::last);
    }
    if (name == "MATCH_ROWTIME") {
      return match_rowtime(*call, written);
    }
    if (name == "PREV") {
      return navigation(*call, written, Cell::Kind::previous);
    }
    if (name == "NEXT") {
      return navigation(*call, written, Cell::Kind::next);
    }
    if (name == "MATCH_PROCTIME" && call->arguments.empty()) {
      return call_of("PROCTIME", {}, written.position);
    }
    if (name == "MATCH_NUMBER" && call->arguments.empty()) {
      return match_number(written);
    }
    if (name == "CLASSIFIER" && call->arguments.empty()) {
      return classifier(written);
    }
    return function::find_aggregate(name) == nullptr
               ? std::nullopt
               : std::optional(aggregate(*call, written, name));
  }

  // --- What an argument reads ---

  // The elements of the pattern whose rows arguments are meant for, all where empty; nothing where
  // no column is read.
  using Elements = std::optional<std::vector<size_t>>;

  // An expression over one row. What it reads is of the rows that were read before, if any were.
  Expression bind_over_row(const sql::Expression& written, Elements& read) {
    const auto column_of = [&](const sql::Expression& part) -> std::optional<Expression> {
      const auto* column = std::get_if<sql::ColumnName>(&part.node);
      if (column == nullptr) {
        return std::nullopt;
      }
      const auto& parts = column->name.parts;
      const auto named = parts.size() == 2 ? find_elements(parts[0].text) : std::nullopt;
      const std::vector<size_t> elements = named.value_or(std::vector<size_t>());
      if (read && *read != elements) {
        refuse("Aggregation must be applied to a single pattern variable", part.position);
      }
      read = elements;
      const size_t number =
          named ? scope_.resolve(sql::QualifiedName{{parts[1]}}) : scope_.resolve(column->name);
      return Expression::of_column(number, scope_[number].type);
    };
    return ExpressionBinder(&scope_, column_of).bind(written);
  }

  Expression row_value(Cell::Kind kind, const sql::Expression& written, uint32_t offset,
                       std::string name) {
    Elements read;
    Expression value = bind_over_row(written, read);
    Cell cell;
    cell.kind = kind;
    cell.elements = read.value_or(std::vector<size_t>());
    cell.offset = offset;
    cell.type = value.type.as_nullable(value.type.nullable || !has_row(cell));
    cell.column = below(std::move(value), name);
    cell.name = std::move(name);
    return cell_value(std::move(cell));
  }

  // Whether each match has the row: what a measure says of it is NULL where the row has it alone.
  bool has_row(const Cell& cell) const {
    const bool is_named = cell.kind == Cell::Kind::first || cell.kind == Cell::Kind::last;
    const bool is_matched =
        cell.elements.empty() ||
        std::any_of(cell.elements.begin(), cell.elements.end(),
                    [&](size_t element) { return node_.pattern[element].least > 0; });
    return !in_condition_ && node_.steps.empty() && !node_.shows_all_rows() && is_named &&
           cell.offset == 0 && is_matched;
  }

  Expression navigation(const sql::FunctionCall& call, const sql::Expression& written,
                        Cell::Kind kind) {
    if (call.arguments.empty() || call.arguments.size() > 2) {
      throw Error(ErrorCode::type_mismatch,
                  "FIRST, LAST, PREV and NEXT take a value and how many rows from there",
                  written.position);
    }
    uint32_t offset = kind == Cell::Kind::previous || kind == Cell::Kind::next ? 1 : 0;
    if (call.arguments.size() == 2) {
      const Scope none(nullptr);
      const Expression bound = function::folded(ExpressionBinder(&none).bind(*call.arguments[1]));
      const auto number = whole_value(bound);
      if (!number || *number < 0 || bound.type.kind != TypeKind::integer) {
        refuse("the offset of FIRST, LAST, PREV and NEXT must be a number of rows",
               call.arguments[1]->position);
      }
      offset = static_cast<uint32_t>(*number);
    }
    return row_value(kind, *call.arguments[0], offset, sql::to_sql(written));
  }

  // Which of the matches of its key it is, from 1.
  Expression match_number(const sql::Expression& written) {
    if (in_condition_) {
      refuse("MATCH_NUMBER is of a match: it can be a measure, and no condition", written.position);
    }
    Cell cell;
    cell.kind = Cell::Kind::number;
    cell.name = sql::to_sql(written);
    cell.type = Type::of(TypeKind::bigint);
    return cell_value(std::move(cell));
  }

  // The variable of the row at hand.
  Expression classifier(const sql::Expression& written) {
    Cell cell;
    cell.kind = Cell::Kind::classifier;
    cell.name = sql::to_sql(written);
    cell.type = Type::string();
    return cell_value(std::move(cell));
  }

  // Without an argument it is the time by UTC, of whatever the rows are ordered by: what an instant
  // is in a column anyway. Of a named column the type stays as it is.
  Expression match_rowtime(const sql::FunctionCall& call, const sql::Expression& written) {
    Cell cell;
    cell.column = node_.order_by.front().column;
    cell.name = sql::to_sql(written);
    if (input_.schema[cell.column].type.precision > 3) {
      refuse("MATCH_ROWTIME() of a time finer than milliseconds is not supported",
             written.position);
    }
    cell.type = Type::timestamp(3, node_.may_be_empty());
    if (!call.arguments.empty()) {
      Elements read;
      const Expression argument = bind_over_row(*call.arguments[0], read);
      if (!is_column(argument) || !input_.is_rowtime(argument.column)) {
        refuse("The function MATCH_ROWTIME requires argument to be a row time attribute type",
               written.position);
      }
      cell.column = argument.column;
      const Type& type = input_.schema[cell.column].type;
      cell.type = type.as_nullable(type.nullable || node_.may_be_empty());
    }
    return cell_value(std::move(cell));
  }

  Expression aggregate(const sql::FunctionCall& call, const sql::Expression& written,
                       const std::string& name) {
    if (call.distinct || call.filter || !call.within_group.empty()) {
      refuse("DISTINCT, FILTER and WITHIN GROUP are not supported in MATCH_RECOGNIZE",
             written.position);
    }
    // Flink computes means and deviations of sums here, as it does ahead of OVER.
    const function::AggregateFunction& function = *function::find_over_function(name);
    if (function.approximates) {
      refuse(name + " is not supported in MATCH_RECOGNIZE", written.position);
    }
    check_star(function, call, written.position);
    Cell cell;
    cell.kind = Cell::Kind::aggregate;
    cell.name = sql::to_sql(written);
    Elements read;
    std::vector<Expression> arguments;
    for (const sql::ExpressionPtr& argument : call.arguments) {
      const auto* star = std::get_if<sql::Star>(&argument->node);
      if (star == nullptr) {
        arguments.push_back(bind_over_row(*argument, read));
      } else if (!star->qualifier.empty()) {
        read = elements_named(star->qualifier.front());
      }
    }
    cell.elements = read.value_or(std::vector<size_t>());
    const auto signature =
        signature_of(function, arguments, written_values(call), written.position);
    cell.call.name = cell.name;
    cell.call.function = std::make_shared<const function::AggregateSignature>(signature);
    for (size_t i = 0; i < arguments.size(); ++i) {
      cell.call.arguments.push_back(
          below(implicitly_cast(std::move(arguments[i]), signature.arguments[i]), cell.name));
    }
    cell.type = signature.result;
    return cell_value(std::move(cell));
  }

  // --- Numbers ---

  size_t below(Expression expression, std::string name) {
    for (size_t i = 0; i < below_.size(); ++i) {
      if (below_[i].equals(expression)) {
        return i;
      }
    }
    below_.push_back(std::move(expression));
    below_names_.push_back(std::move(name));
    return below_.size() - 1;
  }

  static bool is_same(const Cell& a, const Cell& b) {
    const bool plain = a.kind == b.kind && a.elements == b.elements && a.column == b.column &&
                       a.offset == b.offset && a.type == b.type &&
                       a.of_whole_match == b.of_whole_match;
    return plain && (a.kind != Cell::Kind::aggregate || are_same(a.call, b.call));
  }

  Expression cell_value(Cell cell) {
    cell.of_whole_match = final_;
    size_t number = 0;
    while (number < node_.cells.size() && !is_same(node_.cells[number], cell)) {
      ++number;
    }
    const Type type = cell.type;
    if (number == node_.cells.size()) {
      node_.cells.push_back(std::move(cell));
    }
    return Expression::of_column(number, type);
  }

  struct Subset {
    std::string name;
    std::vector<size_t> elements;
  };

  const Scope& scope_;
  const Node& input_;
  MatchRecognize& node_;
  std::vector<Subset> subsets_;
  bool final_ = false;         // what is bound is of the whole match
  bool in_condition_ = false;  // of DEFINE
  std::vector<Expression> below_;
  std::vector<std::string> below_names_;
};

void bind_order(const Plan& plan, const sql::MatchRecognize& match, const Node& input,
                MatchBinder& binder, MatchRecognize& node) {
  for (const sql::OrderItem& item : match.order_by) {
    node.order_by.push_back(sort_key(item, binder.bind_column(*item.expression)));
  }
  const bool by_arrival = !node.order_by.empty() && input.proctime == node.order_by.front().column;
  const bool by_time = !node.order_by.empty() &&
                       node.order_by.front().column < input.schema.size() &&
                       is_event_time(plan, input, node.order_by.front().column);
  if (!by_arrival && !by_time) {
    refuse("You must specify either rowtime or proctime for order by as the first one.",
           node.position);
  }
  if (by_arrival && node.order_by.size() > 1) {
    refuse("MATCH_RECOGNIZE ordered by processing time and another column is not supported",
           match.order_by[1].expression->position);
  }
  if (node.order_by.front().descending) {
    refuse("Primary sort order of a streaming table must be ascending on time.", node.position);
  }
}

// Rows whose time no watermark goes with are put in order once all are there, to be taken as they
// arrive then.
Node* in_order(Plan& plan, const MatchRecognize& match, Node* input) {
  const size_t time = match.order_by.front().column;
  const bool has_clock = input->is_rowtime(time) || input->proctime == time;
  return has_clock ? input : new_final_rows(plan, input, match.order_by);
}

// As the standard has it: what the rows are parted and ordered by, the measures, all other columns.
void show_all_rows(const Scope& scope, MatchRecognize& node, Relation& relation) {
  for (const SortKey& key : node.order_by) {
    const bool is_shown = std::find(node.shown_ahead.begin(), node.shown_ahead.end(), key.column) !=
                          node.shown_ahead.end();
    if (!is_shown && key.column < scope.columns().size()) {
      node.shown_ahead.push_back(key.column);
      relation.names.push_back(scope[key.column].name);
    }
  }
  for (size_t column = 0; column < scope.columns().size(); ++column) {
    if (std::find(node.shown_ahead.begin(), node.shown_ahead.end(), column) ==
        node.shown_ahead.end()) {
      node.shown_behind.push_back(column);
    }
  }
}

void bind_measures(const sql::MatchRecognize& match, MatchBinder& binder, MatchRecognize& node,
                   Relation& relation) {
  const auto ahead = static_cast<std::ptrdiff_t>(relation.names.size());
  for (const sql::MatchRecognize::Measure& measure : match.measures) {
    const auto has_name = [&](const std::string& name) { return name == measure.name.text; };
    if (std::any_of(relation.names.begin() + ahead, relation.names.end(), has_name)) {
      throw Error(ErrorCode::invalid_argument,
                  "there are two measures of the name '" + measure.name.text + "'",
                  measure.name.position);
    }
    node.measures.push_back(binder.bind_measure(measure));
    relation.names.push_back(measure.name.text);
  }
}

// A condition for what is not in the PATTERN is one of no row.
void bind_definitions(const sql::MatchRecognize& match, MatchBinder& binder, MatchRecognize& node) {
  for (const sql::MatchRecognize::Definition& definition : match.definitions) {
    const std::vector<size_t> elements = binder.find_variable(definition.variable.text);
    if (elements.empty()) {
      continue;
    }
    if (node.pattern[elements.front()].condition) {
      throw Error(ErrorCode::invalid_argument,
                  "variable '" + definition.variable.text + "' is defined twice",
                  definition.variable.position);
    }
    const Expression condition = binder.bind_condition(*definition.condition);
    for (const size_t element : elements) {
      node.pattern[element].condition = condition;
    }
  }
}

}  // namespace

Relation QueryBinder::bind_match(const sql::MatchRecognize& match, const Position& at) {
  Scope scope(&functions_);
  const Relation input = bind_from(*match.input, scope);
  MatchRecognize* node = plan_.add(std::make_unique<MatchRecognize>());
  node->position = at;
  bind_pattern(match, is_batch(plan_) ? RuntimeMode::batch : RuntimeMode::streaming, *node);
  node->written_pattern = sql::to_sql(match.pattern);
  MatchBinder binder(scope, *input.node, *node);
  Relation relation;
  for (const sql::ExpressionPtr& item : match.partition_by) {
    const size_t column = binder.bind_column(*item);
    if (column >= scope.columns().size()) {
      refuse("PARTITION BY of MATCH_RECOGNIZE takes columns", item->position);
    }
    node->partition_by.push_back(column);
    relation.names.push_back(scope[column].name);
  }
  bind_order(plan_, match, *input.node, binder, *node);
  node->skip = skip_of(match.skip);
  if (match.skip_to) {
    node->skip_to = binder.elements_of(*match.skip_to);
  }
  if (match.within) {
    node->within_ms = bind_within(*match.within);
  }
  for (const sql::MatchRecognize::Subset& subset : match.subsets) {
    binder.add_subset(subset);
  }
  bind_definitions(match, binder, *node);
  node->shown = shown_of(match.shown);
  node->shown_ahead = node->partition_by;
  if (node->shows_all_rows()) {
    show_all_rows(scope, *node, relation);
  }
  bind_measures(match, binder, *node, relation);
  for (const size_t column : node->shown_behind) {
    relation.names.push_back(scope[column].name);
  }
  for (const std::string& name : relation.names) {
    node->schema.fields.push_back({name, Type()});
  }
  node->inputs = {in_order(plan_, *node, binder.input_of(plan_, input.node))};
  describe(*node);
  relation.node = node;
  return relation;
}

}  // namespace millrace::plan
