#include "function/manual.h"

#include <algorithm>
#include <vector>

#include "function/aggregate.h"
#include "function/conditional_calls.h"
#include "function/scalar.h"

namespace millrace::function {

namespace {

struct Line {
  std::string_view name;
  std::string_view signature;
  std::string_view description;
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
  std::vector<Line> aggregates;
  append_lines(all_aggregates(), aggregates);
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
         table(std::move(scalars)) + "\n## Of many rows\n\n" + table(std::move(aggregates));
}

}  // namespace millrace::function
