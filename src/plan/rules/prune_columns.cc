// From the scans down, the nodes without the columns that nobody reads.

#include <map>

#include "base/check.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/rules/read_columns.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

using Columns = ReadColumns::Columns;

class Pruner {
 public:
  explicit Pruner(Plan& plan) : plan_(plan), read_(plan) {}

  void run() {
    const size_t written = plan_.nodes.size();  // what is added behind them is as it should be
    for (size_t i = 0; i < written; ++i) {
      shrink(*plan_.nodes[i]);
      describe(*plan_.nodes[i]);
    }
    drop_unread(plan_);  // and puts what was added ahead of those that read it
  }

 private:
  // New numbers of the input's columns.
  const std::vector<size_t>& numbers_of(const Node* node) { return numbers_[node]; }

  // Keeps those columns for which `stays` holds, in order.
  template <typename Stays>
  void number(const Node& node, size_t width, Stays stays) {
    std::vector<size_t>& numbers = numbers_[&node];
    size_t next = 0;
    for (size_t i = 0; i < width; ++i) {
      numbers.push_back(stays(i) ? next++ : kGone);
    }
  }

  void shrink(Node& node) {
    switch (node.kind) {
      case NodeKind::scan: return shrink(static_cast<Scan&>(node));
      case NodeKind::filter: {
        Filter& filter = static_cast<Filter&>(node);
        filter.predicate = renumbered(filter.predicate, numbers_of(node.inputs[0]));
        numbers_[&node] = numbers_of(node.inputs[0]);
        return;
      }
      case NodeKind::project: return shrink(static_cast<Project&>(node));
      case NodeKind::window_table_function: return shrink(static_cast<WindowTableFunction&>(node));
      case NodeKind::window_aggregate: return shrink(static_cast<WindowAggregate&>(node));
      case NodeKind::values: return shrink(static_cast<Values&>(node));
      case NodeKind::join: return shrink(static_cast<Join&>(node));
      case NodeKind::over_aggregate: return shrink(static_cast<OverAggregate&>(node));
      case NodeKind::rank: return shrink_rank(static_cast<Rank&>(node));
      case NodeKind::match_recognize: return shrink(static_cast<MatchRecognize&>(node));
      case NodeKind::window_rank: {
        auto& rank = static_cast<WindowRank&>(node);
        rank.window_end = numbers_of(node.inputs[0])[rank.window_end];
        return shrink_rank(rank);
      }
      case NodeKind::group_aggregate: return shrink(static_cast<GroupAggregate&>(node));
      case NodeKind::expand:
        for (size_t& key : static_cast<Expand&>(node).keys) {
          key = numbers_of(node.inputs[0])[key];
        }
        return number_behind(node);
      case NodeKind::normalize: return shrink(static_cast<Normalize&>(node));
      case NodeKind::repeat: {
        auto& repeat = static_cast<Repeat&>(node);
        repeat.times = numbers_of(node.inputs[0])[repeat.times];
        numbers_[&node] = numbers_of(node.inputs[0]);
        return;
      }
      case NodeKind::from_changelog: {
        auto& changes = static_cast<FromChangelog&>(node);
        changes.op = numbers_of(node.inputs[0])[changes.op];
        numbers_[&node] = numbers_of(node.inputs[0]);
        return;
      }
      case NodeKind::to_changelog: return number_behind(node);
      case NodeKind::time_sort: return renumber_order(node, static_cast<TimeSort&>(node).order_by);
      case NodeKind::final_rows:
        return renumber_order(node, static_cast<FinalRows&>(node).order_by);
      case NodeKind::unnest: return shrink(static_cast<Unnest&>(node));
      case NodeKind::resolve:
      case NodeKind::union_all:
      case NodeKind::sink: return number(node, node.schema.size(), [](size_t) { return true; });
    }
  }

  // The watermark's columns stay, as the row time does: both travel with the rows.
  void shrink(Scan& scan) {
    Columns stay = read_.of(scan);
    if (scan.watermark) {
      add_columns_of(*scan.watermark, stay);
      stay.insert(scan.rowtimes.front());
    }
    for (size_t i = scan.computed.size(); i-- > 0;) {
      if (stay.contains(scan.read.size() + i)) {
        add_columns_of(scan.computed[i], stay);
      }
    }
    number(scan, scan.schema.size(), [&](size_t column) { return stay.contains(column); });
    const std::vector<size_t>& numbers = numbers_of(&scan);
    Schema schema;
    std::vector<size_t> read;
    std::vector<function::Expression> computed;
    for (const size_t column : stay) {
      schema.fields.push_back(scan.schema[column]);
      if (column < scan.read.size()) {
        read.push_back(scan.read[column]);
      } else {
        computed.push_back(renumbered(scan.computed[column - scan.read.size()], numbers));
      }
    }
    scan.schema = std::move(schema);
    scan.read = std::move(read);
    scan.computed = std::move(computed);
    if (scan.watermark) {
      scan.watermark = renumbered(*scan.watermark, numbers);
      scan.rowtimes = {numbers[scan.rowtimes.front()]};
    }
  }

