#include "plan/rules/read_columns.h"

#include <algorithm>
#include <iterator>

#include "plan/columns.h"
#include "plan/rules/whole_rows.h"

namespace millrace::plan {

namespace {

using Columns = ReadColumns::Columns;

void add_all(const Node& node, Columns& columns) {
  for (size_t i = 0; i < node.schema.size(); ++i) {
    columns.insert(i);
  }
}

void require_order(const std::vector<SortKey>& order_by, Columns& input) {
  for (const SortKey& key : order_by) {
    input.insert(key.column);
  }
}

void require_call(const AggregateCall& call, Columns& input) {
  input.insert(call.arguments.begin(), call.arguments.end());
  if (call.filter) {
    input.insert(*call.filter);
  }
}

// What the calls need whose results are read; those stand behind the keys.
void require_calls(const std::vector<AggregateCall>& calls, size_t keys, const Columns& read,
                   Columns& input) {
  for (size_t i = 0; i < calls.size(); ++i) {
    if (read.contains(keys + i)) {
      require_call(calls[i], input);
    }
  }
}

void require_window(const Window& window, Columns& input) {
  input.insert(window.time_column);
  input.insert(window.partition_by.begin(), window.partition_by.end());
}

}  // namespace

ReadColumns::ReadColumns(const Plan& plan) : plan_(plan) {
  for (auto node = plan.nodes.rbegin(); node != plan.nodes.rend(); ++node) {
    read_[node->get()];
    require_inputs(**node);
  }
}

void ReadColumns::require_inputs(const Node& node) {
  const Columns& read = read_[&node];
  switch (node.kind) {
    case NodeKind::scan:
    case NodeKind::values: return;
    case NodeKind::filter: {
      Columns& input = read_[node.inputs[0]];
      input.insert(read.begin(), read.end());
      return add_columns_of(static_cast<const Filter&>(node).predicate, input);
    }
    case NodeKind::project:
      for (const size_t column : read) {
        add_columns_of(static_cast<const Project&>(node).expressions[column],
                       read_[node.inputs[0]]);
      }
      return;
    case NodeKind::window_table_function:
      return require_below(static_cast<const WindowTableFunction&>(node), read);
    case NodeKind::window_aggregate:
      return require_below(static_cast<const WindowAggregate&>(node), read);
    case NodeKind::join: return require_below(static_cast<const Join&>(node), read);
    case NodeKind::over_aggregate:
      return require_below(static_cast<const OverAggregate&>(node), read);
    case NodeKind::rank: return require_rank(static_cast<const Rank&>(node), read);
    case NodeKind::match_recognize: return require_below(static_cast<const MatchRecognize&>(node));
    case NodeKind::window_rank: {
      const auto& rank = static_cast<const WindowRank&>(node);
      read_[node.inputs[0]].insert(rank.window_end);
      return require_rank(rank, read);
    }
    case NodeKind::group_aggregate:
      return require_below(static_cast<const GroupAggregate&>(node), read);
    case NodeKind::expand: {
      const auto& keys = static_cast<const Expand&>(node).keys;
      pass_below(node, read).insert(keys.begin(), keys.end());
      return;
    }
    case NodeKind::normalize: return require_below(static_cast<const Normalize&>(node), read);
    case NodeKind::repeat:
      pass_below(node, read).insert(static_cast<const Repeat&>(node).times);
      return;
    case NodeKind::from_changelog:
      pass_below(node, read).insert(static_cast<const FromChangelog&>(node).op);
      return;
    // A change of any column is one.
    case NodeKind::to_changelog:
    // All that is written is compared.
    case NodeKind::resolve: return add_all(*node.inputs[0], read_[node.inputs[0]]);
    case NodeKind::time_sort:
      return require_order(static_cast<const TimeSort&>(node).order_by, pass_below(node, read));
    case NodeKind::final_rows:
      return require_order(static_cast<const FinalRows&>(node).order_by, pass_below(node, read));
    case NodeKind::unnest: return require_below(static_cast<const Unnest&>(node), read);
    // The inputs of a union have their columns at the same places, as those of a sink have.
    case NodeKind::union_all:
    case NodeKind::sink:
      for (const Node* input : node.inputs) {
        add_all(*input, read_[input]);
      }
      return;
  }
}

void ReadColumns::require_below(const Unnest& node, const Columns& read) {
  Columns all = read;
  if (node.condition) {
    add_columns_of(*node.condition, all);
  }
  pass_below(node, all).insert(node.collection);
}

void ReadColumns::require_below(const Normalize& node, const Columns& read) {
  Columns& kept = kept_[&node];
  kept = read;
  if (sends_whole_rows(plan_, node)) {
    add_all(node, kept);
  }
  kept.insert(node.key.begin(), node.key.end());
  if (node.condition) {
    add_columns_of(*node.condition, kept);
  }
  read_[node.inputs[0]].insert(kept.begin(), kept.end());
}

void ReadColumns::require_below(const WindowTableFunction& node, const Columns& read) {
  require_window(node.window, pass_below(node, read));
}

ReadColumns::Columns& ReadColumns::pass_below(const Node& node, const Columns& read) {
  Columns& input = read_[node.inputs[0]];
  const size_t width = node.inputs[0]->schema.size();
  std::copy_if(read.begin(), read.end(), std::inserter(input, input.end()),
               [&](size_t column) { return column < width; });
  return input;
}

void ReadColumns::require_below(const OverAggregate& node, const Columns& read) {
  Columns& input = pass_below(node, read);
  input.insert(node.window.partition_by.begin(), node.window.partition_by.end());
  require_order(node.window.order_by, input);
  for (size_t i = 0; i < node.calls.size(); ++i) {
    if (read.contains(node.inputs[0]->schema.size() + i)) {
      require_call(node.calls[i], input);
    }
  }
}

template <typename RankNode>
void ReadColumns::require_rank(const RankNode& node, const Columns& read) {
  Columns& input = pass_below(node, read);
  input.insert(node.partition_by.begin(), node.partition_by.end());
  require_order(node.order_by, input);
}

void ReadColumns::require_below(const MatchRecognize& node) {
  Columns& input = read_[node.inputs[0]];
  input.insert(node.partition_by.begin(), node.partition_by.end());
  require_order(node.order_by, input);
  for (const MatchRecognize::Cell& cell : node.cells) {
    if (cell.kind == MatchRecognize::Cell::Kind::aggregate) {
      require_call(cell.call, input);
    } else if (cell.reads_column()) {
      input.insert(cell.column);
    }
  }
  input.insert(node.shown_ahead.begin(), node.shown_ahead.end());
  input.insert(node.shown_behind.begin(), node.shown_behind.end());
}

void ReadColumns::require_below(const WindowAggregate& node, const Columns& read) {
  Columns& input = read_[node.inputs[0]];
  require_window(node.window, input);
  input.insert(node.keys.begin(), node.keys.end());
  require_calls(node.aggregates, node.keys.size(), read, input);
}

void ReadColumns::require_below(const GroupAggregate& node, const Columns& read) {
  Columns& input = read_[node.inputs[0]];
  input.insert(node.keys.begin(), node.keys.end());
  require_calls(node.aggregates, node.keys.size(), read, input);
}

void ReadColumns::require_below(const Join& node, const Columns& read) {
  Columns both;
  for (const size_t column : read) {
    both.insert(node.output[column]);
  }
  add_columns_of_sides(node, std::move(both), read_[node.inputs[0]], read_[node.inputs[1]]);
}

void add_columns_of_sides(const Join& join, Columns both, Columns& left, Columns& right) {
  if (join.condition) {
    add_columns_of(*join.condition, both);
  }
  const size_t width = join.inputs[0]->schema.size();
  for (const size_t column : both) {
    column < width ? left.insert(column) : right.insert(column - width);
  }
  for (const Join::Key& key : join.keys) {
    left.insert(key.left);
    right.insert(key.right);
  }
  if (join.has_time_columns()) {
    left.insert(join.times->left);
    right.insert(join.times->right);
  }
}

}  // namespace millrace::plan
