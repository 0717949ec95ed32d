#include "plan/session/session.h"

#include <algorithm>

#include "base/match.h"
#include "catalog/option_notices.h"
#include "plan/bind/inserts.h"
#include "plan/bind/object_name.h"
#include "plan/bind/queries.h"
#include "plan/bind/select_items.h"
#include "plan/check_tables.h"
#include "plan/letter_table.h"
#include "plan/new_nodes.h"
#include "plan/rules/rules.h"
#include "plan/session/answers.h"
#include "plan/session/definitions.h"
#include "plan/session/explanation.h"
#include "plan/session/settings.h"
#include "plan/state_expiry.h"

namespace millrace::plan {

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what + " is not supported", at);
}

std::vector<const sql::Insert*> inserts_of(const sql::StatementSet& set) {
  std::vector<const sql::Insert*> inserts;
  for (const sql::StatementPtr& statement : set.inserts) {
    inserts.push_back(&std::get<sql::Insert>(statement->node));
  }
  return inserts;
}

// Where the rows of a query by itself go.
std::shared_ptr<const catalog::Table> answer_table(const Relation& relation,
                                                   catalog::Changes takes) {
  catalog::Table table;
  table.name = "*anonymous_collect*";
  table.options["connector"] = {kCollect, {}};
  table.takes = takes;
  const std::vector<std::string> names = made_unique(relation.names);
  for (size_t i = 0; i < names.size(); ++i) {
    table.columns.push_back({names[i], relation.node->schema[i].type});
  }
  return std::make_shared<const catalog::Table>(std::move(table));
}

// What computes an expression, and a rule, know a line at most, and no file.
Error placed(const Error& error, const Position& otherwise) {
  if (error.position() && !error.position()->file.empty()) {
    return error;
  }
  const bool has_line = error.position() && error.position()->line > 0;
  Position at = has_line ? *error.position() : otherwise;
  at.file = otherwise.file;
  return Error(error.code(), error.message(), std::move(at));
}

// Of a table that was just made; null where a temporary view of its name stands before it.
void tell_of_options(const std::shared_ptr<const catalog::Table>& table,
                     const catalog::Connections& connections, std::vector<std::string>& told) {
  if (table == nullptr) {
    return;
  }
  for (std::string& notice : catalog::notices_of_options(*table, connections)) {
    told.push_back(std::move(notice));
  }
}

// Its other options have been told of.
std::shared_ptr<const catalog::Table> with_options_alone(catalog::Table table,
                                                         const std::vector<sql::Option>& given) {
  std::erase_if(table.options, [&](const auto& option) {
    const bool is_given = std::any_of(given.begin(), given.end(), [&](const sql::Option& one) {
      return one.key == option.first;
    });
    return option.first != "connector" && !is_given;
  });
  return std::make_shared<const catalog::Table>(std::move(table));
}

}  // namespace

Outcome Session::execute(sql::Statement statement) {
  const Position at = statement.position;
  beyond_flink_.clear();
  try {
    return carry_out(statement);
  } catch (const Error& error) {  // the same one, with its place
    throw placed(error, at);
  }
}

Outcome Session::carry_out(sql::Statement& statement) {
  const Position& at = statement.position;
  Definitions definitions(&catalog_, connections_, loadable_);
  return match(
      statement.node,
      [&](sql::CreateTable& create) {
        return create.refresh ? create_materialized(create) : create_table(create, at);
      },
      [&](const sql::CreateView& create) -> Outcome { return definitions.create(create); },
      [&](const sql::CreateFunction& create) -> Outcome { return definitions.create(create); },
      [&](const sql::CreateCatalog& create) -> Outcome { return definitions.create(create, at); },
      [&](const sql::CreateDatabase& create) -> Outcome { return definitions.create(create); },
      [&](const sql::CreateModel& create) -> Outcome { return definitions.create(create); },
      [&](const sql::Drop& drop) -> Outcome {
        return drop.kind == sql::ObjectKind::materialized_table ? drop_materialized(drop)
                                                                : definitions.drop(drop);
      },
      [&](sql::Alter& alter) -> Outcome {
        return alter.kind == sql::ObjectKind::materialized_table ? alter_materialized(alter)
               : alter.kind == sql::ObjectKind::table            ? alter_table(alter)
                                                                 : definitions.alter(alter);
      },
      [&](const sql::Insert& insert) { return job_of({&insert}); },
      [&](const sql::StatementSet& set) { return job_of(inserts_of(set)); },
      [&](const sql::Set& set) { return set_option(set); },
      [&](const sql::Reset& reset) { return reset_options(reset); },
      [&](const sql::Explain& wanted) { return explain(wanted, at); },
      [&](sql::Show& show) -> Outcome {
        if (show.what == sql::Show::What::jobs) {
          return JobsRequest{std::move(show), at};
        }
        return answer(show, catalog_, at);
      },
      [&](const sql::Describe& describe) -> Outcome { return answer(describe, catalog_, at); },
      [&](sql::DescribeJob& job) -> Outcome { return JobsRequest{std::move(job), at}; },
      [&](sql::StopJob& job) -> Outcome { return JobsRequest{std::move(job), at}; },
      [&](const sql::Use& wanted) { return use(wanted); },
      [](const sql::UseModules&) -> Outcome { return Done{}; },
      [&](const sql::QueryStatement& query) -> Outcome {
        auto plan = std::make_shared<const Plan>(plan_query(*query.query, catalog::Changes::all));
        return Question{plan, plan->sinks.front()->table, letter_tables()};
      });
}

