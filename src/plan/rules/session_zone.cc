// Plans in a session whose clock is not UTC, 'table.local-time-zone'.
//
// Expressions are written anew (function/session_zone.h) ahead of all other rules, so that
// constants are folded as they will be computed. Windows over instants are those of the session's
// clock: a column of what it shows goes below them, the window's own time above them is the instant
// again, and the operators are told the zone, since the watermarks that they see are instants.

#include "function/session_zone.h"

#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"
#include "plan/session_clock.h"
#include "plan/window_columns.h"

namespace millrace::plan {

using function::Expression;

namespace {

using Zone = std::shared_ptr<const TimeZone>;

void localise(Expression& expression, const Zone& zone) {
  expression = function::in_session_zone(std::move(expression), zone);
}
void localise(std::optional<Expression>& expression, const Zone& zone) {
  if (expression) {
    localise(*expression, zone);
  }
}
void localise(std::vector<Expression>& expressions, const Zone& zone) {
  for (Expression& expression : expressions) {
    localise(expression, zone);
  }
}

void localise_expressions_of(Node& node, const Zone& zone) {
  if (node.kind == NodeKind::scan) {
    localise(static_cast<Scan&>(node).computed, zone);
    localise(static_cast<Scan&>(node).watermark, zone);
  } else if (node.kind == NodeKind::filter) {
    localise(static_cast<Filter&>(node).predicate, zone);
  } else if (node.kind == NodeKind::project) {
    localise(static_cast<Project&>(node).expressions, zone);
  } else if (node.kind == NodeKind::join) {
    localise(static_cast<Join&>(node).condition, zone);
  } else if (node.kind == NodeKind::unnest) {
    localise(static_cast<Unnest&>(node).condition, zone);
  } else if (node.kind == NodeKind::values) {
    for (std::vector<Expression>& row : static_cast<Values&>(node).rows) {
      localise(row, zone);
    }
  } else if (node.kind == NodeKind::match_recognize) {
    MatchRecognize& match = static_cast<MatchRecognize&>(node);
    localise(match.measures, zone);
    for (MatchRecognize::Element& element : match.pattern) {
      localise(element.condition, zone);
    }
  }
}

bool is_instant(const Type& type) { return type.kind == TypeKind::timestamp_ltz; }

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema.fields) {
    names.push_back(field.name);
  }
  return names;
}

// What a query by itself shows of instants is what the clock shows.
void show_clock(Plan& plan, Sink& sink, const Zone& zone) {
  std::vector<Expression> columns = all_columns(sink.inputs[0]->schema);
  for (Expression& column : columns) {
    if (function::holds_instants(column.type)) {
      column = function::clock_of(std::move(column), zone);
    }
  }
  sink.inputs[0] =
      new_project(plan, sink.inputs[0], std::move(columns), names_of(sink.inputs[0]->schema));
  describe(sink);
}

class WindowLocaliser {
 public:
  WindowLocaliser(Plan& plan, Zone zone) : plan_(plan), zone_(std::move(zone)) {}

  void localise(Node& node) {
    if (node.kind == NodeKind::window_table_function) {
      localise(node, static_cast<WindowTableFunction&>(node).window);
    } else if (node.kind == NodeKind::window_aggregate) {
      localise(node, static_cast<WindowAggregate&>(node).window);
    } else if (node.kind == NodeKind::window_rank) {
      static_cast<WindowRank&>(node).zone = zone_of(*node.inputs[0]);
    } else if (node.kind == NodeKind::join) {
      Join& join = static_cast<Join&>(node);
      if (join.is_by(Join::Times::Rule::window)) {
        join.times->zone = zone_of(*node.inputs[0]);
      }
    }
  }

 private:
  static Zone zone_of(const Node& input) {
    const auto windows = window_columns(input);
    return windows ? windows->window.zone : nullptr;
  }

  void localise(Node& node, Window& window) {
    if (window.time == WindowTime::of_window_end) {
      window.zone = zone_of(*node.inputs[0]);
      return;
    }
    if (!is_instant(node.inputs[0]->schema[window.time_column].type)) {
      return;
    }
    window.zone = zone_;
    const size_t clock = add_clock(node, window.time_column);
    window.time_column = clock;
    const Schema before = node.schema;
    describe(node);
    show_instants(node, before, clock);
  }

  // The number of the new column of the node's input.
  size_t add_clock(Node& node, size_t time_column) {
    Node* input = node.inputs[0];
    std::vector<Expression> columns = all_columns(input->schema);
    std::vector<std::string> names = names_of(input->schema);
    columns.push_back(function::clock_of(columns[time_column], zone_));
    names.push_back(names[time_column] + "_on_clock");
    node.inputs[0] = new_project(plan_, input, std::move(columns), names);
    return names.size() - 1;
  }

  // The node's columns as they were before: without the clock, which only a window function hands
  // on, and with an instant for the window's own time.
  void show_instants(Node& node, const Schema& before, size_t clock) {
    const bool hands_on = node.kind == NodeKind::window_table_function;
    std::vector<Expression> columns;
    for (size_t i = 0; i < before.size(); ++i) {
      const size_t now = hands_on && i >= clock ? i + 1 : i;
      Expression column = Expression::of_column(now, node.schema[now].type);
      columns.push_back(is_instant(before[i].type) && !is_instant(column.type)
                            ? function::instant_of(std::move(column), zone_)
                            : std::move(column));
    }
    std::vector<Node*> readers;
    for (const auto& other : plan_.nodes) {
      readers.push_back(other.get());
    }
    Node* shown = new_project(plan_, &node, std::move(columns), names_of(before));
    for (Node* reader : readers) {
      std::replace(reader->inputs.begin(), reader->inputs.end(), &node, shown);
    }
  }

  Plan& plan_;
  Zone zone_;
};

}  // namespace

void localise_expressions(Plan& plan) {
  const Zone zone = session_zone(plan);
  if (zone == nullptr) {
    return;
  }
  for (const auto& node : plan.nodes) {
    localise_expressions_of(*node, zone);
  }
  for (Sink* sink : plan.sinks) {
    if (sink->table->option("connector") == kCollect) {
      show_clock(plan, *sink, zone);
    }
  }
  drop_unread(plan);
}

void localise_windows(Plan& plan) {
  const Zone zone = session_zone(plan);
  if (zone == nullptr) {
    return;
  }
  std::vector<Node*> nodes;  // inputs first; what is added needs nothing
  for (const auto& node : plan.nodes) {
    nodes.push_back(node.get());
  }
  WindowLocaliser localiser(plan, zone);
  for (Node* node : nodes) {
    localiser.localise(*node);
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
