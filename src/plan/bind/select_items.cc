#include "plan/bind/select_items.h"

#include <set>

#include "base/similar.h"

namespace millrace::plan {

static void expand_star(const sql::Star& star, const Position& at, const Scope& scope,
                        std::vector<SelectedItem>& items) {
  const size_t before = items.size();
  for (size_t i = 0; i < scope.columns().size(); ++i) {
    if (star.qualifier.empty() ? !scope[i].needs_qualifier
                               : scope[i].table == star.qualifier.back().text) {
      items.push_back({nullptr, i, scope[i].name});
    }
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

// Flink numbers what has a name that another column had before it: id, id0, id1.
static void tell_apart(std::vector<SelectedItem>& items) {
  std::set<std::string> taken;
  for (SelectedItem& item : items) {
    const std::string name = item.name;
    for (size_t number = 0; !taken.insert(item.name).second; ++number) {
      item.name = name + std::to_string(number);
    }
  }
}

std::vector<SelectedItem> expand_items(const sql::Select& select, const Scope& scope) {
  std::vector<SelectedItem> items;
  for (const sql::SelectItem& item : select.items) {
    const auto* star = std::get_if<sql::Star>(&item.expression->node);
    if (star != nullptr) {
      expand_star(*star, item.expression->position, scope, items);
    } else {
      items.push_back({item.expression.get(), 0, name_of(item, items.size())});
    }
  }
  tell_apart(items);
  return items;
}

}  // namespace millrace::plan
