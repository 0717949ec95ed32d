#include "plan/bind/match_cells.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "function/aggregate.h"
#include "function/evaluate.h"
#include "plan/bind/aggregate_calls.h"
#include "plan/columns.h"
#include "plan/literal_value.h"
#include "plan/new_nodes.h"
#include "plan/refuse_like_flink.h"
#include "plan/same_calls.h"
#include "sql/printer.h"

namespace millrace::plan {

using function::Expression;
using Cell = MatchRecognize::Cell;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

bool is_same(const Cell& a, const Cell& b) {
  const bool plain = a.kind == b.kind && a.elements == b.elements && a.column == b.column &&
                     a.offset == b.offset && a.type == b.type &&
                     a.of_whole_match == b.of_whole_match;
  return plain && (a.kind != Cell::Kind::aggregate || are_same(a.call, b.call));
}

}  // namespace

MatchCells::MatchCells(const Scope& scope, const Node& input, MatchRecognize& node)
    : scope_(scope),
      input_(input),
      node_(node),
      below_(input.schema, ProjectedBelow::Begins::with_columns) {}

void MatchCells::add_subset(const sql::MatchRecognize::Subset& subset) {
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

Expression MatchCells::bind_measure(const sql::MatchRecognize::Measure& measure) {
  // Of one row a match it is the last one that measures are of.
  final_ = measure.rows == sql::MatchRecognize::Measure::Rows::final_ && node_.shows_all_rows();
  Expression bound = binder().bind(*measure.expression);
  final_ = false;
  return bound;
}

Expression MatchCells::bind_condition(const sql::Expression& written) {
  in_condition_ = true;
  Expression bound = binder().bind_condition(written, "DEFINE");
  in_condition_ = false;
  return bound;
}

size_t MatchCells::bind_column(const sql::Expression& written) {
  return below_.number_of(ExpressionBinder(&scope_).bind(written), sql::to_sql(written));
}

std::vector<size_t> MatchCells::find_variable(const std::string& name) const {
  std::vector<size_t> elements;
  for (size_t i = 0; i < node_.pattern.size(); ++i) {
    if (node_.pattern[i].variable == name) {
      elements.push_back(i);
    }
  }
  return elements;
}

std::vector<size_t> MatchCells::elements_of(const sql::Name& variable) const {
  std::vector<size_t> elements = find_variable(variable.text);
  if (elements.empty()) {
    throw Error(ErrorCode::not_found, "no variable '" + variable.text + "' in PATTERN",
                variable.position);
  }
  return elements;
}

std::vector<size_t> MatchCells::elements_named(const sql::Name& name) const {
  const auto elements = find_elements(name.text);
  return elements ? *elements : elements_of(name);
}

Node* MatchCells::input_of(Plan& plan, Node* input) const {
  return below_.size() == input->schema.size() ? input : below_.add_to(plan, input);
}

ExpressionBinder MatchCells::binder() {
  return ExpressionBinder(&scope_,
                          [this](const sql::Expression& written) { return answer(written); });
}

std::optional<std::vector<size_t>> MatchCells::find_elements(const std::string& name) const {
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

std::optional<Expression> MatchCells::answer(const sql::Expression& written) {
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
  return function::find_aggregate(name) == nullptr ? std::nullopt
                                                   : std::optional(aggregate(*call, written, name));
}

Expression MatchCells::bind_over_row(const sql::Expression& written, Elements& read) {
  const auto column_of = [&](const sql::Expression& part) -> std::optional<Expression> {
    const auto* column = std::get_if<sql::ColumnName>(&part.node);
    if (column == nullptr) {
      return std::nullopt;
    }
    const auto& parts = column->name.parts;
    const auto named = parts.size() == 2 ? find_elements(parts[0].text) : std::nullopt;
    const std::vector<size_t> elements = named.value_or(std::vector<size_t>());
    if (read && *read != elements) {
      refuse_like_flink("Aggregation must be applied to a single pattern variable", part.position);
    }
    read = elements;
    const size_t number =
        named ? scope_.resolve(sql::QualifiedName{{parts[1]}}) : scope_.resolve(column->name);
    return Expression::of_column(number, scope_[number].type);
  };
  return ExpressionBinder(&scope_, column_of).bind(written);
}

Expression MatchCells::row_value(Cell::Kind kind, const sql::Expression& written, uint32_t offset,
                                 std::string name) {
  Elements read;
  Expression value = bind_over_row(written, read);
  Cell cell;
  cell.kind = kind;
  cell.elements = read.value_or(std::vector<size_t>());
  cell.offset = offset;
  cell.type = value.type.as_nullable(value.type.nullable || !has_row(cell));
  cell.column = below_.number_of(std::move(value), name);
  cell.name = std::move(name);
  return cell_value(std::move(cell));
}

bool MatchCells::has_row(const Cell& cell) const {
  const bool is_named = cell.kind == Cell::Kind::first || cell.kind == Cell::Kind::last;
  const bool is_matched =
      cell.elements.empty() ||
      std::any_of(cell.elements.begin(), cell.elements.end(),
                  [&](size_t element) { return node_.pattern[element].least > 0; });
  return !in_condition_ && node_.steps.empty() && !node_.shows_all_rows() && is_named &&
         cell.offset == 0 && is_matched;
}

Expression MatchCells::navigation(const sql::FunctionCall& call, const sql::Expression& written,
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

Expression MatchCells::match_number(const sql::Expression& written) {
  if (in_condition_) {
    refuse("MATCH_NUMBER is of a match: it can be a measure, and no condition", written.position);
  }
  Cell cell;
  cell.kind = Cell::Kind::number;
  cell.name = sql::to_sql(written);
  cell.type = Type::of(TypeKind::bigint);
  return cell_value(std::move(cell));
}

Expression MatchCells::classifier(const sql::Expression& written) {
  Cell cell;
  cell.kind = Cell::Kind::classifier;
  cell.name = sql::to_sql(written);
  cell.type = Type::string();
  return cell_value(std::move(cell));
}

Expression MatchCells::match_rowtime(const sql::FunctionCall& call,
                                     const sql::Expression& written) {
  Cell cell;
  cell.column = node_.order_by.front().column;
  cell.name = sql::to_sql(written);
  if (input_.schema[cell.column].type.precision > 3) {
    refuse("MATCH_ROWTIME() of a time finer than milliseconds is not supported", written.position);
  }
  cell.type = Type::timestamp(3, node_.may_be_empty());
  if (!call.arguments.empty()) {
    Elements read;
    const Expression argument = bind_over_row(*call.arguments[0], read);
    if (!is_column(argument) || !input_.is_rowtime(argument.column)) {
      refuse_like_flink(
          "The function MATCH_ROWTIME requires argument to be a row time attribute type",
          written.position);
    }
    cell.column = argument.column;
    const Type& type = input_.schema[cell.column].type;
    cell.type = type.as_nullable(type.nullable || node_.may_be_empty());
  }
  cell.kind = node_.steps.empty() ? Cell::Kind::settled : Cell::Kind::last;
  return cell_value(std::move(cell));
}

Expression MatchCells::aggregate(const sql::FunctionCall& call, const sql::Expression& written,
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
  const auto signature = signature_of(function, arguments, written_values(call), written.position);
  cell.call.name = cell.name;
  cell.call.function = std::make_shared<const function::AggregateSignature>(signature);
  for (size_t i = 0; i < arguments.size(); ++i) {
    cell.call.arguments.push_back(below_.number_of(
        implicitly_cast(std::move(arguments[i]), signature.arguments[i]), cell.name));
  }
  cell.type = signature.result;
  return cell_value(std::move(cell));
}

Expression MatchCells::cell_value(Cell cell) {
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

}  // namespace millrace::plan
