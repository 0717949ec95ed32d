#include "plan/node_schemas.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "function/scalar.h"
#include "function/session_zone.h"
#include "plan/columns.h"

namespace millrace::plan {

Type type_of(WindowProperty property, const Type& time) {
  constexpr int32_t kMilliseconds = 3;
  if (property != WindowProperty::time) {
    return Type::timestamp(kMilliseconds, false);
  }
  const int32_t precision = std::max(kMilliseconds, time.precision);
  return time.kind == TypeKind::timestamp_ltz ? Type::timestamp_ltz(precision, false)
                                              : Type::timestamp(precision, false);
}

std::string_view name_of(WindowProperty property) {
  switch (property) {
    case WindowProperty::start: return "window_start";
    case WindowProperty::end: return "window_end";
    case WindowProperty::time: return "window_time";
  }
  check(false, "window property outside the enumeration");
  return "";
}

static bool is_proctime(const function::Expression& expression) {
  return expression.kind == function::ExpressionKind::call &&
         expression.signature->name == "PROCTIME";
}

// A time on the session's clock is as good as the instant, and the other way round.
static const function::Expression& behind_shift(const function::Expression& expression) {
  return function::is_shift(expression) ? expression.arguments[0] : expression;
}

// A member as a column of its own, named as Flink names it.
static Field member_of(const catalog::ColumnDefinition& column, const std::vector<size_t>& path) {
  Field member{column.name, column.type};
  for (const size_t number : path) {
    const Field& field = (*member.type.children)[number];
    member.name += "_" + field.name;
    member.type = field.type.as_nullable(field.type.nullable || member.type.nullable);
  }
  return member;
}

static void describe_scan(Scan& scan) {
  const catalog::Table& table = *scan.table;
  scan.schema.fields.resize(scan.read.size() + scan.computed.size());
  for (size_t i = 0; i < scan.read.size(); ++i) {
    const catalog::ColumnDefinition& column = table.columns[scan.read[i]];
    scan.schema.fields[i] = {column.name, column.type};
    if (!scan.members.empty()) {
      scan.schema.fields[i] = member_of(column, scan.members[i]);
    }
  }
  // Names of computed columns were set when the scan was made, and stay.
  scan.proctime = std::nullopt;
  for (size_t i = 0; i < scan.computed.size(); ++i) {
    if (is_proctime(scan.computed[i])) {
      scan.proctime = scan.read.size() + i;
    }
    scan.schema.fields[scan.read.size() + i].type = scan.computed[i].type;
  }
}

static void describe_project(Project& project) {
  const Node& input = *project.inputs[0];
  project.rowtimes.clear();
  project.proctime = std::nullopt;
  project.schema.fields.resize(project.expressions.size());
  for (size_t i = 0; i < project.expressions.size(); ++i) {
    const function::Expression& expression = project.expressions[i];
    project.schema.fields[i].type = expression.type;
    const function::Expression& time = behind_shift(expression);
    if (is_column(time) && input.is_rowtime(time.column)) {
      project.rowtimes.push_back(i);
    }
    if (!project.proctime &&
        (is_proctime(time) || (is_column(time) && input.proctime == time.column))) {
      project.proctime = i;
    }
  }
}

static void describe_window_table_function(WindowTableFunction& node) {
  const Node& input = *node.inputs[0];
  const Type time = input.schema[node.window.time_column].type;
  node.schema = input.schema;
  for (const auto property : {WindowProperty::start, WindowProperty::end, WindowProperty::time}) {
    node.schema.fields.push_back({std::string(name_of(property)), type_of(property, time)});
  }
  node.rowtimes.clear();
  node.proctime = std::nullopt;
  if (node.window.time == WindowTime::of_processing) {
    node.proctime = node.schema.size() - 1;
  } else {
    // The time that the windows are of stays one too.
    node.rowtimes = input.rowtimes;
    node.rowtimes.push_back(node.schema.size() - 1);
    node.proctime = input.proctime;
  }
}

static void describe_window_aggregate(WindowAggregate& node) {
  const Node& input = *node.inputs[0];
  const Type time = input.schema[node.window.time_column].type;
  node.schema.fields.clear();
  node.rowtimes.clear();
  node.proctime = std::nullopt;
  for (const size_t key : node.keys) {
    node.schema.fields.push_back(input.schema[key]);
  }
  for (const AggregateCall& call : node.aggregates) {
    node.schema.fields.push_back({call.name, call.function->result});
  }
  for (const WindowProperty property : node.properties) {
    if (property == WindowProperty::time) {
      if (node.window.time == WindowTime::of_processing) {
        node.proctime = node.schema.size();
      } else {
        node.rowtimes.push_back(node.schema.size());
      }
    }
    node.schema.fields.push_back({std::string(name_of(property)), type_of(property, time)});
  }
}

static void describe_over(OverAggregate& node) {
  node.schema = node.inputs[0]->schema;
  node.rowtimes = node.inputs[0]->rowtimes;
  node.proctime = node.inputs[0]->proctime;
  for (const AggregateCall& call : node.calls) {
    node.schema.fields.push_back({call.name, call.function->result});
  }
}

static void describe_group_aggregate(GroupAggregate& node) {
  node.schema.fields.clear();
  for (const size_t key : node.keys) {
    node.schema.fields.push_back(node.inputs[0]->schema[key]);
  }
  for (const AggregateCall& call : node.aggregates) {
    node.schema.fields.push_back({call.name, call.function->result});
  }
}

// Of a rank, in a window or not.
template <typename RankNode>
static void describe_rank(RankNode& node) {
  node.schema = node.inputs[0]->schema;
  node.rowtimes = node.inputs[0]->rowtimes;
  node.proctime = node.inputs[0]->proctime;
  if (node.number) {
    node.schema.fields.push_back({*node.number, Type::of(TypeKind::bigint, false)});
  }
}

bool each_set_has(const Expand& node, size_t key) {
  return std::all_of(node.sets.begin(), node.sets.end(),
                     [&](const std::vector<bool>& set) { return set[key]; });
}

static void describe_expand(Expand& node) {
  const Node& input = *node.inputs[0];
  node.schema = input.schema;
  node.rowtimes = input.rowtimes;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const Field& key = input.schema[node.keys[i]];
    node.schema.fields.push_back(
        {key.name, each_set_has(node, i) ? key.type : key.type.as_nullable()});
  }
  node.schema.fields.push_back({"$e", Type::of(TypeKind::bigint, false)});
}