  void shrink(Project& project) {
    const Columns& read = read_.of(project);
    number(project, project.schema.size(), [&](size_t column) { return read.contains(column); });
    std::vector<function::Expression> expressions;
    Schema schema;
    for (const size_t column : read) {
      expressions.push_back(
          renumbered(std::move(project.expressions[column]), numbers_of(project.inputs[0])));
      schema.fields.push_back(project.schema[column]);
    }
    project.expressions = std::move(expressions);
    project.schema = std::move(schema);
  }

  // A scan also gives what its watermark is computed of. Where nobody else reads that, it is no
  // part of the rows that are kept, and a change of it is none.
  void shrink(Normalize& node) {
    const Columns& kept = read_.kept_by(node);
    number(node, node.schema.size(), [&](size_t column) { return kept.contains(column); });
    const std::vector<size_t>& below = numbers_of(node.inputs[0]);
    Node* input = node.inputs[0];
    if (kept.size() < input->schema.size()) {
      std::vector<function::Expression> columns;
      std::vector<std::string> names;
      for (const size_t column : kept) {
        const Field& field = input->schema[below[column]];
        columns.push_back(function::Expression::of_column(below[column], field.type));
        names.push_back(field.name);
      }
      node.inputs = {new_project(plan_, input, std::move(columns), names)};
    }
    renumber(node.key, numbers_of(&node));
    if (node.condition) {
      node.condition = renumbered(*node.condition, numbers_of(&node));
    }
  }

  void shrink(Values& values) {
    const Columns& read = read_.of(values);
    number(values, values.schema.size(), [&](size_t column) { return read.contains(column); });
    for (std::vector<function::Expression>& row : values.rows) {
      std::vector<function::Expression> kept;
      for (const size_t column : read) {
        kept.push_back(std::move(row[column]));
      }
      row = std::move(kept);
    }
    Schema schema;
    for (const size_t column : read) {
      schema.fields.push_back(values.schema[column]);
    }
    values.schema = std::move(schema);
  }

  void renumber_window(Window& window, const std::vector<size_t>& numbers) {
    window.time_column = numbers[window.time_column];
    for (size_t& column : window.partition_by) {
      column = numbers[column];
    }
  }

  void shrink(WindowTableFunction& node) {
    renumber_window(node.window, numbers_of(node.inputs[0]));
    number_behind(node);
  }

  // The input's columns as they are there, and the node's own behind them.
  void number_behind(const Node& node) {
    std::vector<size_t> numbers = numbers_of(node.inputs[0]);
    size_t next = node.inputs[0]->schema.size();
    for (size_t i = numbers.size(); i < node.schema.size(); ++i) {
      numbers.push_back(next++);
    }
    numbers_[&node] = std::move(numbers);
  }

  static void renumber(std::vector<size_t>& columns, const std::vector<size_t>& numbers) {
    for (size_t& column : columns) {
      column = numbers[column];
    }
  }
  static void renumber(std::vector<SortKey>& keys, const std::vector<size_t>& numbers) {
    for (SortKey& key : keys) {
      key.column = numbers[key.column];
    }
  }

  void renumber_order(const Node& node, std::vector<SortKey>& order_by) {
    renumber(order_by, numbers_of(node.inputs[0]));
    numbers_[&node] = numbers_of(node.inputs[0]);
  }

  // The input's columns stay where they are; of those behind them, the ones that are read.
  void number_behind(const Node& node, size_t behind) {
    std::vector<size_t> numbers = numbers_of(node.inputs[0]);
    const size_t width = numbers.size();
    size_t next = node.inputs[0]->schema.size();
    for (size_t i = 0; i < behind; ++i) {
      numbers.push_back(read_.of(node).contains(width + i) ? next++ : kGone);
    }
    numbers_[&node] = std::move(numbers);
  }

  void shrink(OverAggregate& node) {
    const std::vector<size_t>& below = numbers_of(node.inputs[0]);
    renumber(node.window.partition_by, below);
    renumber(node.window.order_by, below);
    number_behind(node, node.calls.size());
    std::vector<AggregateCall> calls;
    for (size_t i = 0; i < node.calls.size(); ++i) {
      if (read_.of(node).contains(below.size() + i)) {
        calls.push_back(renumbered_call(std::move(node.calls[i]), below));
      }
    }
    node.calls = std::move(calls);
  }

