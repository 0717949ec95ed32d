#pragma once

// ORDER BY, OFFSET and LIMIT of a query. Without LIMIT a stream can be in the order of its event
// time alone; with it, a Top-N of the whole.

#include <optional>
#include <string>
#include <vector>

#include "plan/bind/expressions.h"
#include "plan/nodes.h"
#include "sql/query.h"

namespace millrace::plan {

// What ORDER BY says of a column.
SortKey sort_key(const sql::OrderItem& item, size_t column);

class Ordering {
 public:
  // What ORDER BY does where there is no LIMIT: it sorts, or says nothing; of a view it may say
  // nothing where what it sorts by is shown.
  enum class Alone : uint8_t { sorts, is_dropped, is_dropped_if_shown };
  // `query` outlives this.
  explicit Ordering(const sql::Query& query, Alone alone = Alone::sorts);

  const std::vector<sql::OrderItem>& items() const { return query_.order_by; }
  // Whether rows keep the order in which they come: of a query that is not within another, and says
  // nothing of it.
  bool leaves_order() const {
    return alone_ != Alone::is_dropped && query_.order_by.empty() && !limit_;
  }

  // Finds the keys among the items of the select list: by number, by name, or as what `binder`
  // makes of them. Those that are not there are put behind, for add_to() to take off again.
  void bind(const ExpressionBinder& binder, std::vector<function::Expression>& items,
            std::vector<std::string>& names);
  // The same for DISTINCT and set operations, whose rows have no other columns.
  void bind_shown(const ExpressionBinder& binder, const Schema& shown,
                  const std::vector<std::string>& names);

  // `node`, whose columns are the items, in order and limited. Also takes hidden columns off.
  Node* add_to(Plan& plan, Node* node) const;
  // ORDER BY with LIMIT of each partition by itself. Hidden columns stay.
  Node* limited_within(Plan& plan, Node* node, std::vector<size_t> partition_by,
                       const Position& at) const;

 private:
  std::optional<size_t> shown_as(const sql::Expression& written,
                                 const std::vector<std::string>& names) const;
  void check_order(const Schema& schema) const;
  bool says_nothing() const;
  Node* sorted(Plan& plan, Node* node) const;

  const sql::Query& query_;
  Alone alone_;
  std::vector<SortKey> keys_;
  size_t shown_ = 0;   // items that are not hidden
  size_t hidden_ = 0;  // those behind them
  int64_t offset_ = 0;
  std::optional<int64_t> limit_;
};

}  // namespace millrace::plan
