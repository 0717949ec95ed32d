#include "plan/estimates.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "function/scalar.h"
#include "function/value/number_text.h"
#include "plan/explain_text.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

namespace {

constexpr double kRowsOfTable = 1e8;
constexpr double kShareOfEqual = 0.15;
constexpr double kShareOfLess = 0.5;
constexpr double kShareOfNull = 0.1;
constexpr double kShareOfLike = 0.05;
constexpr double kShareOfOther = 0.25;
constexpr double kShareOfJoined = 0.3;      // of the larger side, where keys are equal
constexpr double kShareOfUnmatched = 0.75;  // of the left rows of an anti join
constexpr double kShareOfPartitions = 0.1;  // how many partitions there are, by rows

double share_of(const Expression& condition);

double share_of_call(const Expression& call) {
  using function::Predicate;
  switch (call.signature->predicate) {
    case Predicate::equal: return kShareOfEqual;
    case Predicate::not_equal: return 1 - kShareOfEqual;
    case Predicate::less:
    case Predicate::less_or_equal:
    case Predicate::greater:
    case Predicate::greater_or_equal: return kShareOfLess;
    case Predicate::null: return kShareOfNull;
    case Predicate::not_null: return 1 - kShareOfNull;
    case Predicate::like: return kShareOfLike;
    case Predicate::negation: return 1 - share_of(call.arguments[0]);
    case Predicate::same:
    case Predicate::distinct:
    case Predicate::is_true:
    case Predicate::is_false:
    case Predicate::other: break;
  }
  return kShareOfOther;
}

// Which share of rows a condition holds for, as if its parts had nothing to do with each other.
double share_of(const Expression& condition) {
  switch (condition.kind) {
    case ExpressionKind::and_: {
      double share = 1;
      for (const Expression& part : condition.arguments) {
        share *= share_of(part);
      }
      return share;
    }
    case ExpressionKind::or_: {
      double none = 1;
      for (const Expression& part : condition.arguments) {
        none *= 1 - share_of(part);
      }
      return 1 - none;
    }
    case ExpressionKind::call: return share_of_call(condition);
    case ExpressionKind::column:
    case ExpressionKind::literal:
    case ExpressionKind::cast:
    case ExpressionKind::try_cast:
    case ExpressionKind::case_:
    case ExpressionKind::coalesce: break;
  }
  return kShareOfOther;
}

// Those that compute something.
double count_computed(const std::vector<Expression>& expressions) {
  return static_cast<double>(
      std::count_if(expressions.begin(), expressions.end(), [](const Expression& expression) {
        return expression.kind != ExpressionKind::column &&
               expression.kind != ExpressionKind::literal;
      }));
}

double windows_of_row(const Window& window) {
  const bool several = window.kind == WindowKind::hop || window.kind == WindowKind::cumulate;
  return several
             ? std::ceil(static_cast<double>(window.size_ms) / static_cast<double>(window.step_ms))
             : 1;
}

double joined_rows(const Join& join, double left, double right) {
  const double shared =
      (join.keys.empty() ? left * right : kShareOfJoined * std::max(left, right)) *
      (join.condition ? share_of(*join.condition) : 1);
  switch (join.join) {
    case JoinKind::inner: return shared;
    case JoinKind::left: return std::max(shared, left);
    case JoinKind::right: return std::max(shared, right);
    case JoinKind::full: return std::max({shared, left, right});
    case JoinKind::semi: return left;
    case JoinKind::anti: return kShareOfUnmatched * left;
  }
  return shared;
}

template <typename RankNode>
double ranked_rows(const RankNode& node, double rows) {
  const auto most = static_cast<double>(node.end) - static_cast<double>(node.start) + 1;
  const double partitions = node.partition_by.empty() ? 1 : rows * kShareOfPartitions;
  return std::min(rows, most * partitions);
}

double sorting(double rows) { return rows * std::max(1.0, std::log2(rows)); }

}  // namespace

std::string Estimate::to_string() const {
  std::string text = "rowcount = ";
  function::append_double(row_count, text);
  text += ", cumulative cost = {";
  const std::pair<double, const char*> parts[] = {
      {rows, " rows, "}, {cpu, " cpu, "}, {io, " io, "}, {0, " network, "}, {0, " memory}"}};
  for (const auto& [amount, unit] : parts) {
    function::append_double(amount, text);
    text += unit;
  }
  return text;
}

