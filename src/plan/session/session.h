#pragma once

// Executes statements as Flink's SQL client does, one after another: definitions change the
// catalog, SET holds for the statements after it, and what asks for something is answered. What
// runs, an INSERT or a query, is planned here and handed back to whoever can run it.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/check_options.h"
#include "plan/beyond_flink.h"
#include "plan/nodes.h"
#include "plan/session/libraries.h"
#include "sql/statement.h"

namespace millrace::plan {

// The tables of the settings 'millrace.dead-letter.table' and 'millrace.late-row.table'; null where
// they are not set.
struct LetterTables {
  std::shared_ptr<const catalog::Table> dead_letters;
  std::shared_ptr<const catalog::Table> late_rows;
};

// One INSERT, or one statement set: what runs, restarts and is checkpointed as one.
struct Job {
  // The setting 'pipeline.name', or else the names of its sinks joined by "+"; unique in the
  // session.
  std::string name;
  std::shared_ptr<const Plan> plan;
  LetterTables letters;
};

// --- What a statement gives ---

// Nothing but that it was done.
struct Done {};
// Rows of text, a NULL where there is none: of SHOW, DESCRIBE, a bare SET.
struct Answer {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
};
// Lines: of EXPLAIN and SHOW CREATE.
struct Text {
  std::string text;
};
// A query by itself. Its plan has one sink, a table with the connector kCollect, which takes
// changes of all kinds; its columns are the answer's.
struct Question {
  std::shared_ptr<const Plan> plan;
  std::shared_ptr<const catalog::Table> answer;
  LetterTables letters;
};
// SHOW JOBS, DESCRIBE JOB, STOP JOB: for whoever runs the jobs.
struct JobsRequest {
  std::variant<sql::Show, sql::DescribeJob, sql::StopJob> request;
  Position position;
};

// A job of this name that was given before is not to run: the pipeline of a materialized table that
// was suspended, or dropped. (A Job of a name that was given takes the place of that one.)
struct Withdrawn {
  std::string job;
};

using Outcome = std::variant<Done, Answer, Text, Job, Question, JobsRequest, Withdrawn>;

class Session {
 public:
  // `connections` is copied; what it points to outlives the session.
  explicit Session(const catalog::Connections& connections, Loadable loadable = {})
      : connections_(connections), loadable_(std::move(loadable)) {}

  // Throws Error with the place of what is wrong; then nothing has changed.
  Outcome execute(sql::Statement statement);

  const catalog::Catalog& catalog() const { return catalog_; }
  catalog::Catalog take_catalog() { return std::move(catalog_); }
  // What was executed and makes no difference, said once: "file:1:5: setting 'x' ...".
  std::vector<std::string> take_warnings();
  // What the last statement has that a Flink refuses or answers otherwise.
  std::vector<BeyondFlink> take_beyond_flink();
  // The value in force, or `otherwise`.
  std::string setting(const std::string& key, const std::string& otherwise = "") const;

 private:
  Outcome carry_out(sql::Statement& statement);
  Outcome create_table(sql::CreateTable& create, const Position& at);
  Outcome alter_table(sql::Alter& alter);
  // Materialized tables: materialized_tables.cc.
  Outcome create_materialized(sql::CreateTable& create);
  Outcome drop_materialized(const sql::Drop& drop);
  Outcome alter_materialized(sql::Alter& alter);
  Outcome change_query(const catalog::Table& table, catalog::Materialized now, const Position& at);
  Outcome refresh_job(const catalog::ObjectName& name);
  catalog::Materialized materialized(const sql::Refresh& refresh) const;
  std::shared_ptr<const catalog::Table> materialized_table(const sql::QualifiedName& name) const;

  Outcome set_option(const sql::Set& set);
  Outcome reset_options(const sql::Reset& reset);
  Outcome explain(const sql::Explain& explain, const Position& at);
  Outcome use(const sql::Use& use);

  std::map<std::string, std::string> values() const;  // of the settings
  Plan planned(Plan plan) const;
  Plan plan_query(const sql::Query& query, catalog::Changes takes);
  Plan plan_inserts(const std::vector<const sql::Insert*>& inserts);
  Outcome job_of(const std::vector<const sql::Insert*>& inserts);
  Job job(Plan plan, std::string name) const;
  std::string name_of(const Plan& plan) const;
  std::string unique(const std::string& name);
  LetterTables letter_tables() const;
  // Null where there is no such setting; `takes` are what the table is for.
  std::shared_ptr<const catalog::Table> letter_table(const std::string& key,
                                                     std::string_view takes) const;

  catalog::Connections connections_;
  Loadable loadable_;
  catalog::Catalog catalog_;
  std::map<std::string, catalog::Option> settings_;
  std::set<std::string> moot_;  // settings that were warned of
  std::vector<std::string> warnings_;
  std::vector<BeyondFlink> beyond_flink_;
  std::set<std::string> names_;  // of jobs
};

}  // namespace millrace::plan
