// FROM: tables, views, common tables, sub-queries, window table functions; unnest.cc has UNNEST and
// the table functions of the user's.

#include <algorithm>
#include <set>

#include "base/match.h"
#include "plan/bind/changelog_functions.h"
#include "plan/bind/object_name.h"
#include "plan/bind/ordering.h"
#include "plan/bind/queries.h"
#include "plan/bind/window_functions.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/runtime_mode.h"
#include "sql/parser.h"

namespace millrace::plan {

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what + " is not supported", at);
}

// What a star stands for, as a relation of its own.
Relation visible_columns(Plan& plan, const Relation& joined, const Scope& scope) {
  Relation relation;
  std::vector<function::Expression> columns;
  for (size_t i = 0; i < scope.columns().size(); ++i) {
    if (!scope[i].needs_qualifier) {
      columns.push_back(function::Expression::of_column(i, scope[i].type));
      relation.names.push_back(joined.names[i]);
    }
  }
  relation.node = new_project(plan, joined.node, std::move(columns), relation.names);
  return relation;
}

// What qualifies the columns where no alias is given.
std::string own_name(const sql::TableReference& table) {
  const auto* named = std::get_if<sql::NamedTable>(&table.node);
  return named != nullptr ? named->name.last().text : "";
}

// The relation as the reference to it names it and its columns.
Relation under_alias(Relation relation, const sql::TableReference& table, Scope& scope) {
  if (table.alias && !table.alias->columns.empty()) {
    rename(relation, texts_of(table.alias->columns), "the alias", table.alias->name.position);
  }
  scope =
      scope_of(relation, table.alias ? table.alias->name.text : own_name(table), scope.functions());
  return relation;
}

Relation scan_of(Plan& plan, const catalog::Connections& connections,
                 const std::shared_ptr<const catalog::Table>& table, const Position& at) {
  const auto* connector = connections.find_connector(table->connector());
  if (connector != nullptr && !connector->can_read) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + table->name + "' cannot be read: connector '" + table->connector() +
                    "' only writes",
                at);
  }
  if (connector != nullptr && connector->ends != nullptr && is_batch(plan) &&
      !connector->ends(*table)) {
    throw Error(ErrorCode::invalid_argument,
                "Querying an unbounded table '" + table->name +
                    "' in batch mode is not allowed. The table source is unbounded.",
                at);
  }
  Node* scan = new_scan(plan, table);
  return {scan, names_of(scan->schema)};
}

std::optional<std::string> find_repeated(const std::vector<std::string>& names) {
  std::set<std::string_view> seen;
  const auto found = std::find_if(names.begin(), names.end(), [&](const std::string& name) {
    return !seen.insert(name).second;
  });
  return found == names.end() ? std::nullopt : std::optional(*found);
}

void refuse_hints(const sql::NamedTable& table) {
  if (!table.hints.empty()) {
    refuse("the hint " + table.hints.front().name.text, table.hints.front().name.position);
  }
}

}  // namespace

void rename(Relation& relation, const std::vector<std::string>& names, const std::string& what,
            const Position& at) {
  if (names.size() != relation.names.size()) {
    throw Error(ErrorCode::invalid_argument,
                what + " names " + std::to_string(names.size()) + " columns, but there are " +
                    std::to_string(relation.names.size()),
                at);
  }
  if (const auto repeated = find_repeated(names)) {
    throw Error(ErrorCode::invalid_argument, what + " names two columns '" + *repeated + "'", at);
  }
  relation.names = names;
}

void refuse_repeated(const std::vector<std::string>& names, const std::string& what,
                     const Position& at) {
  if (const auto repeated = find_repeated(names)) {
    throw Error(ErrorCode::invalid_argument,
                what + " has several columns '" + *repeated +
                    "': give them other names with AS, or in a list behind its name",
                at);
  }
}

std::vector<std::string> texts_of(const std::vector<sql::Name>& names) {
  std::vector<std::string> texts;
  for (const sql::Name& name : names) {
    texts.push_back(name.text);
  }
  return texts;
}

Relation QueryBinder::bind_from(const sql::TableReference& table, Scope& scope, Views views) {
  const Position& at = table.position;
  const auto* join = std::get_if<sql::Join>(&table.node);
  if (join != nullptr && !table.alias) {
    return bind_join(*join, at, scope);
  }
  if (makes_elements(table)) {  // whose alias names elements, not what is beside them
    return bind_unnest(table, {new_values(plan_, {{}}, {}), {}}, scope, EmptyCollections::dropped);
  }
  Relation relation = match(
      table.node, [&](const sql::NamedTable& named) { return bind_table(named, at, views); },
      [&](const sql::DerivedTable& derived) -> Relation {
        // With nothing left of it LATERAL says nothing.
        return bind_nested(*derived.query);
      },
      [&](const sql::FunctionTable& function) {
        return is_changelog_call(*function.call) ? bind_changelog_function(function)
                                                 : bind_window_function(function);
      },
      [&](const sql::Unnest&) { return Relation(); },  // makes elements
      [&](const sql::MatchRecognize& match) { return bind_match(match, at); },
      [&](const sql::Join& joined) {
        return visible_columns(plan_, bind_join(joined, at, scope), scope);
      });
  relation = under_alias(std::move(relation), table, scope);
  set_space(table, scope);
  return relation;
}

void QueryBinder::set_space(const sql::TableReference& table, Scope& scope) {
  const auto* named = std::get_if<sql::NamedTable>(&table.node);
  const bool is_of_catalog =
      named != nullptr && !table.alias &&
      (named->name.parts.size() > 1 || find_common_table(named->name.last().text) == nullptr);
  if (is_of_catalog) {
    scope.set_space(object_name(named->name, names_in_).space);
  }
}

