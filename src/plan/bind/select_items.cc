#include "plan/bind/select_items.h"

#include <algorithm>
#include <set>

#include "base/similar.h"
#include "plan/bind/bare_nulls.h"
#include "plan/bind/expressions.h"

namespace millrace::plan {

// The name, or with the first number behind it that none of `taken` has; it is taken then.
static std::string take_name(const std::string& name, std::set<std::string>& taken) {
  std::string candidate = name;
  for (size_t number = 0; !taken.insert(candidate).second; ++number) {
    candidate = name + std::to_string(number);
  }
  return candidate;
}

std::vector<std::string> made_unique(std::vector<std::string> names) {
  std::set<std::string> taken;
  for (std::string& name : names) {
    name = take_name(name, taken);
  }
  return names;
}

// Whether it names a column, rather than a table alone.
static bool names_column(const std::vector<sql::Name>& name, const Scope& scope) {
  return std::any_of(
      scope.columns().begin(), scope.columns().end(), [&](const ScopeColumn& column) {
        return column.name == name[0].text ||
               (name.size() > 1 && column.table == name[0].text && column.name == name[1].text);
      });
}

// o.*, t.o.*: the fields of a column of type ROW, or of one of its fields; nothing where the star
// stands behind something else.
static void expand_fields(const sql::Star& star, const Position& at, const Scope& scope,
                          std::vector<SelectedItem>& items) {
  if (star.qualifier.empty() || !names_column(star.qualifier, scope)) {
    return;
  }
  sql::QualifiedName name{star.qualifier};
  const Type row = ExpressionBinder(&scope).bind({at, sql::ColumnName{name}}).type;
  if (row.kind != TypeKind::row) {
    throw Error(ErrorCode::type_mismatch,
                "a star behind a column is for its fields, and '" + name.last().text + "' is " +
                    row.as_nullable().to_string(),
                at);
  }
  for (const Field& field : *row.children) {
    name.parts.push_back({at, field.name});
    auto written = std::make_shared<sql::Expression>();
    written->position = at;
    written->node = sql::ColumnName{name};
    name.parts.pop_back();
    items.push_back({written.get(), 0, field.name, written});
  }
}

static void refuse_repeated(const ScopeColumn& column, const Position& at) {
  if (column.is_repeated) {
    throw Error(ErrorCode::invalid_argument,
                "column '" + column.name +
                    "' is ambiguous: the query in FROM has several of that name, give them others "
                    "with AS",
                at);
  }
}

// `taken` are the names of the items.
static void expand_star(const sql::Star& star, const Position& at, const Scope& scope,
                        std::set<std::string>& taken, std::vector<SelectedItem>& items) {
  const size_t before = items.size();
  for (size_t i = 0; i < scope.columns().size(); ++i) {
    if (star.qualifier.empty() ? !scope[i].needs_qualifier
                               : scope[i].table == star.qualifier.back().text) {
      refuse_repeated(scope[i], at);
      items.push_back({nullptr, i, take_name(scope[i].name, taken), nullptr});
    }
  }
  if (items.size() == before) {
    expand_fields(star, at, scope, items);
  }
  if (items.size() == before) {
    std::vector<std::string> tables;
    for (const ScopeColumn& column : scope.columns()) {
      tables.push_back(column.table);
    }
    const std::string name = star.qualifier.empty() ? "" : star.qualifier.back().text;
    throw Error(ErrorCode::not_found,
                "no table '" + name + "' in FROM" + did_you_mean(name, tables), at);
  }
}

// What Flink calls a column that has no name: EXPR$ and its number.
static std::string name_of(const sql::SelectItem& item, size_t number) {
  if (item.alias) {
    return item.alias->text;
  }
  const auto* column = std::get_if<sql::ColumnName>(&item.expression->node);
  return column != nullptr ? column->name.last().text : "EXPR$" + std::to_string(number);
}

std::vector<SelectedItem> expand_items(const sql::Select& select, const Scope& scope) {
  std::vector<SelectedItem> items;
  std::set<std::string> taken;
  for (const sql::SelectItem& item : select.items) {
    const auto* star = std::get_if<sql::Star>(&item.expression->node);
    if (star != nullptr) {
      expand_star(*star, item.expression->position, scope, taken, items);
    } else {
      refuse_bare_null(*item.expression);
      items.push_back({item.expression.get(), 0, name_of(item, items.size()), nullptr});
      taken.insert(items.back().name);
    }
  }
  return items;
}

}  // namespace millrace::plan
