#pragma once

// Sub-queries that stand for a value: (SELECT MAX(w) FROM r), (SELECT SUM(w) FROM r WHERE r.k =
// l.k).

#include <map>
#include <optional>

#include "function/expression.h"
#include "sql/expression.h"

namespace millrace::plan {

// The columns that sub-queries have become, by the place of the sub-query in the syntax tree, which
// outlives this.
class ScalarValues {
 public:
  void add(const sql::Expression& written, function::Expression column) {
    columns_.emplace(&written, std::move(column));
  }
  void add(ScalarValues more) { columns_.merge(more.columns_); }

  std::optional<function::Expression> answer(const sql::Expression& written) const {
    const auto found = columns_.find(&written);
    return found == columns_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<const sql::Expression*, function::Expression> columns_;
};

bool has_scalar_query(const sql::Expression& written);

}  // namespace millrace::plan
