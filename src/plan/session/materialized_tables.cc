#include "plan/session/materialized_tables.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "base/match.h"
#include "plan/bind/inserts.h"
#include "plan/bind/object_name.h"
#include "plan/bind/queries.h"
#include "plan/bind/select_items.h"
#include "plan/session/definitions.h"
#include "plan/session/session.h"
#include "plan/written_key.h"
#include "sql/parser.h"

namespace millrace::plan {

namespace {

constexpr auto kEpochs = "execution.checkpointing.interval";
constexpr const char* kLake = "delta";

struct Unit {
  sql::TimeUnit unit;
  int64_t ms;
};
constexpr std::array kUnits{
    Unit{sql::TimeUnit::day, 86'400'000}, Unit{sql::TimeUnit::hour, 3'600'000},
    Unit{sql::TimeUnit::minute, 60'000}, Unit{sql::TimeUnit::second, 1'000}};

int64_t milliseconds_of(const sql::Refresh::Freshness& freshness) {
  const sql::IntervalLiteral& interval = freshness.interval;
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& known) {
    return known.unit == interval.units.from;
  });
  if (unit == kUnits.end() || interval.units.to) {
    throw Error(ErrorCode::invalid_argument, "FRESHNESS is in SECOND, MINUTE, HOUR or DAY",
                freshness.position);
  }
  constexpr int64_t kMost = 1'000'000;
  int64_t number = 0;
  const char* end = interval.text.data() + interval.text.size();
  const auto [rest, error] = std::from_chars(interval.text.data(), end, number);
  if (error != std::errc() || rest != end || interval.negative || number <= 0 || number > kMost) {
    throw Error(ErrorCode::invalid_argument,
                "FRESHNESS is a positive number, not '" + interval.text + "'", freshness.position);
  }
  return number * unit->ms;
}

[[noreturn]] void refuse_full(const std::string& clause, const Position& at) {
  throw Error(ErrorCode::unsupported,
              clause +
                  " asks for refreshes by a schedule, which are not supported: REFRESH_MODE = "
                  "CONTINUOUS keeps the table up to date as its input comes",
              at);
}

int64_t milliseconds(const std::string& setting) { return parse_duration(setting)->ms(); }

// Names are looked for in another database for as long as this lives.
class NamesIn {
 public:
  // Throws Error at `at` where that database is there no more.
  NamesIn(catalog::Catalog& catalog, const catalog::Namespace& space, const Position& at)
      : catalog_(catalog), before_(catalog.current()) {
    catalog_.use(space, at);
  }
  ~NamesIn() { catalog_.use(before_, {}); }
  NamesIn(const NamesIn&) = delete;
  NamesIn& operator=(const NamesIn&) = delete;

 private:
  catalog::Catalog& catalog_;
  catalog::Namespace before_;
};

