#include "golden/flink/answer.h"

#include "base/error.h"
#include "base/random.h"
#include "exec/pipeline.h"
#include "exec/testing/world.h"
#include "golden/flink/replay.h"
#include "plan/bind/inserts.h"
#include "plan/bind/queries.h"
#include "plan/bind/select_items.h"
#include "plan/new_nodes.h"
#include "plan/program.h"
#include "plan/rules/rules.h"
#include "sql/parser.h"

namespace millrace::golden {

namespace {

struct Query {
  std::shared_ptr<plan::Plan> plan = std::make_shared<plan::Plan>();
  // Of a SELECT: "columns k STRING, n BIGINT NOT NULL" and "changelog I,UB,UA,D".
  std::vector<std::string> heading;
};

// The settings in force behind all statements.
std::map<std::string, std::string> settings_of(const std::string& statements) {
  std::map<std::string, std::string> settings;
  for (const sql::Statement& statement : sql::parse_script(statements)) {
    const auto* set = std::get_if<sql::Set>(&statement.node);
    if (set != nullptr && set->option) {
      settings[set->option->key] = set->option->value;
    }
  }
  return settings;
}

// As where Flink's command line collects the rows: a column is NOT NULL where the query says so. Of
// an answer of our own it may be NULL where Flink has something else.
std::shared_ptr<catalog::Table> sink_for(const FlinkCase& test, const plan::Relation& query,
                                         const std::string& name) {
  auto table = std::make_shared<catalog::Table>();
  table->name = name;
  table->takes = catalog::Changes::all;
  table->options["connector"] = {plan::kCollect, {}};
  for (size_t i = 0; i < query.names.size(); ++i) {
    catalog::ColumnDefinition column;
    column.name = query.names[i];
    const Type& type = query.node->schema[i].type;
    column.type = test.otherwise.empty() ? type : type.as_nullable();
    table->columns.push_back(std::move(column));
  }
  return table;
}

// As Flink's gateway gives types: of an interval, within others too, the last field alone.
std::string text_of(const Type& type) {
  std::string text = type.to_string();
  for (const std::string_view ahead : {"DAY TO ", "YEAR TO "}) {
    for (size_t at = 0; (at = text.find("INTERVAL " + std::string(ahead), at)) != text.npos;) {
      text.erase(at + std::string_view("INTERVAL ").size(), ahead.size());
    }
  }
  return text;
}

std::string columns_of(const plan::Relation& query) {
  std::string text;
  for (size_t i = 0; i < query.names.size(); ++i) {
    text += (i == 0 ? "" : ", ") + query.names[i] + " " + text_of(query.node->schema[i].type);
  }
  return text;
}

std::string text_of(const plan::Changelog& changelog) {
  return std::string("I") + (changelog.updates && changelog.update_before ? ",UB" : "") +
         (changelog.updates ? ",UA" : "") + (changelog.deletes ? ",D" : "");
}

// The rules without which a plan cannot run, or leaves other changes.
void optimise_least(plan::Plan& plan) {
  plan::check_watermark_calls(plan);
  plan::normalize_upserts(plan);
  plan::localise_expressions(plan);
  plan::find_ranks(plan);
  plan::hide_numbers(plan);
  plan::arrange_joins(plan);
  plan::drop_groups(plan);
  plan::filter_upserts(plan);
  plan::finish_batch(plan);
  plan::find_lookups(plan);
  plan::localise_windows(plan);
  plan::infer_changelogs(plan);
  if (plan::resolve_conflicts(plan)) {
    plan::infer_changelogs(plan);
  }
  plan::pass_insertions(plan);
}

// Beside the query, all columns of its tables.
void read_tables(const FlinkCase& test, plan::QueryBinder& binder, plan::Plan& plan) {
  for (const CaseTable& table : test.tables) {
    if (!table.options.contains("lookup")) {
      const plan::Relation whole =
          binder.bind(*sql::parse_query("SELECT * FROM " + table.name, {"", 1, 1}));
      plan::new_sink(plan, whole.node, sink_for(test, whole, Replay::kBeside), {});
    }
  }
}

// An INSERT where the case has tables for it, else a query by itself, whose sink is returned.
const plan::Sink* bind(const FlinkCase& test, const std::string& text, const plan::Program& program,
                       const catalog::Connections& connections, Query& query) {
  if (!test.sinks.empty()) {
    const sql::Statement statement = sql::parse_statement(text);
    *query.plan = plan::bind_inserts({&std::get<sql::Insert>(statement.node)}, program.catalog,
                                     connections, query.plan->settings);
    return nullptr;
  }
  const sql::QueryPtr parsed = sql::parse_query(text, {"", 1, 1});
  plan::QueryBinder binder(program.catalog, connections, *query.plan);
  plan::Relation relation = binder.bind(*parsed);
  relation.names = plan::made_unique(std::move(relation.names));
  query.heading.push_back("columns " + columns_of(relation));
  return plan::new_sink(*query.plan, relation.node, sink_for(test, relation, "answer"), {});
}

Query plan_query(const FlinkCase& test, const std::string& text, Pace pace) {
  const std::string before = definitions(test);
  const catalog::Connections connections = replay_connections();
  const plan::Program program = plan::plan_program(before, "", connections);
  Query query;
  query.plan->settings = settings_of(before);
  const plan::Sink* sink = bind(test, text, program, connections, query);
  if (pace == Pace::shared) {
    plan::QueryBinder binder(program.catalog, connections, *query.plan);
    read_tables(test, binder, *query.plan);
  }
  pace == Pace::split ? optimise_least(*query.plan) : plan::optimise(*query.plan);
  if (sink != nullptr) {
    query.heading.push_back("changelog " + text_of(sink->inputs[0]->changelog));
  }
  return query;
}

std::function<size_t()> batch_sizes(Pace pace, Random& random) {
  switch (pace) {
    case Pace::whole: break;
    case Pace::single: return [] { return size_t{1}; };
    case Pace::random:
    case Pace::split:
    case Pace::shared:
    case Pace::restarted:
    case Pace::spilled: return [&random] { return size_t{1} + random.below(3); };
  }
  return [] { return Batch::kMaxRows; };
}

bool makes_several(const std::string& id) {
  return id.starts_with("expand") || id.starts_with("unnest") || id.starts_with("repeat") ||
         id.starts_with("window_table_function");
}

// Nothing is lost silently: rows that come in are handed on or gathered, or counted by what became
// of them else. Some make several rows of one.
void check_books(const exec::Pipeline& pipeline) {
  for (const exec::OperatorStatus& status : pipeline.operators()) {
    const exec::OperatorCounts& counts = status.counts;
    const uint64_t gone = counts.rejected + counts.late + counts.filtered;
    const bool adds_up = counts.in == counts.grouped + gone || counts.in == counts.out + gone ||
                         (makes_several(status.id) && counts.grouped == 0);
    if (!adds_up) {
      throw Error(ErrorCode::internal,
                  "the books of " + status.id + " do not add up: in " + std::to_string(counts.in) +
                      ", out " + std::to_string(counts.out) + ", gathered " +
                      std::to_string(counts.grouped) + ", filtered " +
                      std::to_string(counts.filtered) + ", late " + std::to_string(counts.late) +
                      ", rejected " + std::to_string(counts.rejected));
    }
  }
}

// As in Flink the rows of a feed are processed a while behind those before it.
constexpr Duration kBetweenFeeds = Duration::milliseconds(10);

std::vector<std::string> run(const FlinkCase& test, const Query& query, Pace pace) {
  exec::testing::TestWorld world;
  Random random(test.head.size());
  Replay replay(test, batch_sizes(pace, random));
  exec::PipelineSpec spec{"golden", query.plan, nullptr, "state"};
  if (pace == Pace::spilled) {
    spec.spills = exec::Spills::each_turn;
    spec.layers = {.large = 0, .changes = 8, .sweep_bytes = 256, .slack = 0, .most = 3};
  }
  // A life has two turns at times: what is bounded takes the first to say that it has ended. After
  // many lives each has more, for of operators one behind the other that send their rows at the end
  // each takes a turn in every life to find that it has sent them.
  size_t lives = 1;
  size_t turns = 0;
  const auto restarts = [&] {
    return turns > lives / 64 &&
           (pace == Pace::restarted ? !random.one_in(8)
                                    : pace == Pace::spilled && random.one_in(4));
  };
  auto pipeline = std::make_unique<exec::Pipeline>(spec, replay, world.get());
  size_t step = replay.step();
  while (!pipeline->finished()) {
    pipeline->run_once();
    ++turns;
    if (const size_t now = replay.step(); now != step) {
      step = now;
      world.clock.advance(kBetweenFeeds);
    }
    if (!pipeline->finished() && restarts()) {
      ++lives;
      turns = 0;
      pipeline->checkpoint();
      pipeline.reset();
      replay.forget_sources();
      pipeline = std::make_unique<exec::Pipeline>(spec, replay, world.get());
    }
  }
  pipeline->checkpoint();
  check_books(*pipeline);
  return replay.changes();
}

}  // namespace

std::string definitions(const FlinkCase& test) {
  std::string text;
  for (const std::string& name : test.functions) {
    text += "CREATE TEMPORARY FUNCTION " + name + " AS '" + name +
            "' LANGUAGE C USING LIBRARY '" MILLRACE_RECORDED_FUNCTIONS "';\n";
  }
  for (const CaseTable& table : test.tables) {
    text += "CREATE TABLE " + table.name + " (\n" + table.body + ") WITH ('connector' = '" +
            replay_connector(table) + "', 'format' = 'json'";
    for (const auto& [key, value] : table.options) {
      text += key == "changelog" ? "" : ", '" + key + "' = '" + value + "'";
    }
    text += ");\n";
  }
  for (const CaseTable& sink : test.sinks) {
    text += "CREATE TABLE " + sink.name + " (\n" + sink.body + ") WITH ('connector' = '" +
            written_connector(sink) + "');\n";
  }
  return text + test.statements;
}

std::vector<std::string> answer(const FlinkCase& test, Pace pace) {
  Query query;
  try {
    query = plan_query(test, test.query, pace);
  } catch (const Error& error) {  // the error is the answer under test
    return {"error when planned: " + std::string(error.what())};
  }
  try {
    std::vector<std::string> lines = run(test, query, pace);
    lines.insert(lines.begin(), query.heading.begin(), query.heading.end());
    return lines;
  } catch (const Error& error) {  // likewise
    return {"error when run: " + std::string(error.what())};
  }
}

std::string answer(const FlinkCase& test, const CaseExpression& expression) {
  FlinkCase one = test;
  if (one.tables.empty()) {
    one.tables.push_back({"one_row", {}, "nothing INT\n"});
    one.feed.push_back({0, "one_row", RowKind::insert, "{}"});
  }
  one.query = "SELECT " + expression.text + " AS x FROM " + one.tables[0].name;
  const std::vector<std::string> lines = answer(one, Pace::whole);
  if (lines[0].starts_with("error")) {
    return lines[0];
  }
  std::string text = lines[0].substr(std::string("columns x ").size()) + ": ";
  for (size_t i = 2; i < lines.size(); ++i) {  // +I[value]
    text += (i == 2 ? "" : " | ") + lines[i].substr(3, lines[i].size() - 4);
  }
  return text;
}

}  // namespace millrace::golden
