#include "plan/bind/inserts.h"

#include <algorithm>
#include <numeric>

#include "base/similar.h"
#include "function/evaluate.h"
#include "function/implicit_casts.h"
#include "plan/bind/expressions.h"
#include "plan/bind/literals.h"
#include "plan/bind/object_name.h"
#include "plan/bind/queries.h"
#include "plan/bind/select_items.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/runtime_mode.h"
#include "plan/written_key.h"

namespace millrace::plan {

using function::Expression;
using TablePtr = std::shared_ptr<const catalog::Table>;

namespace {

void refuse_clauses(const sql::Insert& insert) {
  const auto refuse = [&](const char* what) {
    throw Error(ErrorCode::unsupported, std::string(what) + " is not supported",
                insert.table.position());
  };
  if (!insert.hints.empty()) {
    refuse("a hint at INSERT INTO");
  }
}

// INSERT OVERWRITE is for tables of files, and for input that ends.
void check_overwrite(const sql::Insert& insert, const catalog::Table& table,
                     const catalog::Connections& connections, const Plan& plan) {
  if (!insert.overwrite) {
    return;
  }
  const auto* connector = connections.find_connector(table.connector());
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::invalid_argument, why, insert.table.position());
  };
  if (connector != nullptr && !connector->overwrites) {
    refuse("INSERT OVERWRITE is for tables of files: connector '" + table.connector() +
           "' of table '" + table.name + "' cannot replace what is there");
  }
  if (!is_batch(plan)) {
    refuse(
        "INSERT OVERWRITE is for batch mode: SET 'execution.runtime-mode' = 'batch', or say "
        "INSERT INTO");
  }
}

// ON CONFLICT is for tables that are written by their key, in words of Flink's planner.
void check_conflicts(const sql::Insert& insert, const catalog::Table& table) {
  using Conflict = sql::Insert::Conflict;
  if (insert.on_conflict == Conflict::unspecified) {
    return;
  }
  const Position at = insert.table.position();
  if (!is_written_by_key(table)) {
    const char* reason =
        table.takes == catalog::Changes::inserts ? "it only accepts INSERT (append-only) changes"
        : table.takes == catalog::Changes::all   ? "it requires UPDATE_BEFORE (retract mode)"
                                                 : "it has no primary key";
    throw Error(ErrorCode::invalid_argument,
                "ON CONFLICT clause is only allowed for upsert sinks. The sink '" + table.name +
                    "' is not an upsert sink because " + reason + ".",
                at);
  }
}

OnConflict on_conflict(sql::Insert::Conflict clause, const catalog::Table& table,
                       const std::map<std::string, std::string>& settings) {
  using Conflict = sql::Insert::Conflict;
  switch (clause) {
    case Conflict::unspecified: break;
    case Conflict::deduplicate: return OnConflict::deduplicate;
    case Conflict::nothing: return OnConflict::nothing;
    case Conflict::error: return OnConflict::error;
  }
  const auto required = settings.find(kRequireOnConflict);
  const bool may_be_left_out = required != settings.end() && required->second == "false";
  return may_be_left_out && is_written_by_key(table) ? OnConflict::deduplicate
                                                     : OnConflict::unspecified;
}

// Throws where a metadata column that is not VIRTUAL is one that the connector only reads.
void check_written(const catalog::Table& table, const catalog::Connections& connections,
                   const Position& at) {
  const auto* connector = connections.find_connector(table.connector());
  for (const catalog::ColumnDefinition& column : table.columns) {
    const auto is_it = [&](std::string_view key) { return key == column.metadata_key; };
    if (is_written_metadata(column) &&
        (connector == nullptr || std::none_of(connector->written_metadata.begin(),
                                              connector->written_metadata.end(), is_it))) {
      throw Error(ErrorCode::unsupported,
                  "connector '" + table.connector() + "' does not write the metadata '" +
                      column.metadata_key + "': declare column '" + column.name + "' of table '" +
                      table.name + "' VIRTUAL",
                  at);
    }
  }
}

// The columns that a row has in the connector: not the computed ones, not virtual metadata.
std::vector<size_t> written_columns(const catalog::Table& table) {
  std::vector<size_t> columns;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const catalog::ColumnDefinition& column = table.columns[i];
    if (column.kind == catalog::ColumnKind::physical || is_written_metadata(column)) {
      columns.push_back(i);
    }
  }
  return columns;
}

std::string columns_text(const std::vector<std::string>& names, const std::vector<Type>& types) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    text += (text.empty() ? "" : ", ") + names[i] + ": " + types[i].to_string();
  }
  return "[" + text + "]";
}