// What cannot be planned leaves the catalog and the names of jobs as they were.
class Attempt {
 public:
  Attempt(catalog::Catalog& catalog, std::set<std::string>& names)
      : catalog_(catalog), names_(names), catalog_before_(catalog), names_before_(names) {}
  ~Attempt() {
    if (!is_done_) {
      catalog_ = std::move(catalog_before_);
      names_ = std::move(names_before_);
    }
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

  Outcome done(Outcome outcome) {
    is_done_ = true;
    return outcome;
  }

 private:
  catalog::Catalog& catalog_;
  std::set<std::string>& names_;
  catalog::Catalog catalog_before_;
  std::set<std::string> names_before_;
  bool is_done_ = false;
};

sql::QualifiedName written_name(const catalog::Table& table, const Position& at) {
  return {{{at, table.space.catalog}, {at, table.space.database}, {at, table.name}}};
}

// A column of the table that is no column of the query would never be filled.
void refuse_unfilled(const sql::CreateTable& create, const std::vector<std::string>& names) {
  for (const sql::ColumnDefinition& column : create.columns) {
    const bool is_filled = column.kind != sql::ColumnDefinition::Kind::physical || !column.type ||
                           std::find(names.begin(), names.end(), column.name.text) != names.end();
    if (!is_filled) {
      throw Error(ErrorCode::invalid_argument,
                  "column '" + column.name.text + "' is none of the query's", column.name.position);
    }
  }
}

void set_default_connector(sql::CreateTable& create) {
  const bool has_one =
      std::any_of(create.options.begin(), create.options.end(),
                  [](const sql::Option& option) { return option.key == "connector"; });
  if (!has_one) {
    const Position& at = create.name.position();
    create.options.push_back(
        {.key_position = at, .value_position = at, .key = "connector", .value = kLake});
  }
}

// Rows that are there have no value for a column that comes later, and keep those that they have.
void require_same_columns(const catalog::Table& table, const std::vector<std::string>& names,
                          const Schema& schema, const Position& at) {
  for (const catalog::ColumnDefinition& column : table.columns) {
    if (column.kind != catalog::ColumnKind::physical) {
      continue;
    }
    const auto found = std::find(names.begin(), names.end(), column.name);
    if (found == names.end()) {
      throw Error(ErrorCode::unsupported,
                  "the new query has no column '" + column.name +
                      "': a query of materialized table '" + table.name +
                      "' can add columns, and drop or rename none",
                  at);
    }
    const Type& type = schema[static_cast<size_t>(found - names.begin())].type;
    if (!type.same_but_nullability(column.type)) {
      throw Error(ErrorCode::unsupported,
                  "column '" + column.name + "' of materialized table '" + table.name + "' is " +
                      column.type.to_string() + ", and " + type.to_string() + " in the new query",
                  at);
    }
  }
}

void refuse_physical(const sql::ChangeElements& change) {
  for (const sql::ColumnDefinition& column : change.columns) {
    if (column.kind == sql::ColumnDefinition::Kind::physical) {
      throw Error(ErrorCode::unsupported,
                  "column '" + column.name.text +
                      "' would be filled by nobody: ALTER MATERIALIZED TABLE ... AS a query that "
                      "has it",
                  column.name.position);
    }
  }
}

void refuse_physical(const sql::DropColumns& change, const catalog::Table& table) {
  for (const sql::Name& name : change.columns) {
    const auto column = table.find(name.text);
    if (column && table.columns[*column].kind == catalog::ColumnKind::physical) {
      throw Error(ErrorCode::unsupported,
                  "column '" + name.text + "' is the query's: it cannot be dropped", name.position);
    }
  }
}

}  // namespace

std::string freshness_text(int64_t ms) {
  for (const Unit& unit : kUnits) {
    if (ms % unit.ms == 0) {
      return "INTERVAL '" + std::to_string(ms / unit.ms) + "' " +
             std::string(sql::word_of(unit.unit));
    }
  }
  return "INTERVAL '" + std::to_string(std::max<int64_t>(ms / 1000, 1)) + "' SECOND";
}

catalog::Materialized Session::materialized(const sql::Refresh& refresh) const {
  using Mode = sql::Refresh::Mode;
  if (refresh.mode == Mode::full) {
    refuse_full("REFRESH_MODE = FULL", refresh.mode_position);
  }
  catalog::Materialized now;
  now.freshness_ms = refresh.freshness ? milliseconds_of(*refresh.freshness)
                                       : milliseconds(setting(kDefaultFreshness, "3 min"));
  const int64_t threshold = milliseconds(setting(kFreshnessThreshold, "30 min"));
  if (refresh.mode == Mode::unspecified && refresh.freshness && now.freshness_ms >= threshold) {
    refuse_full("FRESHNESS = " + freshness_text(now.freshness_ms), refresh.freshness->position);
  }
  now.query = refresh.query_text;
  now.position = refresh.query_position;
  now.names_in = catalog_.current();
  now.start_mode = refresh.start_mode;
  return now;
}

Outcome Session::create_materialized(sql::CreateTable& create) {
  Attempt attempt(catalog_, names_);
  const Position at = create.name.position();
  const catalog::ObjectName name = object_name(create.name, catalog_.current());
  catalog::Materialized now = materialized(*create.refresh);
  if (create.refresh->or_alter && catalog_.find_table(name) != nullptr) {
    const auto table = materialized_table(create.name);
    if (!create.columns.empty() || !create.options.empty()) {
      throw Error(ErrorCode::unsupported,
                  "materialized table '" + table->name +
                      "' is there: OR ALTER takes its query and freshness alone",
                  at);
    }
    now.suspended = table->materialized->suspended;
    now.pipeline = table->materialized->pipeline;
    return attempt.done(change_query(*table, std::move(now), at));
  }
  Plan discarded;
  const Relation query = QueryBinder(catalog_, connections_, discarded).bind(*create.as);
  const std::vector<std::string> names = made_unique(query.names);
  refuse_unfilled(create, names);
  set_default_connector(create);
  now.columns = names;
  now.pipeline = unique(setting("pipeline.name", name.name));
  Definitions(&catalog_, connections_, loadable_)
      .create_as(create, names, query.node->schema, std::move(now));
  return attempt.done(refresh_job(name));
}

