#include "function/manual.h"

#include <algorithm>
#include <vector>

#include "function/aggregate.h"
#include "function/aggregate/aggregates.h"
#include "function/conditional_calls.h"
#include "function/scalar.h"

namespace millrace::function {

namespace {

struct Line {
  std::string_view name;
  std::string_view signature;
  std::string_view description;
};

// What the planner answers itself, from the statement and its types; plan/bind has them.
constexpr Line kOfStatements[] = {
    {"CURRENT_DATABASE", "CURRENT_DATABASE()",
     "The database that was in use where the statement stands."},
    {"GROUPING", "GROUPING(key, ...), GROUPING_ID(key, ...)",
     "Which of the keys a row of GROUPING SETS, CUBE or ROLLUP leaves out: a bit each, that of the "
     "last key being 1."},
    {"GROUP_ID", "GROUP_ID()", "How many sets equal to the row's stand before it."},
    {"OVERLAPS", "(from, to) OVERLAPS (from, to)",
     "Whether two spans of time have an instant in common; an interval may stand for an end."},
    {"TUMBLE_START",
     "TUMBLE_START(time, size), TUMBLE_END, TUMBLE_ROWTIME, TUMBLE_PROCTIME; HOP_..., SESSION_...",
     "The bounds of a window in GROUP BY, with its arguments, and the time that it leaves with."},
    {"TYPEOF", "TYPEOF(value)", "The type of the value, as text."},
};

// A bar would end the cell of the table.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '|' ? "\\|" : std::string(1, c);
  }
  return escaped;
}

std::string table(std::vector<Line> lines) {
  std::sort(lines.begin(), lines.end(),
            [](const Line& a, const Line& b) { return a.name < b.name; });
  std::string text = "| Function | Gives |\n|---|---|\n";
  for (const Line& line : lines) {
    text += "| `" + cell(line.signature) + "` | " + cell(line.description) + " |\n";
  }
  return text;
}

template <typename Functions>
void append_lines(const Functions& functions, std::vector<Line>& lines) {
  for (const auto& function : functions) {
    lines.push_back({function.name, function.signature, function.description});
  }
}

}  // namespace

std::string manual() {
  std::vector<Line> scalars;
  append_lines(all_scalars(), scalars);
  append_lines(all_conditionals(), scalars);
  append_lines(kOfStatements, scalars);
  std::vector<Line> aggregates;
  append_lines(all_aggregates(), aggregates);
  std::vector<Line> positions;
  append_lines(position_functions(), positions);
  return "# Functions\n\n"
         "Made from the lists in `src/function`; a test holds this file to them. Types, NULLs,\n"
         "rounding and overflow are Flink's. A row whose value cannot be computed, by a division\n"
         "by zero or a cast that does not fit, goes to the dead letters. What an aggregate "
         "refuses\n"
         "does not: a key of JSON_OBJECTAGG that is NULL or comes twice, a fraction of PERCENTILE\n"
         "beyond 0 to 1 or a frequency below zero, a second value of a sub-query in place of one.\n"
         "It ends the pipeline, as in Flink the job, and again after a restart. Times are UTC\n"
         "until a session says otherwise. AND, OR, CASE, CAST, TRY_CAST, BETWEEN and IN are part\n"
         "of the language and not listed.\n\n"
         "## Of a row\n\n" +
         table(std::move(scalars)) + "\n## Of many rows\n\n" + table(std::move(aggregates)) +
         "\n## Of a row among others\n\n"
         "Those of many rows may stand with OVER as well.\n\n" +
         table(std::move(positions));
}

}  // namespace millrace::function