// Flink's words for a query that does not fit its sink.
class Mismatch {
 public:
  Mismatch(const Relation& query, const catalog::Table& table, const std::vector<size_t>& columns,
           const Position& at)
      : table_(table), at_(at) {
    std::vector<std::string> names;
    std::vector<Type> types;
    for (const size_t column : columns) {
      names.push_back(table.columns[column].name);
      types.push_back(table.columns[column].type);
    }
    sink_ = columns_text(names, types);
    types.clear();
    for (const Field& field : query.node->schema.fields) {
      types.push_back(field.type);
    }
    query_ = columns_text(made_unique(query.names), types);
  }

  [[noreturn]] void fail(const std::string& cause) const {
    throw Error(ErrorCode::type_mismatch,
                "column types of the query and of sink '" + table_.name +
                    "' do not match: " + cause + ". Query: " + query_ + ". Sink: " + sink_,
                at_);
  }

 private:
  const catalog::Table& table_;
  const Position& at_;
  std::string query_;
  std::string sink_;
};

// The value that PARTITION (k = 'v') gives a column; nothing where it names another.
const sql::Option* given_value(const sql::Insert& insert, const std::string& column) {
  const auto found = std::find_if(insert.partition.begin(), insert.partition.end(),
                                  [&](const sql::Option& value) { return value.key == column; });
  return found != insert.partition.end() ? &*found : nullptr;
}

void check_partition(const sql::Insert& insert, const catalog::Table& table) {
  std::vector<std::string> names;
  for (const size_t column : table.partitioned_by) {
    names.push_back(table.columns[column].name);
  }
  for (const sql::Option& value : insert.partition) {
    if (std::find(names.begin(), names.end(), value.key) == names.end()) {
      throw Error(ErrorCode::invalid_argument,
                  "PARTITION names '" + value.key + "', which table '" + table.name +
                      "' is not PARTITIONED BY" + did_you_mean(value.key, names),
                  value.key_position);
    }
    if (given_value(insert, value.key) != &value) {
      throw Error(ErrorCode::invalid_argument, "column '" + value.key + "' is given twice",
                  value.key_position);
    }
  }
}

Expression value_of(const sql::Option& given, const catalog::ColumnDefinition& column) {
  Expression value = string_literal(given.value);
  value.line = given.value_position.line;
  value.text_column = given.value_position.column;
  if (!function::can_cast(value.type, column.type)) {
    throw Error(ErrorCode::type_mismatch,
                "PARTITION cannot give column '" + column.name + "' a value: it is " +
                    column.type.to_string(),
                given.value_position);
  }
  return implicitly_cast(std::move(value), column.type);
}

// For each written column the query's column, or nothing where INSERT INTO t (...) leaves it out or
// PARTITION gives it.
std::vector<std::optional<size_t>> sources_of(const sql::Insert& insert,
                                              const catalog::Table& table,
                                              const std::vector<size_t>& written) {
  std::vector<std::optional<size_t>> sources(written.size());
  std::vector<std::string> names;
  size_t next = 0;
  for (size_t i = 0; i < written.size(); ++i) {
    names.push_back(table.columns[written[i]].name);
    if (insert.columns.empty() && given_value(insert, names[i]) == nullptr) {
      sources[i] = next++;
    }
  }
  for (size_t i = 0; i < insert.columns.size(); ++i) {
    const sql::Name& name = insert.columns[i];
    const auto found = std::find(names.begin(), names.end(), name.text);
    if (found == names.end()) {
      throw Error(ErrorCode::not_found,
                  "unknown column '" + name.text + "' of table '" + table.name + "'" +
                      did_you_mean(name.text, names),
                  name.position);
    }
    auto& source = sources[static_cast<size_t>(found - names.begin())];
    if (source || given_value(insert, name.text) != nullptr) {
      throw Error(ErrorCode::invalid_argument, "column '" + name.text + "' is named twice",
                  name.position);
    }
    source = i;
  }
  return sources;
}

Expression missing_value(const catalog::ColumnDefinition& column, const Position& at) {
  if (!column.type.nullable) {
    throw Error(ErrorCode::invalid_argument,
                "column '" + column.name + "' has no default value and does not allow NULLs", at);
  }
  return implicitly_cast(null_literal(), column.type);
}

