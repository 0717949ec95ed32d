#include "golden/flink/told.h"

#include <algorithm>

#include "base/split.h"
#include "golden/flink/answer.h"
#include "golden/flink/compare.h"
#include "golden/flink/replay.h"
#include "server/flink/check.h"

namespace millrace::golden {

using server::flink::Finding;
using server::flink::Weight;

namespace {

std::vector<Finding> findings_of(const FlinkCase& test) {
  server::flink::Check check(replay_connections());
  std::string text = definitions(test);
  text += (text.empty() || trimmed(text, " \n").ends_with(';') ? "" : ";\n") + test.query;
  return check.findings_in(text, "case.sql", {});
}

// A source of ours is looked up, and a function has a twin, which there are for the recordings
// alone.
bool is_of_recordings(const FlinkCase& test) {
  return !test.functions.empty() ||
         std::any_of(test.tables.begin(), test.tables.end(),
                     [](const CaseTable& table) { return table.options.contains("lookup"); });
}

}  // namespace

std::string told_wrongly(const FlinkCase& test, const std::vector<std::string>& own) {
  if (is_of_recordings(test)) {
    return "";
  }
  std::string told;
  auto worst = Weight::ignored;
  for (const Finding& finding : findings_of(test)) {
    worst = std::max(worst, finding.weight);
    told += finding.weight == Weight::ignored ? "" : "  told: " + finding.what + "\n";
  }
  const std::string& flink = test.expected.front();
  const bool runs_here = !is_error(own.front());
  if (runs_here && is_error(flink) && worst < Weight::otherwise) {
    return "submit --check tells nothing of what Flink refuses\n  Flink: " + flink + "\n" + told;
  }
  return !is_error(flink) && worst == Weight::refused
             ? "submit --check tells that Flink refuses what it takes\n" + told
             : "";
}

}  // namespace millrace::golden