  template <typename RankNode>
  void shrink_rank(RankNode& node) {
    const std::vector<size_t>& below = numbers_of(node.inputs[0]);
    renumber(node.partition_by, below);
    renumber(node.order_by, below);
    number_behind(node, node.number ? 1 : 0);
    if (!read_.of(node).contains(below.size())) {
      node.number = std::nullopt;
    }
  }

  void shrink(MatchRecognize& node) {
    const std::vector<size_t>& below = numbers_of(node.inputs[0]);
    renumber(node.partition_by, below);
    renumber(node.order_by, below);
    for (MatchRecognize::Cell& cell : node.cells) {
      if (cell.kind == MatchRecognize::Cell::Kind::aggregate) {
        cell.call = renumbered_call(std::move(cell.call), below);
      } else if (cell.reads_column()) {
        cell.column = below[cell.column];
      }
    }
    renumber(node.shown_ahead, below);
    renumber(node.shown_behind, below);
    number(node, node.schema.size(), [](size_t) { return true; });
  }

  void shrink(WindowAggregate& node) {
    const Columns& read = read_.of(node);
    const size_t keys = node.keys.size();
    const size_t calls = node.aggregates.size();
    number(node, node.schema.size(),
           [&](size_t column) { return column < keys || read.contains(column); });
    const std::vector<size_t>& below = numbers_of(node.inputs[0]);
    renumber_window(node.window, below);
    shrink_groups(node.keys, node.aggregates, read, below);
    std::vector<WindowProperty> properties;
    for (size_t i = 0; i < node.properties.size(); ++i) {
      if (read.contains(keys + calls + i)) {
        properties.push_back(node.properties[i]);
      }
    }
    node.properties = std::move(properties);
  }

  // New numbers of the left input's columns and, behind them, of the right one's.
  std::vector<size_t> numbers_of_both(const Node& node) {
    std::vector<size_t> both = numbers_of(node.inputs[0]);
    for (const size_t number : numbers_of(node.inputs[1])) {
      both.push_back(number == kGone ? kGone : number + node.inputs[0]->schema.size());
    }
    return both;
  }

  // The inputs' schemas are the new ones already.
  void shrink(Join& node) {
    const Columns& read = read_.of(node);
    number(node, node.schema.size(), [&](size_t column) { return read.contains(column); });
    const std::vector<size_t> both = numbers_of_both(node);
    std::vector<size_t> output;
    for (const size_t column : read) {
      output.push_back(both[node.output[column]]);
    }
    node.output = std::move(output);
    for (Join::Key& key : node.keys) {
      key.left = numbers_of(node.inputs[0])[key.left];
      key.right = numbers_of(node.inputs[1])[key.right];
    }
    if (node.has_time_columns()) {
      node.times->left = numbers_of(node.inputs[0])[node.times->left];
      node.times->right = numbers_of(node.inputs[1])[node.times->right];
    }
    if (node.condition) {
      node.condition = renumbered(*node.condition, both);
    }
  }

  void shrink(Unnest& node) {
    node.collection = numbers_of(node.inputs[0])[node.collection];
    number_behind(node);
    if (node.condition) {
      node.condition = renumbered(*node.condition, numbers_of(&node));
    }
  }

  void shrink(GroupAggregate& node) {
    const Columns& read = read_.of(node);
    const size_t keys = node.keys.size();
    number(node, node.schema.size(),
           [&](size_t column) { return column < keys || read.contains(column); });
    shrink_groups(node.keys, node.aggregates, read, numbers_of(node.inputs[0]));
  }

  // Keys stay, as they make the groups; calls stay that somebody reads.
  static void shrink_groups(std::vector<size_t>& keys, std::vector<AggregateCall>& calls,
                            const Columns& read, const std::vector<size_t>& below) {
    std::vector<AggregateCall> kept;
    for (size_t i = 0; i < calls.size(); ++i) {
      if (read.contains(keys.size() + i)) {
        kept.push_back(renumbered_call(std::move(calls[i]), below));
      }
    }
    calls = std::move(kept);
    for (size_t& key : keys) {
      key = below[key];
    }
  }

  static AggregateCall renumbered_call(AggregateCall call, const std::vector<size_t>& numbers) {
    for (size_t& argument : call.arguments) {
      argument = numbers[argument];
    }
    if (call.filter) {
      call.filter = numbers[*call.filter];
    }
    return call;
  }

  static constexpr size_t kGone = SIZE_MAX;  // nobody reads the column, so nobody asks

  Plan& plan_;
  ReadColumns read_;
  std::map<const Node*, std::vector<size_t>> numbers_;  // old column to new
};

}  // namespace

void prune_columns(Plan& plan) { Pruner(plan).run(); }

}  // namespace millrace::plan
