#include "plan/program.h"

#include <set>

#include "base/match.h"
#include "plan/bind/inserts.h"
#include "plan/bind/object_name.h"
#include "plan/bind/queries.h"
#include "plan/bind/table_definitions.h"
#include "plan/rules/rules.h"
#include "sql/parser.h"

namespace millrace::plan {

namespace {

class ProgramPlanner {
 public:
  explicit ProgramPlanner(const catalog::Connections& connections) : connections_(connections) {}

  void take(const sql::Statement& statement) {
    const Position& at = statement.position;
    match(
        statement.node, [&](const sql::CreateTable& create) { create_table(create); },
        [&](const sql::CreateView& create) { create_view(create); },
        [&](const sql::CreateFunction&) { refuse("CREATE FUNCTION", at); },
        [&](const sql::Drop& drop_statement) { drop(drop_statement, at); },
        [&](const sql::Insert& insert) { add_job({&insert}); },
        [&](const sql::StatementSet& set) { add_job(inserts_of(set)); },
        [&](const sql::Set& set) { set_option(set, at); },
        [&](const sql::Reset& reset) { reset_options(reset); },
        [&](const sql::Explain&) { refuse_answer("EXPLAIN", at); },
        [&](const sql::Show&) { refuse_answer("SHOW", at); },
        [&](const sql::Describe&) { refuse_answer("DESCRIBE", at); },
        [&](const sql::Use&) { refuse("USE", at); },
        [&](const sql::QueryStatement&) { refuse_answer("a query", at); });
  }

  Program finish() { return std::move(program_); }

 private:
  [[noreturn]] static void refuse(const std::string& what, const Position& at) {
    throw Error(ErrorCode::unsupported, what + " is not supported", at);
  }
  [[noreturn]] static void refuse_answer(const std::string& what, const Position& at) {
    throw Error(ErrorCode::unsupported,
                what + " has no place in a pipeline file, where nobody reads its answer", at);
  }

  // --- Definitions ---

  static catalog::IfExists if_exists(bool if_not_exists) {
    return if_not_exists ? catalog::IfExists::keep : catalog::IfExists::fail;
  }

  void create_table(const sql::CreateTable& create) {
    program_.catalog.add(bind_table(create, connections_), if_exists(create.if_not_exists),
                         create.name.position());
  }

  // Its query is bound here for its mistakes, and again in every job that reads the view.
  void create_view(const sql::CreateView& create) {
    Plan discarded;
    const Relation relation =
        QueryBinder(program_.catalog, connections_, discarded).bind(*create.query);
    catalog::View view;
    view.name = object_name(create.name);
    view.query = create.query_text;
    view.position = create.query_position;
    for (const sql::Name& column : create.columns) {
      view.columns.push_back(column.text);
    }
    if (!view.columns.empty() && view.columns.size() != relation.names.size()) {
      throw Error(ErrorCode::invalid_argument,
                  "view '" + view.name + "' names " + std::to_string(view.columns.size()) +
                      " columns, but its query has " + std::to_string(relation.names.size()),
                  create.columns.front().position);
    }
    program_.catalog.add(std::move(view), if_exists(create.if_not_exists), create.name.position());
  }

  void drop(const sql::Drop& drop, const Position& at) {
    const std::string& name = object_name(drop.name);
    const auto if_missing = drop.if_exists ? catalog::IfMissing::ignore : catalog::IfMissing::fail;
    switch (drop.kind) {
      case sql::ObjectKind::table:
        return program_.catalog.drop_table(name, if_missing, drop.name.position());
      case sql::ObjectKind::view:
        return program_.catalog.drop_view(name, if_missing, drop.name.position());
      case sql::ObjectKind::function: refuse("DROP FUNCTION", at);
    }
  }

  // --- Settings ---

  void set_option(const sql::Set& set, const Position& at) {
    if (!set.option) {
      refuse_answer("SET without a setting", at);
    }
    settings_[set.option->key] = {set.option->value, set.option->value_position};
  }

  void reset_options(const sql::Reset& reset) {
    if (reset.key) {
      settings_.erase(*reset.key);
    } else {
      settings_.clear();
    }
  }

  // --- Jobs ---

  static std::vector<const sql::Insert*> inserts_of(const sql::StatementSet& set) {
    std::vector<const sql::Insert*> inserts;
    for (const sql::StatementPtr& statement : set.inserts) {
      inserts.push_back(&std::get<sql::Insert>(statement->node));
    }
    return inserts;
  }

  void add_job(const std::vector<const sql::Insert*>& inserts) {
    if (inserts.empty()) {
      return;
    }
    Plan plan = bind_inserts(inserts, program_.catalog, connections_);
    for (const auto& [key, setting] : settings_) {
      plan.settings[key] = setting.value;
    }
    optimise(plan);
    Job job;
    job.name = unique(name_of(plan));
    job.dead_letters = dead_letters();
    job.plan = std::make_shared<const Plan>(std::move(plan));
    program_.jobs.push_back(std::move(job));
  }

  std::string name_of(const Plan& plan) const {
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

  std::string unique(const std::string& name) {
    std::string candidate = name;
    for (int n = 2; !names_.insert(candidate).second; ++n) {
      candidate = name + "-" + std::to_string(n);
    }
    return candidate;
  }

  std::shared_ptr<const catalog::Table> dead_letters() const {
    const auto setting = settings_.find("millrace.dead-letter.table");
    if (setting == settings_.end()) {
      return nullptr;
    }
    auto table = program_.catalog.find_table(setting->second.value);
    if (table == nullptr) {
      program_.catalog.fail_unknown(setting->second.value, setting->second.position);
    }
    return table;
  }

  const catalog::Connections& connections_;
  Program program_;
  std::map<std::string, catalog::Option> settings_;
  std::set<std::string> names_;  // of jobs
};

}  // namespace

Program plan_program(std::string_view text, const std::string& file,
                     const catalog::Connections& connections) {
  ProgramPlanner planner(connections);
  for (const sql::Statement& statement : sql::parse_script(text, file)) {
    planner.take(statement);
  }
  return planner.finish();
}

}  // namespace millrace::plan
