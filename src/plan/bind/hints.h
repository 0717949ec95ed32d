#pragma once

// The hints of a SELECT: STATE_TTL, which says by the name of a table how long the state of a join
// or of groups is kept, and those of Flink's that choose how a batch join or a lookup runs, which
// changes no answer here.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "plan/nodes.h"
#include "sql/query.h"

namespace millrace::plan {

class SelectHints {
 public:
  // Throws Error at a hint that there is not, or that names no table in FROM.
  explicit SelectHints(const sql::Select& select);

  // For Node::state_ttl of a join of the two, or of groups of rows of one.
  std::vector<std::optional<Duration>> ttl_of_join(const sql::TableReference& left,
                                                   const sql::TableReference& right) const;
  std::vector<std::optional<Duration>> ttl_of_groups(const sql::Select& select) const;

 private:
  void read(const sql::Hint& hint, const std::vector<std::string>& tables);
  std::optional<Duration> ttl_of(const sql::TableReference& table) const;

  std::map<std::string, Duration> ttl_;  // by the name of a table
};

}  // namespace millrace::plan