// Numbers of `written`: physical columns come first, metadata behind them.
std::vector<size_t> in_sink_order(const catalog::Table& table, const std::vector<size_t>& written) {
  std::vector<size_t> order(written.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_partition(order.begin(), order.end(),
                        [&](size_t i) { return !is_written_metadata(table.columns[written[i]]); });
  return order;
}

// The query's columns as the sink's.
Node* fit(Plan& plan, const Relation& query, const sql::Insert& insert,
          const catalog::Table& table) {
  const Position& at = insert.query->position;
  const std::vector<size_t> written = written_columns(table);
  const std::vector<std::optional<size_t>> sources = sources_of(insert, table, written);
  const Mismatch mismatch(query, table, written, at);
  const auto asked = static_cast<size_t>(
      std::count_if(sources.begin(), sources.end(), [](const auto& source) { return source; }));
  if (query.names.size() != asked) {
    mismatch.fail("different number of columns");
  }
  std::vector<Expression> columns;
  std::vector<std::string> names;
  for (const size_t i : in_sink_order(table, written)) {
    const catalog::ColumnDefinition& column = table.columns[written[i]];
    names.push_back(column.name);
    if (!sources[i]) {
      const sql::Option* given = given_value(insert, column.name);
      columns.push_back(given != nullptr ? value_of(*given, column) : missing_value(column, at));
      continue;
    }
    const Type& from = query.node->schema[*sources[i]].type;
    if (!function::casts_implicitly(from, column.type)) {
      mismatch.fail("incompatible types for sink column '" + column.name + "' at position " +
                    std::to_string(i + 1));
    }
    columns.push_back(implicitly_cast(Expression::of_column(*sources[i], from), column.type));
  }
  return new_project(plan, query.node, std::move(columns), names);
}

}  // namespace

TablePtr find_sink(const catalog::ObjectName& name, const catalog::Catalog& catalog,
                   const catalog::Connections& connections, const Position& at) {
  TablePtr table = catalog.find_table(name);
  if (table == nullptr) {
    if (catalog.find_view(name) != nullptr) {
      throw Error(ErrorCode::invalid_argument,
                  "'" + name.name + "' is a view; rows are written into a table", at);
    }
    catalog.fail_unknown(name, at);
  }
  const auto* connector = connections.find_connector(table->connector());
  if (connector != nullptr && !connector->can_write) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + table->name + "' cannot be written: connector '" + table->connector() +
                    "' only reads",
                at);
  }
  return table;
}

Plan bind_inserts(const std::vector<const sql::Insert*>& inserts, const catalog::Catalog& catalog,
                  const catalog::Connections& connections,
                  std::map<std::string, std::string> settings,
                  std::vector<BeyondFlink>* beyond_flink) {
  Plan plan;
  plan.settings = std::move(settings);
  QueryBinder binder(catalog, connections, plan, beyond_flink);
  struct Target {
    TablePtr table;
    Position position;  // of its first INSERT
    sql::Insert::Conflict on_conflict;
    bool overwrite;
    std::vector<Node*> inputs;
  };
  std::vector<Target> targets;  // in the order of the statements
  for (const sql::Insert* insert : inserts) {
    refuse_clauses(*insert);
    const TablePtr table = find_sink(object_name(insert->table, catalog.current()), catalog,
                                     connections, insert->table.position());
    check_written(*table, connections, insert->table.position());
    check_partition(*insert, *table);
    check_overwrite(*insert, *table, connections, plan);
    check_conflicts(*insert, *table);
    const Relation query = binder.bind(*insert->query);
    auto target = std::find_if(targets.begin(), targets.end(),
                               [&](const Target& known) { return known.table == table; });
    if (target == targets.end()) {
      target = targets.insert(
          target, {table, insert->table.position(), insert->on_conflict, insert->overwrite, {}});
    } else if (target->on_conflict != insert->on_conflict) {
      throw Error(ErrorCode::unsupported,
                  "INSERTs of one statement set into table '" + table->name +
                      "' have different ON CONFLICT clauses",
                  insert->table.position());
    }
    if (target->overwrite != insert->overwrite) {
      throw Error(ErrorCode::unsupported,
                  "INSERTs of one statement set into table '" + table->name +
                      "' are all INTO or all OVERWRITE",
                  insert->table.position());
    }
    target->inputs.push_back(fit(plan, query, *insert, *table));
  }
  for (Target& target : targets) {
    Node* input = target.inputs.size() == 1 ? target.inputs.front()
                                            : new_union(plan, std::move(target.inputs));
    Sink* sink = new_sink(plan, input, target.table, target.position);
    sink->overwrite = target.overwrite;
    sink->on_conflict = on_conflict(target.on_conflict, *target.table, plan.settings);
  }
  return plan;
}

}  // namespace millrace::plan