Outcome Session::use(const sql::Use& use) {
  if (use.catalog) {
    catalog_.use_catalog(use.name.last().text, use.name.position());
  } else {
    catalog_.use(database_name(use.name, catalog_.current()), use.name.position());
  }
  return Done{};
}

Outcome Session::alter_table(sql::Alter& alter) {
  const auto* set = std::get_if<sql::SetOptions>(&alter.change);
  const std::vector<sql::Option> given = set != nullptr ? set->options : std::vector<sql::Option>();
  const Done done = Definitions(&catalog_, connections_, loadable_).alter(alter);
  const auto table = catalog_.find_table(object_name(alter.name, catalog_.current()));
  if (table != nullptr && !given.empty()) {
    tell_of_options(with_options_alone(*table, given), connections_, warnings_);
  }
  return done;
}

// CREATE TABLE AS: the table, and the job that fills it.
Outcome Session::create_table(sql::CreateTable& create, const Position& at) {
  Definitions definitions(&catalog_, connections_, loadable_);
  if (!create.as) {
    if (create.or_replace) {
      refuse("CREATE OR REPLACE TABLE without AS", at);
    }
    const catalog::ObjectName name = object_name(create.name, catalog_.current());
    const bool is_there = catalog_.find_table(name) != nullptr;  // IF NOT EXISTS leaves it alone
    const Done done = definitions.create(create);
    if (!is_there) {
      tell_of_options(catalog_.find_table(name), connections_, warnings_);
    }
    return done;
  }
  Plan discarded;
  const Relation query = QueryBinder(catalog_, connections_, discarded).bind(*create.as);
  std::vector<std::string> names = made_unique(query.names);
  if (!definitions.create_as(create, names, query.node->schema)) {
    return Done{};
  }
  tell_of_options(catalog_.find_table(object_name(create.name, catalog_.current())), connections_,
                  warnings_);
  sql::Insert insert;
  insert.table = create.name;
  for (std::string& name : names) {
    insert.columns.push_back({create.as->position, std::move(name)});
  }
  insert.query = std::move(create.as);
  return job_of({&insert});
}

// --- Settings ---

Outcome Session::set_option(const sql::Set& set) {
  if (set.option) {
    CheckedSetting checked = check_setting(*set.option);
    if (checked.moot && moot_.insert(set.option->key).second) {
      const Error said(
          ErrorCode::unsupported,
          "setting '" + set.option->key + "' makes no difference here: " + *checked.moot,
          set.option->key_position);
      warnings_.emplace_back(said.what());
    }
    settings_[set.option->key] = {std::move(checked.value), set.option->value_position};
    return Done{};
  }
  Answer list{{"key", "value"}, {}};
  for (const auto& [key, setting] : settings_) {
    list.rows.push_back({key, setting.value});
  }
  return list;
}

Outcome Session::reset_options(const sql::Reset& reset) {
  if (reset.key) {
    settings_.erase(*reset.key);
  } else {
    settings_.clear();
  }
  return Done{};
}

std::vector<std::string> Session::take_warnings() { return std::exchange(warnings_, {}); }

std::vector<BeyondFlink> Session::take_beyond_flink() { return std::exchange(beyond_flink_, {}); }