Relation QueryBinder::bind_versioned(const sql::TableReference& table, Scope& scope) {
  const auto& named = std::get<sql::NamedTable>(table.node);
  refuse_hints(named);
  Relation relation = under_alias(bind_name(named.name), table, scope);
  set_space(table, scope);
  return relation;
}

Relation QueryBinder::bind_table(const sql::NamedTable& table, const Position& at, Views views) {
  if (table.system_time) {
    refuse("FOR SYSTEM_TIME AS OF of anything but the right side of a JOIN", at);
  }
  const auto changed = with_hinted_options(table);
  if (changed == nullptr) {
    refuse_hints(table);
    return bind_name(table.name, views);
  }
  return scan_of(plan_, connections_, changed, at);
}

// t /*+ OPTIONS('key' = 'value') */: the table with these options in place of its own; null where
// there is no such hint, or another beside it.
std::shared_ptr<const catalog::Table> QueryBinder::with_hinted_options(
    const sql::NamedTable& named) {
  if (named.hints.size() != 1 || named.hints.front().name.text != "OPTIONS") {
    return nullptr;
  }
  const catalog::ObjectName name = object_name(named.name, names_in_);
  const auto table = catalog_.find_table(name);
  const bool is_common = named.name.parts.size() == 1 && find_common_table(name.name) != nullptr;
  if (table == nullptr || is_common) {
    throw Error(ErrorCode::invalid_argument, "the hint OPTIONS is for tables alone",
                named.hints.front().name.position);
  }
  auto changed = std::make_shared<catalog::Table>(*table);
  for (const sql::Hint::Argument& argument : named.hints.front().arguments) {
    if (!argument.value || argument.key == "connector") {
      throw Error(ErrorCode::invalid_argument,
                  "the hint OPTIONS takes 'key' = 'value', with any key but 'connector'",
                  argument.position);
    }
    changed->options[argument.key] = {*argument.value, argument.position};
  }
  catalog::check_options(*changed, connections_, named.name.position());
  changed->gives = connections_.given_by(*changed);
  return changed;
}

QueryBinder::CommonTable* QueryBinder::find_common_table(const std::string& name) {
  for (auto frame = common_tables_.rbegin(); frame != common_tables_.rend(); ++frame) {
    const auto found = frame->find(name);
    // A common table that is being bound does not know itself.
    if (found != frame->end() && (found->second.written || found->second.relation.node)) {
      return &found->second;
    }
  }
  return nullptr;
}

Relation QueryBinder::bind_name(const sql::QualifiedName& written, Views views) {
  CommonTable* common =
      written.parts.size() == 1 ? find_common_table(written.last().text) : nullptr;
  if (common != nullptr) {
    return bind_common_table(*common);
  }
  const catalog::ObjectName name = object_name(written, names_in_);
  const auto table = catalog_.find_table(name);
  const auto view = table == nullptr ? catalog_.find_view(name) : nullptr;
  const bool is_in_order = view != nullptr && views == Views::in_order;
  const std::string key = name.to_sql() + (is_in_order ? " in order" : "");
  const auto known = shared_.find(key);
  if (known != shared_.end()) {
    return known->second;
  }
  Relation relation;
  if (table != nullptr) {
    relation = scan_of(plan_, connections_, table, written.position());
  } else if (view != nullptr) {
    relation = bind_view(*view, views);
  } else {
    catalog_.fail_unknown(name, written.position());
  }
  return shared_[key] = relation;
}

// A view knows the catalog, as it was entered when the view was made, and nothing of the query that
// uses it.
Relation QueryBinder::bind_view(const catalog::View& view, Views views) {
  std::vector<CommonTables> outer;
  outer.swap(common_tables_);
  const catalog::Namespace outer_names = names_in_;
  names_in_ = view.names_in;
  const sql::QueryPtr query = sql::parse_query(view.query, view.position);
  Relation relation = bind(
      *query, Ordering(*query, views == Views::in_order ? Ordering::Alone::sorts
                                                        : Ordering::Alone::is_dropped_if_shown));
  outer.swap(common_tables_);
  names_in_ = outer_names;
  rename(relation, view.columns, "view '" + view.name + "'", view.position);
  return relation;
}

Relation QueryBinder::bind_common_table(CommonTable& table) {
  if (table.relation.node == nullptr) {
    const sql::CommonTable& written = *table.written;
    table.written = nullptr;
    Relation relation = bind_nested(*written.query);
    const std::string what = "common table '" + written.name.text + "'";
    if (written.columns.empty()) {
      refuse_repeated(relation.names, what, written.name.position);
    } else {
      rename(relation, texts_of(written.columns), what, written.name.position);
    }
    table.relation = std::move(relation);
  }
  return table.relation;
}

Relation QueryBinder::bind_input(const TableInput& input) {
  return input.query != nullptr ? bind_nested(*input.query) : bind_name(input.table->table);
}

Relation QueryBinder::bind_window_function(const sql::FunctionTable& table) {
  const WindowCall call = read_window_call(*table.call);
  if (call.kind == WindowKind::session && is_batch(plan_)) {
    throw Error(ErrorCode::invalid_argument,
                "Unaligned windows like session are not supported in batch mode yet.",
                table.call->position);
  }
  Relation data = bind_input(call.data);
  const Scope scope = scope_of(data, call.data.name(), &functions_);
  const Window window = bind_window(plan_, call, scope, *data.node);
  Node* node =
      new_window_table_function(plan_, with_times(plan_, data.node, window, table.call->position),
                                window, table.call->position);
  for (const auto property : {WindowProperty::start, WindowProperty::end, WindowProperty::time}) {
    data.names.emplace_back(name_of(property));
  }
  return {node, data.names};
}

}  // namespace millrace::plan
