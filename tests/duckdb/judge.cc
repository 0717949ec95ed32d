// Asks Millrace at every pace, and DuckDB once.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "base/error.h"
#include "codec/duckdb/database.h"
#include "duckdb/trial.h"
#include "function/evaluate.h"
#include "golden/flink/answer.h"
#include "golden/flink/compare.h"

namespace millrace::random_queries {

namespace {

using golden::Pace;
using Lines = std::vector<std::string>;
using Bag = std::map<std::string, int>;

constexpr std::array<std::pair<Pace, const char*>, 6> kOtherPaces{
    {{Pace::single, "row by row"},
     {Pace::random, "in random batches"},
     {Pace::restarted, "restored behind each batch"},
     {Pace::spilled, "with state on disk"},
     {Pace::split, "not fused"},
     {Pace::shared, "beside other statements"}}};
constexpr double kMostExact = 1e15;  // whole numbers below are written out
constexpr size_t kDateLength = 10;

bool is_whole(const std::string& text) {
  const size_t digits = text.starts_with('-') ? 1 : 0;
  return text.size() > digits &&
         std::all_of(text.begin() + static_cast<ptrdiff_t>(digits), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

std::string without_fraction_of_zeros(std::string text) {
  while (text.ends_with('0')) {
    text.pop_back();
  }
  if (text.ends_with('.')) {
    text.pop_back();
  }
  return text;
}

// Numbers that are the same to ten digits look the same.
std::string plain_number(double value) {
  std::array<char, 64> text{};
  if (std::abs(value) < kMostExact && value == std::floor(value)) {
    std::snprintf(text.data(), text.size(), "%.0f", value == 0 ? 0.0 : value);
  } else {
    std::snprintf(text.data(), text.size(), "%.10g", value);
  }
  return text.data();
}

// A value as both engines' texts are compared: each writes numbers, times and truth its own way.
std::string plain(const std::string& cell) {
  if (cell == "TRUE" || cell == "FALSE") {
    return cell == "TRUE" ? "true" : "false";
  }
  if (is_whole(cell)) {
    return cell;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (!cell.empty() && error == std::errc() && end == cell.data() + cell.size()) {
    return plain_number(value);
  }
  const bool is_time = cell.size() > kDateLength && cell.find(':') != std::string::npos &&
                       cell.find('.') != std::string::npos;
  return is_time ? without_fraction_of_zeros(cell) : cell;
}

std::string plain_row(const std::string& row) {
  constexpr std::string_view kBetween = ", ";
  std::string text;
  size_t from = 0;
  while (true) {
    const size_t end = row.find(kBetween, from);
    text += plain(row.substr(from, end - from));
    if (end == std::string::npos) {
      return text;
    }
    text += kBetween;
    from = end + kBetween.size();
  }
}

// What the changes "+I[a, 1]" leave.
Bag bag_of_changes(const Lines& lines) {
  Bag bag;
  for (const std::string& line : lines) {
    if (line[0] == '+' || line[0] == '-') {
      bag[plain_row(line.substr(3, line.size() - 4))] += line[0] == '+' ? 1 : -1;
    }
  }
  std::erase_if(bag, [](const auto& row) { return row.second == 0; });
  return bag;
}

Bag duckdb_answer(const std::string& query, codec::DuckConnection& duckdb) {
  Bag bag;
  codec::DuckResult result = duckdb.run("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (" + query + ")");
  while (const auto batch = result.next()) {
    for_each(batch->rows(), [&](uint32_t row) {
      std::string text;
      for (const millrace::Column& column : batch->columns) {
        text += (text.empty() && &column == &batch->columns.front() ? "" : ", ") +
                function::to_text(column, row);
      }
      ++bag[plain_row(text)];
    });
  }
  return bag;
}

// What DuckDB refuses for what is in the tables, not for how it was asked.
bool is_of_values(const std::string& reason) {
  return reason.find("Overflow") != std::string::npos ||
         reason.find("out of range") != std::string::npos ||
         reason.find("Could not convert") != std::string::npos ||
         reason.find("Could not cast") != std::string::npos;
}

Bag duckdb_answer(const Trial& trial, codec::DuckConnection& duckdb) {
  for (const Table& table : trial.tables) {
    for (const std::string& statement : duckdb_statements(table)) {
      duckdb.run(statement);
    }
  }
  return duckdb_answer(text_of(trial.query, Dialect::duckdb), duckdb);
}

// An aggregate of nothing is a row where the plan knows that nothing comes: WHERE FALSE.
Bag answer_without_guards(const Trial& trial, codec::DuckConnection& duckdb) {
  std::string query = text_of(trial.query, Dialect::duckdb);
  for (size_t at = 0; (at = query.find(kGuardOfNothing)) != std::string::npos;) {
    query.erase(at, kGuardOfNothing.size());
  }
  return duckdb_answer(query, duckdb);
}

std::string listed(const Bag& bag, const Bag& other) {
  std::string text;
  for (const auto& [row, count] : bag) {
    const auto found = other.find(row);
    const int more = count - (found == other.end() ? 0 : found->second);
    text +=
        more > 0 ? "  [" + row + "]" + (more > 1 ? " x" + std::to_string(more) : "") + "\n" : "";
  }
  return text;
}

}  // namespace

Finding judge(const Trial& trial, codec::DuckConnection& duckdb) {
  golden::FlinkCase test = flink_case(trial);
  Bag expected;
  try {
    expected = duckdb_answer(trial, duckdb);
  } catch (const Error& error) {  // an answer that this trial cannot be held to
    const std::string reason = error.what();
    return {is_of_values(reason) ? Verdict::no_answer : Verdict::refused, "DuckDB: " + reason};
  }
  const Lines whole = golden::answer(test, Pace::whole);
  if (golden::is_error(whole[0])) {
    return {Verdict::refused, whole[0] + "\n"};
  }
  test.expected = whole;
  for (const auto& [pace, name] : kOtherPaces) {
    const Lines other = golden::answer(test, pace);
    if (!golden::difference(test, other, pace).empty()) {
      std::string report = std::string(name) + ", not in whole batches:\n";
      for (const std::string& line : other) {
        report += "  " + line + "\n";
      }
      report += "in whole batches:\n";
      for (const std::string& line : whole) {
        report += "  " + line + "\n";
      }
      return {Verdict::restless, report};
    }
  }
  const Bag found = bag_of_changes(whole);
  if (found != expected && found != answer_without_guards(trial, duckdb)) {
    return {Verdict::different, "only Millrace has\n" + listed(found, expected) +
                                    "only DuckDB has\n" + listed(expected, found)};
  }
  return {};
}

}  // namespace millrace::random_queries
