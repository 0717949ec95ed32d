#include "plan/bind/ordering.h"

#include <algorithm>

#include "column/builder.h"
#include "plan/bind/bare_nulls.h"
#include "plan/columns.h"
#include "plan/literal_value.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/runtime_mode.h"

namespace millrace::plan {

using function::Expression;

namespace {

// A whole number as written, as LIMIT, OFFSET and ORDER BY take it.
std::optional<int64_t> whole_number(const sql::Expression& written) {
  if (!std::holds_alternative<sql::NumberLiteral>(written.node)) {
    return std::nullopt;
  }
  const Scope none(nullptr);
  return whole_value(ExpressionBinder(&none).bind(written));
}

int64_t number_of_rows(const sql::Expression& written, const char* clause) {
  const auto number = whole_number(written);
  if (!number || *number < 0) {
    throw Error(ErrorCode::invalid_argument, std::string(clause) + " takes a number of rows",
                written.position);
  }
  return *number;
}

Expression never() {
  FlatBuffer<uint8_t> value(1);
  value[0] = 0;
  return Expression::of_literal(value.finish(Type::of(TypeKind::boolean, false)));
}

}  // namespace

// Flink's NULL is the least of all values.
SortKey sort_key(const sql::OrderItem& item, size_t column) {
  using Nulls = sql::OrderItem::Nulls;
  const bool nulls_last =
      item.nulls == Nulls::unspecified ? item.descending : item.nulls == Nulls::last;
  return {column, item.descending, nulls_last};
}

Ordering::Ordering(const sql::Query& query, Alone alone) : query_(query), alone_(alone) {
  if (query.limit) {
    limit_ = number_of_rows(*query.limit, "LIMIT");
  }
  if (query.offset) {
    offset_ = number_of_rows(*query.offset, "OFFSET");
  }
  if (offset_ > 0 && !limit_) {
    throw Error(ErrorCode::invalid_argument,
                "FETCH is missed, which on streaming table is not supported currently: OFFSET "
                "needs a LIMIT",
                query.offset->position);
  }
}

std::optional<size_t> Ordering::shown_as(const sql::Expression& written,
                                         const std::vector<std::string>& names) const {
  if (const auto number = whole_number(written)) {
    if (*number < 1 || static_cast<size_t>(*number) > names.size()) {
      throw Error(ErrorCode::invalid_argument,
                  "ORDER BY " + std::to_string(*number) + ": the select list has " +
                      std::to_string(names.size()) + " columns",
                  written.position);
    }
    return static_cast<size_t>(*number) - 1;
  }
  const auto* column = std::get_if<sql::ColumnName>(&written.node);
  if (column == nullptr || column->name.parts.size() != 1) {
    return std::nullopt;
  }
  const auto found = std::find(names.begin(), names.end(), column->name.last().text);
  if (found != names.end() && std::count(found, names.end(), *found) > 1) {
    throw Error(ErrorCode::invalid_argument,
                "column '" + *found + "' is ambiguous: the select list has several of that name",
                written.position);
  }
  return found == names.end() ? std::nullopt
                              : std::optional(static_cast<size_t>(found - names.begin()));
}

void Ordering::bind(const ExpressionBinder& binder, std::vector<Expression>& items,
                    std::vector<std::string>& names) {
  shown_ = items.size();
  const std::vector<std::string> shown = names;
  // Within an expression, too, a name is a column of the result first; a number is none there.
  const ExpressionBinder over_shown =
      binder.asking_first([&](const sql::Expression& written) -> std::optional<Expression> {
        const bool is_name = std::holds_alternative<sql::ColumnName>(written.node);
        const auto column = is_name ? shown_as(written, shown) : std::nullopt;
        return column ? std::optional(items[*column]) : std::nullopt;
      });
  for (const sql::OrderItem& item : query_.order_by) {
    if (const auto column = shown_as(*item.expression, shown)) {
      keys_.push_back(sort_key(item, *column));
      continue;
    }
    refuse_bare_null(*item.expression);
    Expression key = over_shown.bind(*item.expression);
    const auto known = std::find_if(items.begin(), items.end(),
                                    [&](const Expression& other) { return other.equals(key); });
    keys_.push_back(sort_key(item, static_cast<size_t>(known - items.begin())));
    if (known == items.end()) {
      items.push_back(std::move(key));
      names.push_back("$order" + std::to_string(++hidden_));
    }
  }
}

void Ordering::bind_shown(const ExpressionBinder& binder, const Schema& shown,
                          const std::vector<std::string>& names) {
  std::vector<Expression> items = all_columns(shown);
  std::vector<std::string> all = names;
  bind(binder, items, all);
  if (hidden_ > 0) {
    throw Error(ErrorCode::unsupported,
                "ORDER BY of DISTINCT, of a set operation or of VALUES takes columns of the result",
                query_.order_by.front().expression->position);
  }
}

void Ordering::check_order(const Schema& schema) const {
  for (size_t i = 0; i < keys_.size(); ++i) {
    const Type& type = schema[keys_[i].column].type;
    if (type.physical() == Physical::nested || type.is_without_order()) {
      throw Error(ErrorCode::unsupported, "cannot order by a column of type " + type.to_string(),
                  query_.order_by[i].expression->position);
    }
  }
}

bool Ordering::says_nothing() const {
  const bool is_dropped =
      alone_ == Alone::is_dropped || (alone_ == Alone::is_dropped_if_shown && hidden_ == 0);
  return is_dropped && !limit_;
}

Node* Ordering::sorted(Plan& plan, Node* node) const {
  if (says_nothing()) {
    return node;
  }
  check_order(node->schema);
  const bool sorts_last = is_batch(plan) && !keys_.empty();
  if (limit_) {
    Node* limited = *limit_ == 0 ? new_filter(plan, node, never())
                                 : new_limit(plan, node, keys_, offset_ + 1, offset_ + *limit_);
    return sorts_last ? new_final_rows(plan, limited, keys_) : limited;
  }
  if (keys_.empty()) {
    return node;
  }
  if (sorts_last) {
    return new_final_rows(plan, node, keys_);
  }
  const SortKey& first = keys_.front();
  if (!first.descending && node->is_rowtime(first.column)) {
    return new_time_sort(plan, node, keys_, query_.order_by.front().expression->position);
  }
  // Rows come in the order in which they are processed.
  if (!first.descending && node->proctime == first.column && keys_.size() == 1) {
    return node;
  }
  throw Error(ErrorCode::invalid_argument, "Sort on a non-time-attribute field is not supported.",
              query_.order_by.front().expression->position);
}

Node* Ordering::limited_within(Plan& plan, Node* node, std::vector<size_t> partition_by,
                               const Position& at) const {
  if (keys_.empty() || !limit_) {
    throw Error(ErrorCode::unsupported, "a LATERAL query takes ORDER BY and LIMIT together", at);
  }
  if (*limit_ == 0) {
    return new_filter(plan, node, never());
  }
  Rank* rank = plan.add(std::make_unique<Rank>());
  rank->inputs = {node};
  rank->partition_by = std::move(partition_by);
  rank->order_by = keys_;
  rank->start = offset_ + 1;
  rank->end = offset_ + *limit_;
  describe(*rank);
  return rank;
}

Node* Ordering::add_to(Plan& plan, Node* node) const {
  node = sorted(plan, node);
  if (hidden_ == 0) {
    return node;
  }
  std::vector<Expression> columns;
  std::vector<std::string> names;
  for (size_t i = 0; i < shown_; ++i) {
    columns.push_back(Expression::of_column(i, node->schema[i].type));
    names.push_back(node->schema[i].name);
  }
  return new_project(plan, node, std::move(columns), names);
}

}  // namespace millrace::plan