Estimates::Estimates(const Plan& plan) {
  for (const auto& node : plan.nodes) {  // inputs come before those that read them
    of_nodes_[node.get()] = node->kind == NodeKind::scan
                                ? of_scan(static_cast<const Scan&>(*node))
                                : std::vector<Estimate>{of_operator(*node)};
  }
}

double Estimates::input_rows(const Node& node, size_t input) const {
  return of(*node.inputs[input]).front().row_count;
}

// Each input with what is below it, and on top `cpu` and the rows that leave.
Estimate Estimates::above(const Node& node, double row_count, double cpu) const {
  Estimate sum{row_count, row_count, cpu, 0};
  for (const Node* input : node.inputs) {
    const Estimate& below = of(*input).front();
    sum.rows += below.rows;
    sum.cpu += below.cpu;
    sum.io += below.io;
  }
  return sum;
}

std::vector<Estimate> Estimates::of_scan(const Scan& scan) const {
  double width = 0;
  for (size_t i = 0; i < scan.read.size(); ++i) {
    width += static_cast<double>(value_bytes(scan.schema[i].type));
  }
  std::vector<Estimate> lines = {{kRowsOfTable, kRowsOfTable, kRowsOfTable, kRowsOfTable * width}};
  const auto put_above = [&](double computed) {
    Estimate next = lines.front();
    next.rows += kRowsOfTable;
    next.cpu += computed * kRowsOfTable;
    lines.insert(lines.begin(), next);
  };
  if (!scan.computed.empty()) {
    put_above(count_computed(scan.computed));
  }
  if (scan.watermark) {
    put_above(1);
  }
  return lines;
}

Estimate Estimates::of_operator(const Node& node) const {
  const double rows = node.inputs.empty() ? 0 : input_rows(node);
  switch (node.kind) {
    case NodeKind::scan: break;
    case NodeKind::filter:
      return above(node, rows * share_of(static_cast<const Filter&>(node).predicate), 0);
    case NodeKind::normalize: {
      const auto& condition = static_cast<const Normalize&>(node).condition;
      return above(node, rows * (condition ? share_of(*condition) : 1), rows);
    }
    case NodeKind::project:
      return above(node, rows,
                   rows * count_computed(static_cast<const Project&>(node).expressions));
    case NodeKind::window_table_function: {
      const double windows = windows_of_row(static_cast<const WindowTableFunction&>(node).window);
      return above(node, rows * windows, rows * windows);
    }
    case NodeKind::expand: {
      const auto sets = static_cast<double>(static_cast<const Expand&>(node).sets.size());
      return above(node, rows * sets, rows * sets);
    }
    case NodeKind::union_all: {
      double all = 0;
      for (size_t i = 0; i < node.inputs.size(); ++i) {
        all += input_rows(node, i);
      }
      return above(node, all, all);
    }
    case NodeKind::values: {
      const auto count = static_cast<double>(static_cast<const Values&>(node).rows.size());
      return above(node, count, 1);
    }
    case NodeKind::join: {
      const double right = input_rows(node, 1);
      return above(node, joined_rows(static_cast<const Join&>(node), rows, right), rows + right);
    }
    case NodeKind::rank:
      return above(node, ranked_rows(static_cast<const Rank&>(node), rows), rows);
    case NodeKind::window_rank:
      return above(node, ranked_rows(static_cast<const WindowRank&>(node), rows), rows);
    case NodeKind::time_sort:
    case NodeKind::final_rows: return above(node, rows, sorting(rows));
    case NodeKind::window_aggregate:
    case NodeKind::group_aggregate:
    case NodeKind::repeat:
    case NodeKind::to_changelog:
    case NodeKind::from_changelog:
    case NodeKind::unnest:
    case NodeKind::over_aggregate:
    case NodeKind::resolve:
    case NodeKind::match_recognize:
    case NodeKind::sink: return above(node, rows, rows);
  }
  check(false, "node kind outside the enumeration");
  return {};
}

}  // namespace millrace::plan