// The INSERT that the table stands for.
Outcome Session::refresh_job(const catalog::ObjectName& name) {
  const auto table = catalog_.find_table(name);
  const catalog::Materialized& how = *table->materialized;
  if (how.suspended) {
    return Withdrawn{how.pipeline};
  }
  sql::Insert insert;
  insert.table = written_name(*table, how.position);
  for (const std::string& column : how.columns) {
    insert.columns.push_back({how.position, column});
  }
  insert.query = sql::parse_query(how.query, how.position);
  if (is_written_by_key(*table)) {
    insert.on_conflict = sql::Insert::Conflict::deduplicate;
  }
  std::map<std::string, std::string> settings = values();
  settings.emplace(kEpochs, std::to_string(how.freshness_ms) + " ms");
  const NamesIn names(catalog_, how.names_in, how.position);
  return job(planned(bind_inserts({&insert}, catalog_, connections_, settings)), how.pipeline);
}

// --- What is there ---

std::shared_ptr<const catalog::Table> Session::materialized_table(
    const sql::QualifiedName& written) const {
  const catalog::ObjectName name = object_name(written, catalog_.current());
  auto table = catalog_.find_table(name);
  if (table == nullptr) {
    throw Error(ErrorCode::not_found,
                "materialized table '" + name.to_string() + "' does not exist", written.position());
  }
  if (!table->materialized) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + name.name + "' is not a materialized table", written.position());
  }
  return table;
}

Outcome Session::drop_materialized(const sql::Drop& drop) {
  const catalog::ObjectName name = object_name(drop.name, catalog_.current());
  if (drop.if_exists && catalog_.find_table(name) == nullptr) {
    return Done{};
  }
  const auto table = materialized_table(drop.name);
  Definitions(&catalog_, connections_, loadable_).drop(drop);
  names_.erase(table->materialized->pipeline);
  return Withdrawn{table->materialized->pipeline};
}

Outcome Session::change_query(const catalog::Table& table, catalog::Materialized now,
                              const Position& at) {
  const sql::QueryPtr parsed = sql::parse_query(now.query, now.position);
  Plan discarded;
  const Relation query = QueryBinder(catalog_, connections_, discarded).bind(*parsed);
  now.columns = made_unique(query.names);
  Schema nullable = query.node->schema;
  for (Field& field : nullable.fields) {
    field.type = field.type.as_nullable();
  }
  require_same_columns(table, now.columns, nullable, now.position);
  const std::vector<std::string> columns = now.columns;
  Definitions(&catalog_, connections_, loadable_)
      .add_columns(table, columns, nullable, std::move(now), at);
  return refresh_job({table.space, table.name});
}

Outcome Session::alter_materialized(sql::Alter& alter) {
  Attempt attempt(catalog_, names_);
  const auto table = materialized_table(alter.name);
  const Position& at = alter.name.position();
  catalog::Materialized now = *table->materialized;
  Definitions definitions(&catalog_, connections_, loadable_);
  const auto set_suspended = [&](bool suspended) {
    if (now.suspended == suspended) {
      throw Error(ErrorCode::invalid_argument,
                  "materialized table '" + table->name + "' has been " +
                      (suspended ? "suspended" : "resumed") + " already",
                  at);
    }
    now.suspended = suspended;
    definitions.set_materialized(*table, now, at);
    return refresh_job({table->space, table->name});
  };
  const auto alter_definition = [&] {
    definitions.alter(alter);
    return refresh_job({table->space, table->name});
  };
  return attempt.done(match(
      alter.change, [&](const sql::Suspend&) -> Outcome { return set_suspended(true); },
      [&](const sql::Resume& resume) -> Outcome {
        if (!resume.options.empty()) {
          throw Error(ErrorCode::unsupported,
                      "RESUME WITH is not supported: ALTER MATERIALIZED TABLE ... SET gives the "
                      "table its options",
                      resume.options.front().key_position);
        }
        return set_suspended(false);
      },
      [&](const sql::RefreshNow& refresh) -> Outcome {
        throw Error(ErrorCode::unsupported,
                    "REFRESH is not supported: the table is refreshed continuously, and is never "
                    "further behind than its FRESHNESS",
                    refresh.position);
      },
      [&](const sql::ChangeQuery& change) -> Outcome {
        now.query = change.query_text;
        now.position = change.query_position;
        now.names_in = catalog_.current();
        return change_query(*table, std::move(now), at);
      },
      [&](const sql::ChangeElements& change) -> Outcome {
        refuse_physical(change);
        return alter_definition();
      },
      [&](const sql::DropColumns& change) -> Outcome {
        refuse_physical(change, *table);
        return alter_definition();
      },
      [&](const auto&) -> Outcome { return alter_definition(); }));
}

}  // namespace millrace::plan