std::string Session::setting(const std::string& key, const std::string& otherwise) const {
  const auto found = settings_.find(key);
  return found == settings_.end() ? otherwise : found->second.value;
}

// --- Plans ---

std::map<std::string, std::string> Session::values() const {
  std::map<std::string, std::string> values;
  for (const auto& [key, setting] : settings_) {
    values[key] = setting.value;
  }
  return values;
}

Plan Session::planned(Plan plan) const {
  // That of a statement set is told at the statement.
  const Position begin = plan.sinks.size() == 1 ? plan.sinks.front()->position : Position{};
  try {
    optimise(plan);
    const auto ttl = settings_.find(kStateTtl);
    check_tables(plan, connections_);
    check_expiry(plan, ttl != settings_.end() ? ttl->second.position : Position{});
  } catch (const Error& error) {  // the same one, with its place
    throw placed(error, begin);
  }
  return plan;
}

Plan Session::plan_query(const sql::Query& query, catalog::Changes takes) {
  Plan plan;
  plan.settings = values();
  const Relation relation = QueryBinder(catalog_, connections_, plan, &beyond_flink_).bind(query);
  new_sink(plan, relation.node, answer_table(relation, takes), query.position);
  return planned(std::move(plan));
}

Plan Session::plan_inserts(const std::vector<const sql::Insert*>& inserts) {
  return planned(bind_inserts(inserts, catalog_, connections_, values(), &beyond_flink_));
}

Outcome Session::explain(const sql::Explain& explain, const Position& at) {
  Plan plan;
  if (const auto* query = std::get_if<sql::QueryStatement>(&explain.statement->node)) {
    // Nobody takes its rows, so Flink shows the fewest changes that say what they are.
    plan = plan_query(*query->query, catalog::Changes::upserts);
  } else if (const auto* insert = std::get_if<sql::Insert>(&explain.statement->node)) {
    plan = plan_inserts({insert});
  } else if (const auto* set = std::get_if<sql::StatementSet>(&explain.statement->node)) {
    plan = plan_inserts(inserts_of(*set));
  } else if (auto* create = std::get_if<sql::CreateTable>(&explain.statement->node);
             create != nullptr && create->as && !create->refresh) {
    // In a session that ends here: the table is not made, and one of its name is no matter.
    create->or_replace = true;
    create->if_not_exists = false;
    const Outcome filled = Session(*this).create_table(*create, at);
    return Text{explanation(*std::get<Job>(filled).plan, explain.details)};
  } else {
    refuse("EXPLAIN of this statement", explain.statement->position);
  }
  return Text{explanation(plan, explain.details)};
}

// --- Jobs ---

Outcome Session::job_of(const std::vector<const sql::Insert*>& inserts) {
  if (inserts.empty()) {
    return Done{};
  }
  Job made = job(plan_inserts(inserts), "");
  made.name = unique(name_of(*made.plan));  // behind all that may throw
  return made;
}

Job Session::job(Plan plan, std::string name) const {
  Job job;
  job.name = std::move(name);
  job.letters = letter_tables();
  job.plan = std::make_shared<const Plan>(std::move(plan));
  return job;
}

std::string Session::name_of(const Plan& plan) const {
  const auto setting = settings_.find("pipeline.name");
  if (setting != settings_.end()) {
    return setting->second.value;
  }
  std::string name;
  for (const Sink* sink : plan.sinks) {
    name += (name.empty() ? "" : "+") + sink->table->name;
  }
  return name;
}

std::string Session::unique(const std::string& name) {
  std::string candidate = name;
  for (int n = 2; !names_.insert(candidate).second; ++n) {
    candidate = name + "-" + std::to_string(n);
  }
  return candidate;
}

LetterTables Session::letter_tables() const {
  return {letter_table(kDeadLetterTable, "dead letters"), letter_table(kLateRowTable, "late rows")};
}

std::shared_ptr<const catalog::Table> Session::letter_table(const std::string& key,
                                                            std::string_view takes) const {
  const auto setting = settings_.find(key);
  if (setting == settings_.end()) {
    return nullptr;
  }
  const auto& [name, at] = setting->second;
  auto table = find_sink({catalog_.current(), name}, catalog_, connections_, at);
  check_letter_table(*table, takes, at);
  check_written(*table, connections_);
  return table;
}

}  // namespace millrace::plan
