#include "duckdb/trial.h"

#include <array>
#include <map>

namespace millrace::random_queries {

namespace {

constexpr std::array<const char*, 4> kKinds{"+I", "-U", "+U", "-D"};  // as RowKind counts
constexpr size_t kMostRows = 24;
constexpr size_t kMostRowsAtTimes = 120;
constexpr int kMostDepth = 2;

std::string options_of(Gives gives) {
  switch (gives) {
    case Gives::insertions: break;
    case Gives::changes: return "retract";
    case Gives::upserts: return "upsert";
  }
  return "";
}

std::string body_of(const Table& table, Form form) {
  std::string body;
  for (const Column& column : table_columns()) {
    body += (body.empty() ? "" : ", ") + column.name + " " + flink_type(column.sort);
  }
  if (is_by_time(form)) {
    body += ", WATERMARK FOR ts AS ts - INTERVAL '5' SECOND";
  }
  return body + (table.gives == Gives::upserts ? ", PRIMARY KEY (id) NOT ENFORCED" : "") + "\n";
}

// The last row of each key, for joins with what it was at a time.
std::string versions_of(const std::string& table) {
  std::string columns;
  for (const Column& column : table_columns()) {
    columns += (columns.empty() ? "" : ", ") + column.name;
  }
  return "CREATE VIEW versions_of_" + table + " AS SELECT " + columns + " FROM (SELECT " + columns +
         ", ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM " + table +
         ") WHERE rn = 1;\n";
}

std::string statements_of(const Trial& trial) {
  std::string text = is_in_batch(trial.form) ? "SET 'execution.runtime-mode' = 'batch';\n" : "";
  for (size_t i = 0; trial.form == Form::windows && i < trial.tables.size(); ++i) {
    text += versions_of(trial.tables[i].name);
  }
  return text;
}

size_t changes_of(const Trial& trial) {
  size_t count = 0;
  for (const Table& table : trial.tables) {
    count += table.changes.size();
  }
  return count;
}

// The tables take turns, some rows each.
void deal_steps(std::vector<Table>& tables, Random& random) {
  std::vector<size_t> next(tables.size(), 0);
  for (size_t step = 0;; ++step) {
    std::vector<size_t> waiting;
    for (size_t i = 0; i < tables.size(); ++i) {
      if (next[i] < tables[i].changes.size()) {
        waiting.push_back(i);
      }
    }
    if (waiting.empty()) {
      return;
    }
    const size_t which = waiting[random.below(waiting.size())];
    std::vector<Change>& changes = tables[which].changes;
    for (size_t count = 1 + random.below(8); count > 0 && next[which] < changes.size(); --count) {
      changes[next[which]++].step = step;
    }
  }
}

// A table or a query that is read twice reaches a join from both sides, and which side hears of a
// row first is nobody's promise; neither is which key of a window comes first, for what counts
// them. What the changes leave is.
golden::Comparison comparison_of(const Trial& trial) {
  if (is_by_time(trial.form)) {
    return golden::Comparison::as_table;
  }
  const std::string query = text_of(trial.query, Dialect::flink);
  if (query.find("WITH ") != std::string::npos) {
    return golden::Comparison::as_table;
  }
  for (const Table& table : trial.tables) {
    const size_t first = query.find(table.name);
    if (first != std::string::npos && query.find(table.name, first + 1) != std::string::npos) {
      return golden::Comparison::as_table;
    }
  }
  return golden::Comparison::by_row;
}

}  // namespace

Trial random_trial(uint64_t seed) {
  Random random(seed);
  Trial trial;
  trial.form =
      std::array{Form::stream,  Form::stream,           Form::stream, Form::windows,
                 Form::windows, Form::windows_in_batch, Form::batch,  Form::batch}[random.below(8)];
  const bool changing = trial.form == Form::stream && random.one_in(2);
  const size_t most_rows = random.one_in(8) ? kMostRowsAtTimes : kMostRows;
  std::vector<std::string> names;
  for (size_t i = 0; i < 2; ++i) {
    const Gives gives = changing ? static_cast<Gives>(random.below(3)) : Gives::insertions;
    names.push_back("t" + std::to_string(i));
    trial.tables.push_back(random_table(names.back(), gives, random.below(most_rows), random));
  }
  deal_steps(trial.tables, random);
  trial.query = QueryMaker(names, trial.form, &random)
                    .make(static_cast<int>(random.below(kMostDepth + 1)))
                    .piece;
  return trial;
}

golden::FlinkCase flink_case(const Trial& trial) {
  golden::FlinkCase test;
  test.comparison = comparison_of(trial);
  test.query = text_of(trial.query, Dialect::flink);
  test.head = test.query;
  test.statements = statements_of(trial);
  if (test.query.find("series(") != std::string::npos) {
    test.functions.emplace_back("series");
  }
  for (const Table& table : trial.tables) {
    std::map<std::string, std::string> options;
    if (const std::string changelog = options_of(table.gives); !changelog.empty()) {
      options["changelog"] = changelog;
    }
    test.tables.push_back({table.name, options, body_of(table, trial.form)});
  }
  for (size_t step = 0; test.feed.size() < changes_of(trial); ++step) {
    for (const Table& table : trial.tables) {
      for (const Change& change : table.changes) {
        if (change.step == step) {
          test.feed.push_back({step, table.name, change.kind, as_json(change.values)});
        }
      }
    }
  }
  return test;
}

std::string case_text(const Trial& trial) {
  const golden::FlinkCase test = flink_case(trial);
  std::string text = "compare as table\n";
  for (const std::string& function : test.functions) {
    text += "\nfunction " + function + "\n";
  }
  for (const golden::CaseTable& table : test.tables) {
    text += "\ntable " + table.name;
    for (const auto& [key, value] : table.options) {
      text += " " + key + "=" + value;
    }
    text += "\n" + table.body;
  }
  std::string fed;
  for (const golden::FeedRow& row : test.feed) {
    text += row.table == fed ? "" : "\nfeed " + row.table + "\n";
    fed = row.table;
    text +=
        (row.kind == RowKind::insert ? ""
                                     : std::string(kKinds[static_cast<size_t>(row.kind)]) + " ") +
        row.json + "\n";
  }
  text += test.statements.empty() ? "" : "\nsql\n" + test.statements;
  return text + "\nquery\n" + test.query + "\n";
}

}  // namespace millrace::random_queries
