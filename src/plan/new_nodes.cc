#include "plan/new_nodes.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "plan/columns.h"
#include "plan/node_schemas.h"
#include "plan/written_key.h"

namespace millrace::plan {

// --- Scans ---

// Table column to output column: what is read comes first, then what is computed.
static std::vector<size_t> output_numbers(const catalog::Table& table) {
  std::vector<size_t> numbers(table.columns.size());
  size_t next = 0;
  for (const bool computed : {false, true}) {
    for (size_t i = 0; i < table.columns.size(); ++i) {
      if ((table.columns[i].kind == catalog::ColumnKind::computed) == computed) {
        numbers[i] = next++;
      }
    }
  }
  return numbers;
}

static std::vector<std::string> names_of(const catalog::Table& table) {
  std::vector<std::string> names;
  for (const catalog::ColumnDefinition& column : table.columns) {
    names.push_back(column.name);
  }
  return names;
}

Node* new_scan(Plan& plan, std::shared_ptr<const catalog::Table> table) {
  const std::vector<size_t> numbers = output_numbers(*table);
  Scan* scan = plan.add(std::make_unique<Scan>());
  scan->table = table;
  for (size_t i = 0; i < table->columns.size(); ++i) {
    if (table->columns[i].kind != catalog::ColumnKind::computed) {
      scan->read.push_back(i);
    }
  }
  scan->schema.fields.resize(table->columns.size());
  for (size_t i = 0; i < table->columns.size(); ++i) {
    scan->schema.fields[numbers[i]].name = table->columns[i].name;
    if (table->columns[i].expression) {
      scan->computed.push_back(renumbered(*table->columns[i].expression, numbers));
    }
  }
  if (table->watermark) {
    scan->watermark = renumbered(table->watermark->expression, numbers);
    scan->rowtimes = {numbers[table->watermark->column]};
  }
  describe(*scan);
  if (std::is_sorted(numbers.begin(), numbers.end())) {
    return scan;
  }
  std::vector<function::Expression> in_order;
  for (const size_t number : numbers) {
    in_order.push_back(function::Expression::of_column(number, scan->schema[number].type));
  }
  return new_project(plan, scan, std::move(in_order), names_of(*table));
}

// --- The others ---

Filter* new_filter(Plan& plan, Node* input, function::Expression predicate) {
  Filter* filter = plan.add(std::make_unique<Filter>());
  filter->inputs = {input};
  filter->predicate = std::move(predicate);
  describe(*filter);
  return filter;
}

Node* new_project(Plan& plan, Node* input, std::vector<function::Expression> expressions,
                  const std::vector<std::string>& names) {
  check(expressions.size() == names.size());
  Project* project = plan.add(std::make_unique<Project>());
  project->inputs = {input};
  project->expressions = std::move(expressions);
  for (const std::string& name : names) {
    project->schema.fields.push_back({name, Type()});
  }
  describe(*project);
  return project;
}

Node* new_window_table_function(Plan& plan, Node* input, Window window, const Position& at) {
  WindowTableFunction* node = plan.add(std::make_unique<WindowTableFunction>());
  node->position = at;
  node->inputs = {input};
  node->window = std::move(window);
  describe(*node);
  return node;
}

Node* new_group_aggregate(Plan& plan, Node* input, std::vector<size_t> keys,
                          std::vector<AggregateCall> aggregates) {
  GroupAggregate* node = plan.add(std::make_unique<GroupAggregate>());
  node->inputs = {input};
  node->keys = std::move(keys);
  node->aggregates = std::move(aggregates);
  describe(*node);
  return node;
}

Node* new_expand(Plan& plan, Node* input, std::vector<size_t> keys,
                 std::vector<std::vector<bool>> sets) {
  Expand* node = plan.add(std::make_unique<Expand>());
  node->inputs = {input};
  node->keys = std::move(keys);
  node->sets = std::move(sets);
  describe(*node);
  return node;
}

Node* new_repeat(Plan& plan, Node* input, size_t times) {
  Repeat* node = plan.add(std::make_unique<Repeat>());
  node->inputs = {input};
  node->times = times;
  describe(*node);
  return node;
}

Unnest* new_unnest(Plan& plan, Node* input, size_t collection, bool keeps_empty,
                   bool with_ordinality) {
  Unnest* node = plan.add(std::make_unique<Unnest>());
  node->inputs = {input};
  node->collection = collection;
  node->keeps_empty = keeps_empty;
  node->with_ordinality = with_ordinality;
  describe(*node);
  return node;
}

Node* new_limit(Plan& plan, Node* input, std::vector<SortKey> order_by, int64_t start,
                int64_t end) {
  Rank* node = plan.add(std::make_unique<Rank>());
  node->inputs = {input};
  node->purpose = Rank::Purpose::limit;
  node->order_by = std::move(order_by);
  node->start = start;
  node->end = end;
  describe(*node);
  return node;
}

Node* new_time_sort(Plan& plan, Node* input, std::vector<SortKey> order_by, const Position& at) {
  TimeSort* node = plan.add(std::make_unique<TimeSort>());
  node->position = at;
  node->inputs = {input};
  node->order_by = std::move(order_by);
  describe(*node);
  return node;
}

Node* new_final_rows(Plan& plan, Node* input, std::vector<SortKey> order_by) {
  FinalRows* node = plan.add(std::make_unique<FinalRows>());
  node->inputs = {input};
  node->order_by = std::move(order_by);
  describe(*node);
  return node;
}

static std::vector<size_t> smallest_key_of(const Node& input) {
  const auto& keys = input.upsert_keys;
  const auto smallest = std::min_element(
      keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return smallest == keys.end() ? std::vector<size_t>() : *smallest;
}

Node* new_resolve(Plan& plan, const Sink& sink) {
  Resolve* node = plan.add(std::make_unique<Resolve>());
  node->inputs = sink.inputs;
  node->on_conflict = sink.on_conflict;
  node->key = written_key(*sink.table);
  node->row_key = smallest_key_of(*sink.inputs[0]);
  node->position = sink.position;
  describe(*node);
  return node;
}

Node* new_distinct(Plan& plan, Node* input) {
  std::vector<size_t> keys;
  for (size_t i = 0; i < input->schema.size(); ++i) {
    keys.push_back(i);
  }
  return new_group_aggregate(plan, input, std::move(keys), {});
}

Node* new_union(Plan& plan, std::vector<Node*> inputs) {
  UnionAll* node = plan.add(std::make_unique<UnionAll>());
  node->inputs = std::move(inputs);
  describe(*node);
  return node;
}

Node* new_values(Plan& plan, std::vector<std::vector<function::Expression>> rows,
                 const std::vector<std::string>& names) {
  check(!rows.empty());
  Values* node = plan.add(std::make_unique<Values>());
  node->rows = std::move(rows);
  for (const std::string& name : names) {
    node->schema.fields.push_back({name, Type()});
  }
  describe(*node);
  return node;
}

Join* new_join(Plan& plan, JoinKind kind, Node* left, Node* right,
               std::optional<function::Expression> condition) {
  Join* node = plan.add(std::make_unique<Join>());
  node->inputs = {left, right};
  node->join = kind;
  node->condition = std::move(condition);
  node->output.resize(left->schema.size() + (node->is_semi_or_anti() ? 0 : right->schema.size()));
  std::iota(node->output.begin(), node->output.end(), size_t{0});
  describe(*node);
  return node;
}

Sink* new_sink(Plan& plan, Node* input, std::shared_ptr<const catalog::Table> table,
               const Position& at) {
  Sink* sink = plan.add(std::make_unique<Sink>());
  sink->inputs = {input};
  sink->table = std::move(table);
  sink->position = at;
  describe(*sink);
  plan.sinks.push_back(sink);
  return sink;
}

}  // namespace millrace::plan
