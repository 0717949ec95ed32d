#pragma once

// Which columns of each node somebody reads, from the sinks up.

#include <map>
#include <set>

#include "plan/nodes.h"

namespace millrace::plan {

class ReadColumns {
 public:
  using Columns = std::set<size_t>;

  explicit ReadColumns(const Plan& plan);

  const Columns& of(const Node& node) const { return read_.at(&node); }
  // Those that are in the rows which it keeps.
  const Columns& kept_by(const Normalize& node) const { return kept_.at(&node); }

 private:
  void require_inputs(const Node& node);
  void require_below(const Unnest& node, const Columns& read);
  void require_below(const Normalize& node, const Columns& read);
  void require_below(const WindowTableFunction& node, const Columns& read);
  void require_below(const OverAggregate& node, const Columns& read);
  void require_below(const MatchRecognize& node);
  void require_below(const WindowAggregate& node, const Columns& read);
  void require_below(const GroupAggregate& node, const Columns& read);
  void require_below(const Join& node, const Columns& read);
  template <typename RankNode>
  void require_rank(const RankNode& node, const Columns& read);
  // What is read of the input's columns, which the node hands on as they are, its own behind them.
  Columns& pass_below(const Node& node, const Columns& read);

  const Plan& plan_;
  std::map<const Node*, Columns> read_;
  std::map<const Node*, Columns> kept_;  // of upserts, in their rows
};

// What a join reads of each side, of whose columns, the left side's first, others read `both`.
void add_columns_of_sides(const Join& join, ReadColumns::Columns both, ReadColumns::Columns& left,
                          ReadColumns::Columns& right);

}  // namespace millrace::plan