// Of a node that hands its input's columns on.
static void describe_as_input(Node& node) {
  node.schema = node.inputs[0]->schema;
  node.rowtimes = node.inputs[0]->rowtimes;
  node.proctime = node.inputs[0]->proctime;
}

static void describe_to_changelog(ToChangelog& node) {
  describe_as_input(node);
  node.schema.fields.push_back({node.op, Type::string()});
}

// The names of the measures were set when the node was made.
static void describe_match(MatchRecognize& node) {
  const Node& input = *node.inputs[0];
  node.rowtimes.clear();
  node.proctime = std::nullopt;
  const size_t ahead = node.shown_ahead.size();
  for (size_t i = 0; i < ahead; ++i) {
    node.schema.fields[i] = input.schema[node.shown_ahead[i]];
  }
  for (size_t i = 0; i < node.shown_behind.size(); ++i) {
    node.schema.fields[ahead + node.measures.size() + i] = input.schema[node.shown_behind[i]];
  }
  for (size_t i = 0; i < node.measures.size(); ++i) {
    const function::Expression& measure = node.measures[i];
    const size_t column = ahead + i;
    const bool of_no_match = node.shown == MatchRecognize::Shown::all_and_unmatched;
    node.schema.fields[column].type =
        measure.type.as_nullable(measure.type.nullable || of_no_match);
    if (is_proctime(measure)) {
      node.proctime = column;
    }
    // The time of the last row is the time of the match; those of others lie behind it, and so does
    // every time where rows wait for the ones behind them.
    if (is_column(measure) && !node.shows_all_rows() && node.rows_behind() == 0) {
      const MatchRecognize::Cell& cell = node.cells[measure.column];
      using Kind = MatchRecognize::Cell::Kind;
      const bool is_of_match =
          cell.kind == Kind::settled ||
          (cell.kind == Kind::last && cell.offset == 0 && cell.elements.empty());
      if (is_of_match && input.is_rowtime(cell.column)) {
        node.rowtimes.push_back(column);
      }
    }
  }
}

static void describe_unnest(Unnest& node) {
  const Node& input = *node.inputs[0];
  node.schema = input.schema;
  node.rowtimes = input.rowtimes;
  node.proctime = input.proctime;
  const auto add = [&](std::string name, const Type& type) {
    node.schema.fields.push_back(
        {std::move(name), type.as_nullable(type.nullable || node.keeps_empty)});
  };
  const Type& collection = input.schema[node.collection].type;
  const bool is_map = collection.kind == TypeKind::map;
  const std::vector<Field>& children = *collection.children;
  add(is_map ? "KEY" : "EXPR$0", children[0].type);
  if (is_map) {
    add("VALUE", children[1].type);
  }
  if (node.with_ordinality) {
    add("ORDINALITY", Type::of(TypeKind::integer, false));
  }
}

