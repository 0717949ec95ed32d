#include "plan/session/terms.h"

#include <algorithm>
#include <array>

#include "base/ascii_case.h"
#include "plan/session/settings.h"
#include "sql/printer.h"

namespace millrace::plan {

namespace {

// What Flink too does not show of, and what logs somebody in at Kafka.
constexpr std::array<std::string_view, 8> kSecrets = {
    "password", "secret", "token", "jaas", "apikey", "api-key", "credential", "keystore.key"};

bool is_secret(const std::string& key) {
  const std::string lower = lower_case(key);
  return std::any_of(kSecrets.begin(), kSecrets.end(),
                     [&](std::string_view word) { return lower.find(word) != lower.npos; });
}

std::string name_of(const catalog::Table& table) {
  return table.space == catalog::Namespace{}
             ? table.name
             : catalog::ObjectName{table.space, table.name}.to_string();
}

// Those that a record has: what is computed of them is in the plan.
std::string columns_of(const catalog::Table& table) {
  std::string text;
  for (const catalog::ColumnDefinition& column : table.columns) {
    if (column.kind == catalog::ColumnKind::computed) {
      continue;
    }
    text += (text.empty() ? "" : ", ") + column.name + " " + column.type.to_string();
    if (column.kind == catalog::ColumnKind::metadata) {
      text += " METADATA FROM " + sql::string_literal(column.metadata_key) +
              (column.is_virtual ? " VIRTUAL" : "");
    }
  }
  return text;
}

std::string key_of(const catalog::Table& table) {
  std::string text;
  for (const size_t column : table.primary_key) {
    text += (text.empty() ? "" : ", ") + table.columns[column].name;
  }
  return text;
}

void add_table(const catalog::Table& table, std::vector<Term>& terms) {
  const std::string of = "table " + name_of(table) + ": ";
  terms.push_back({of + "columns", columns_of(table)});
  if (!table.primary_key.empty()) {
    terms.push_back({of + "primary key", key_of(table)});
  }
  for (const auto& [key, option] : table.options) {
    terms.push_back(
        {of + sql::string_literal(key), sql::string_literal(option.value), is_secret(key)});
  }
}

// Of the hint STATE_TTL: the plan knows of each input whether what is kept of it expires.
void add_expiry(const Node& node, std::vector<Term>& terms) {
  for (const std::optional<Duration>& ttl : node.state_ttl) {
    if (ttl) {
      terms.push_back({"hint STATE_TTL", sql::string_literal(std::to_string(ttl->ms()) + " ms")});
    }
  }
}

const catalog::Table* table_of(const Node& node) {
  return node.kind == NodeKind::scan   ? static_cast<const Scan&>(node).table.get()
         : node.kind == NodeKind::sink ? static_cast<const Sink&>(node).table.get()
                                       : nullptr;
}

}  // namespace

std::string Term::shown() const { return name + " = " + (is_secret ? "'******'" : value); }

std::vector<Term> terms_of(const Job& job) {
  std::vector<Term> terms;
  for (const auto& node : job.plan->nodes) {
    if (const catalog::Table* table = table_of(*node)) {
      add_table(*table, terms);
    }
    add_expiry(*node, terms);
  }
  const auto& settings = job.plan->settings;
  // Where none is set, there is the one that every file has.
  for (const auto& [key, table] : {std::pair{kDeadLetterTable, job.letters.dead_letters},
                                   std::pair{kLateRowTable, job.letters.late_rows}}) {
    if (settings.contains(key)) {
      add_table(*table, terms);
    }
  }
  for (const auto& [key, value] : settings) {
    if (makes_difference(key)) {
      terms.push_back({"SET " + sql::string_literal(key), sql::string_literal(value)});
    }
  }
  return terms;
}

}  // namespace millrace::plan