static void describe_union(UnionAll& node) {
  node.schema = node.inputs[0]->schema;
  node.rowtimes = node.inputs[0]->rowtimes;
  for (const Node* input : node.inputs) {
    check(input->schema.size() == node.schema.size());
    std::erase_if(node.rowtimes, [&](size_t column) { return !input->is_rowtime(column); });
    for (size_t i = 0; i < node.schema.size(); ++i) {
      Type& type = node.schema.fields[i].type;
      type = type.as_nullable(type.nullable || input->schema[i].type.nullable);
    }
  }
}

// Names were set when the node was made.
static void describe_values(Values& node) {
  for (size_t i = 0; i < node.schema.size(); ++i) {
    Type& type = node.schema.fields[i].type;
    type = node.rows.front()[i].type;
    for (const std::vector<function::Expression>& row : node.rows) {
      type.nullable = type.nullable || row[i].type.nullable;
    }
  }
}

// Columns of both sides under one name get numbers, as Flink shows them: id, id0.
static void make_unique(Schema& schema) {
  std::set<std::string> taken;
  for (Field& field : schema.fields) {
    std::string name = field.name;
    for (size_t n = 0; !taken.insert(name).second; ++n) {
      name = field.name + std::to_string(n);
    }
    field.name = name;
  }
}

// Which of the inputs' times are still good for what comes out. The rows of a regular join leave in
// no order of time.
static bool keeps_time(const Join& node, size_t column) {
  const size_t left = node.inputs[0]->schema.size();
  if (!node.times) {
    return false;
  }
  return column < left ? node.inputs[0]->is_rowtime(column)
                       : (node.times->rule == Join::Times::Rule::interval ||
                          node.times->rule == Join::Times::Rule::window) &&
                             node.inputs[1]->is_rowtime(column - left);
}

static void describe_join(Join& node) {
  node.rowtimes.clear();
  Schema both = joined_columns(node);
  const size_t left = node.inputs[0]->schema.size();
  for (size_t i = 0; i < both.size(); ++i) {
    Type& type = both.fields[i].type;
    type = type.as_nullable(type.nullable || (i < left ? node.keeps_right() : node.keeps_left()));
  }
  node.schema.fields.clear();
  node.proctime = std::nullopt;
  for (const size_t column : node.output) {
    if (node.times && column < left && node.inputs[0]->proctime == column) {
      node.proctime = node.schema.size();
    }
    if (keeps_time(node, column)) {
      node.rowtimes.push_back(node.schema.size());
    }
    node.schema.fields.push_back(both[column]);
  }
}

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const Field& field : schema.fields) {
    names.push_back(field.name);
  }
  return names;
}

Schema joined_columns(const Join& node) {
  Schema both = node.inputs[0]->schema;
  const auto& right = node.inputs[1]->schema.fields;
  both.fields.insert(both.fields.end(), right.begin(), right.end());
  make_unique(both);
  return both;
}

void describe(Node& node) {
  switch (node.kind) {
    case NodeKind::scan: return describe_scan(static_cast<Scan&>(node));
    case NodeKind::project: return describe_project(static_cast<Project&>(node));
    case NodeKind::window_table_function:
      return describe_window_table_function(static_cast<WindowTableFunction&>(node));
    case NodeKind::window_aggregate:
      return describe_window_aggregate(static_cast<WindowAggregate&>(node));
    case NodeKind::group_aggregate:
      return describe_group_aggregate(static_cast<GroupAggregate&>(node));
    case NodeKind::expand: return describe_expand(static_cast<Expand&>(node));
    case NodeKind::normalize:
    case NodeKind::repeat:
    case NodeKind::from_changelog:
    case NodeKind::resolve:
    case NodeKind::time_sort:
    case NodeKind::final_rows: return describe_as_input(node);
    case NodeKind::to_changelog: return describe_to_changelog(static_cast<ToChangelog&>(node));
    case NodeKind::unnest: return describe_unnest(static_cast<Unnest&>(node));
    case NodeKind::union_all: return describe_union(static_cast<UnionAll&>(node));
    case NodeKind::values: return describe_values(static_cast<Values&>(node));
    case NodeKind::join: return describe_join(static_cast<Join&>(node));
    case NodeKind::over_aggregate: return describe_over(static_cast<OverAggregate&>(node));
    case NodeKind::rank: return describe_rank(static_cast<Rank&>(node));
    case NodeKind::window_rank: return describe_rank(static_cast<WindowRank&>(node));
    case NodeKind::match_recognize: return describe_match(static_cast<MatchRecognize&>(node));
    case NodeKind::filter:
    case NodeKind::sink:
      node.proctime = node.inputs[0]->proctime;
      node.schema = node.inputs[0]->schema;
      node.rowtimes = node.inputs[0]->rowtimes;
      return;
  }
}

}  // namespace millrace::plan
