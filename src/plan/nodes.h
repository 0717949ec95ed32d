#pragma once

// The physical plan: what the engine runs. A plan is a graph without cycles; a node with several
// consumers is computed once. exec/build.cc turns each node into an operator with one exhaustive
// switch, so a new kind of node is a compile error there until it is handled.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "base/time_zone.h"
#include "catalog/table.h"
#include "column/row_kind.h"
#include "column/type.h"
#include "function/aggregate.h"
#include "function/expression.h"

namespace millrace::plan {

enum class NodeKind : uint8_t {
  scan,
  filter,
  project,
  window_table_function,
  window_aggregate,
  group_aggregate,
  expand,
  normalize,
  repeat,
  to_changelog,
  from_changelog,
  time_sort,
  final_rows,
  unnest,
  union_all,
  values,
  join,
  over_aggregate,
  rank,
  window_rank,
  resolve,
  match_recognize,
  sink,
};

// Which changes, beside inserts, leave a node. An updating node says +U for a key it has sent
// before, with the -U ahead of it only where a consumer needs the old row; what a consumer needs is
// settled by the rule that infers changelogs, after all other rules.
struct Changelog {
  bool updates = false;
  bool update_before = false;  // a -U goes ahead of each +U
  bool deletes = false;

  bool insert_only() const { return !updates && !deletes; }
  bool operator==(const Changelog&) const = default;
};

struct Node {
  explicit Node(NodeKind k) : kind(k) {}
  virtual ~Node() = default;

  NodeKind kind;
  Schema schema;        // what comes out
  Changelog changelog;  // of what comes out
  // Output columns that tell one row of the table described by the changelog from all others, one
  // entry a key; without an entry only the whole row does.
  std::vector<std::vector<size_t>> upsert_keys;
  std::vector<Node*> inputs;  // owned by the Plan
  // The output columns that carry event time: one, several behind a join, or none.
  std::vector<size_t> rowtimes;
  // The output column that stands for the time of processing, where there is one.
  std::optional<size_t> proctime;
  // How long the state of each input is kept, where the hint STATE_TTL says so in place of the
  // setting; shorter than the inputs where it says nothing of those behind.
  std::vector<std::optional<Duration>> state_ttl;

  std::optional<Duration> state_ttl_of(size_t input) const {
    return input < state_ttl.size() ? state_ttl[input] : std::nullopt;
  }

  bool is_rowtime(size_t column) const {
    return std::find(rowtimes.begin(), rowtimes.end(), column) != rowtimes.end();
  }
};

// A stream, or a job over input that ends (plan/runtime_mode.h).
enum class RuntimeMode : uint8_t { streaming, batch };

// Reads a table: the wanted columns out of the connector, then computed columns and watermarks.
struct Scan final : Node {
  Scan() : Node(NodeKind::scan) {}

  std::shared_ptr<const catalog::Table> table;
  // The first columns of the output, by number in the table: physical and metadata ones.
  std::vector<size_t> read;
  // Of each of them the member that is read, as numbers of fields from the outermost on; empty for
  // the whole column. Nothing at all where all are whole.
  std::vector<std::vector<size_t>> members;
  // The columns after them, each over the output columns before it.
  std::vector<function::Expression> computed;
  // Over the output columns; with it goes the one of `rowtimes`.
  std::optional<function::Expression> watermark;
  RuntimeMode mode = RuntimeMode::streaming;  // batch: the source must end, time stays until then
  // Read for nothing but to be looked up (Join::Times::Rule::current): what is there is read ahead
  // of anything else, and when all else has ended nobody waits for more of it.
  bool looked_up = false;
};

struct Filter final : Node {
  Filter() : Node(NodeKind::filter) {}
  function::Expression predicate;
};

struct Project final : Node {
  Project() : Node(NodeKind::project) {}
  std::vector<function::Expression> expressions;  // an output column each
};

enum class WindowKind : uint8_t { tumble, hop, cumulate, session };

// What the time column of a window says of a row: when it was, the end of the window that it is in
// already, as a window aggregation below has found it, or when it is processed.
enum class WindowTime : uint8_t { of_row, of_window_end, of_processing };

struct Window {
  WindowKind kind = WindowKind::tumble;
  size_t time_column = 0;  // of the input
  WindowTime time = WindowTime::of_row;
  int64_t size_ms = 0;  // of session: the gap
  int64_t step_ms = 0;  // of hop: the slide; of cumulate: the step
  int64_t offset_ms = 0;
  std::vector<size_t> partition_by;  // of session
  // By whose clock, where the time is one of a session's and not UTC: rules/session_zone.cc.
  std::shared_ptr<const TimeZone> zone;

  bool operator==(const Window&) const = default;
};

// TUMBLE/HOP/... without aggregation: input columns, then window_start, window_end, window_time.
struct WindowTableFunction final : Node {
  WindowTableFunction() : Node(NodeKind::window_table_function) {}
  Window window;
  Position position;  // of the call in the statement, for messages
};

struct AggregateCall {
  std::shared_ptr<const function::AggregateSignature> function;
  std::vector<size_t> arguments;  // input columns, already of the signature's types
  std::optional<size_t> filter;   // a boolean input column
  bool distinct = false;          // equal arguments count once
  std::string name;               // of the output column
};

// What a window aggregation says about the window itself.
enum class WindowProperty : uint8_t { start, end, time };

// When a window's groups are told of other than once, at its end: with each row that comes ahead of
// it, and with each that comes so late behind it.
struct WindowUpdates {
  bool early = false;
  std::optional<int64_t> late_ms;

  bool any() const { return early || late_ms; }
  bool operator==(const WindowUpdates&) const = default;
};

// Groups by keys and window; a group leaves once, when the watermark passes its window's end, or is
// told of as its updates say. Output: keys, aggregates, window properties.
struct WindowAggregate final : Node {
  WindowAggregate() : Node(NodeKind::window_aggregate) {}
  Window window;
  std::vector<size_t> keys;  // input columns
  std::vector<AggregateCall> aggregates;
  std::vector<WindowProperty> properties;
  WindowUpdates updates;
  Position position;  // of the clause that groups, for messages
};

// An item of ORDER BY: an input column.
struct SortKey {
  size_t column = 0;
  bool descending = false;
  bool nulls_last = false;

  bool operator==(const SortKey&) const = default;
};

enum class FrameUnit : uint8_t { rows, range };

// Which rows a call with OVER looks at: those of its partition up to the current row, and those
// with the same time where the unit is a range. In batch mode the frame may end behind the row, or
// ahead of it, and begin behind it.
struct OverWindow {
  std::vector<size_t> partition_by;
  std::vector<SortKey> order_by;
  FrameUnit unit = FrameUnit::range;
  // How far ahead of the row: rows, milliseconds, or of what it is ordered by; below zero behind
  // it; from the first row on where absent.
  std::optional<int64_t> preceding;
  // The same behind the row, to the last one where absent.
  std::optional<int64_t> following = 0;
  Position position;

  bool has_row_itself() const { return preceding.value_or(0) >= 0 && following.value_or(0) >= 0; }
};

// Aggregates over the rows before each row. Output: the input's columns, then one a call.
struct OverAggregate final : Node {
  OverAggregate() : Node(NodeKind::over_aggregate) {}
  OverWindow window;
  std::vector<AggregateCall> calls;
  RuntimeMode mode = RuntimeMode::streaming;  // batch: of the rows that there are in the end

  // Ordered by what is no time attribute: rows that come change the results of others.
  bool is_by_value() const {
    if (mode == RuntimeMode::batch) {
      return false;
    }
    return !inputs[0]->is_rowtime(window.order_by.front().column) && !is_by_arrival();
  }
  // Ordered by the time of processing.
  bool is_by_arrival() const { return inputs[0]->proctime == window.order_by.front().column; }
  // By the clock: rows that are processed in one millisecond have one result, and leave behind it.
  bool is_by_clock() const {
    return is_by_arrival() && window.preceding && window.unit == FrameUnit::range;
  }
};

// The rows numbered `start` to `end` of each partition by their order, rows of equal order by
// arrival. Output: the input's columns, then the number where it is wanted.
struct Rank final : Node {
  // A filter on ROW_NUMBER(), or LIMIT, which has no partitions and perhaps no order.
  enum class Purpose : uint8_t { row_number, limit };
  Rank() : Node(NodeKind::rank) {}
  Purpose purpose = Purpose::row_number;
  std::vector<size_t> partition_by;
  std::vector<SortKey> order_by;
  int64_t start = 1;
  int64_t end = 1;
  std::optional<std::string> number;          // the name of its column
  RuntimeMode mode = RuntimeMode::streaming;  // batch: of the rows that there are in the end
  // A key of the input whose rows only move ahead, one taking the place of the other: those behind
  // `end` need not be kept. Empty where rows are taken back one by one. Settled with the
  // changelogs.
  std::vector<size_t> replaces_by;
};

// The same within a window, whose rows leave once, when the watermark passes its end.
struct WindowRank final : Node {
  WindowRank() : Node(NodeKind::window_rank) {}
  std::shared_ptr<const TimeZone> zone;  // of the window
  size_t window_end = 0;  // an input column, as partition_by, which has the window's own
  std::vector<size_t> partition_by;
  std::vector<SortKey> order_by;
  int64_t start = 1;
  int64_t end = 1;
  std::optional<std::string> number;
  Position position;  // of the numbering in the statement, for messages
};

// GROUP BY without a window: a row a group, sent again whenever the group has changed; in batch
// mode once, in the end. Output: keys, aggregates.
struct GroupAggregate final : Node {
  GroupAggregate() : Node(NodeKind::group_aggregate) {}
  std::vector<size_t> keys;  // input columns; without any there is one group
  std::vector<AggregateCall> aggregates;
  // In batch mode groups are as they are in the end, and without keys one is there even of no rows.
  RuntimeMode mode = RuntimeMode::streaming;
};

// Each row once a grouping set. Output: the input's columns, the keys with NULL for those that the
// set does not have, the number of the set.
struct Expand final : Node {
  Expand() : Node(NodeKind::expand) {}
  std::vector<size_t> keys;             // input columns
  std::vector<std::vector<bool>> sets;  // which of the keys each has
};

// Upserts, of which a -D may know its key alone, made into changes of whole rows: +I, -U and +U,
// -D. A row that comes again as it was is no change.
struct Normalize final : Node {
  Normalize() : Node(NodeKind::normalize) {}
  std::vector<size_t> key;  // input columns
  // Which rows there are, over the input's columns: one for which it does not hold is as good as
  // gone. Of a key alone it says nothing, for of a -D that may be all that is known.
  std::optional<function::Expression> condition;
};

// Each row as many times as one of its columns says, not at all below 1. Output: the input's
// columns.
struct Repeat final : Node {
  Repeat() : Node(NodeKind::repeat) {}
  size_t times = 0;  // an input column, BIGINT
};

// Changes made rows that stay. Output: the input's columns, then the word for what each change was.
struct ToChangelog final : Node {
  ToChangelog() : Node(NodeKind::to_changelog) {}
  std::string op;                          // the name of the column of words
  std::map<RowKind, std::string> mapping;  // changes of other kinds are dropped
};

// Rows that say by a word what change each is. Output: the input's columns.
struct FromChangelog final : Node {
  FromChangelog() : Node(NodeKind::from_changelog) {}
  size_t op = 0;  // an input column, of words
  std::map<std::string, RowKind> mapping;
  Position position;  // of the call in the statement, for messages
};

// ORDER BY event time: rows leave when the watermark has reached them, in order.
struct TimeSort final : Node {
  TimeSort() : Node(NodeKind::time_sort) {}
  std::vector<SortKey> order_by;  // the row time first
  Position position;              // of ORDER BY, for messages
};

// Of a batch job the rows that there are at the end of the input, in an order where one is wanted.
struct FinalRows final : Node {
  FinalRows() : Node(NodeKind::final_rows) {}
  std::vector<SortKey> order_by;
};

// Rows of a key, in the order of their times, that follow a pattern one behind the other. Output,
// one row a match: the columns that they are partitioned by, then the measures. Of all rows of a
// match: those columns and the ones that they are ordered by, the measures, all others. A match of
// no rows is one at the row that it might have begun with.
struct MatchRecognize final : Node {
  MatchRecognize() : Node(NodeKind::match_recognize) {}

  // What a condition or a measure reads of the rows matched so far, as a column of its input.
  struct Cell {
    // `settled` is the time at which the match is known to count: MATCH_ROWTIME() as in Flink.
    enum class Kind : uint8_t {
      first,
      last,
      aggregate,
      classifier,
      previous,
      number,
      next,
      settled
    };
    Kind kind = Kind::last;
    std::vector<size_t> elements;  // of the pattern: whose rows; those of all where empty
    size_t column = 0;             // of the input; not of aggregates, nor of the classifier
    // From the first or the last of them; of `previous` and `next` in rows of any kind.
    uint32_t offset = 0;
    bool of_whole_match = false;  // FINAL: also of the rows behind the one at hand
    AggregateCall call;           // of aggregate
    std::string name;             // as written
    Type type;

    bool reads_column() const {
      return kind == Kind::first || kind == Kind::last || kind == Kind::previous ||
             kind == Kind::next || kind == Kind::settled;
    }
  };
  // A variable of the pattern.
  struct Element {
    static constexpr uint32_t kAnyNumber = UINT32_MAX;
    std::string variable;
    uint32_t least = 1;
    uint32_t most = 1;
    bool reluctant = false;
    bool excluded = false;                          // its rows are not among those shown of a match
    std::optional<function::Expression> condition;  // over the cells; any row where absent

    // In Flink a greedy variable keeps its rows from those behind it; one of a fixed number, or of
    // none or one, does not.
    bool keeps_rows() const { return !reluctant && least != most && !(least == 0 && most == 1); }
  };
  // Of patterns that Flink has not: which elements may come next, each of one row, in the order in
  // which they are preferred; and whether the match may end, which is preferred last.
  struct Step {
    std::vector<uint32_t> next;
    bool may_end = false;
    bool may_end_last = false;  // where no row comes behind it: $
  };
  enum class Shown : uint8_t { one_row, all_rows, all_but_empty, all_and_unmatched };
  enum class Skip : uint8_t { to_next_row, past_last_row, to_first, to_last };

  std::vector<size_t> partition_by;
  std::vector<SortKey> order_by;  // the first one is the event time, or that of processing
  std::vector<Cell> cells;
  // One behind the other, each variable once; or, where there are steps, wherever a variable stands
  // in the pattern.
  std::vector<Element> pattern;
  std::vector<Step> steps;       // what comes first, and behind each element; none as Flink has it
  std::optional<Step> at_start;  // what comes first with the first row of a partition, for ^
  std::string written_pattern;
  std::vector<function::Expression> measures;  // over the cells
  Skip skip = Skip::to_next_row;
  std::vector<size_t> skip_to;  // of to_first and to_last: the elements of a variable
  std::optional<int64_t> within_ms;
  Shown shown = Shown::one_row;
  // Columns of the input that go out ahead of the measures, and behind them.
  std::vector<size_t> shown_ahead;
  std::vector<size_t> shown_behind;
  Position position;

  // How many rows ahead of a match are read, and how many behind the row at hand.
  uint32_t rows_ahead() const { return farthest(Cell::Kind::previous); }
  uint32_t rows_behind() const { return farthest(Cell::Kind::next); }
  uint32_t farthest(Cell::Kind kind) const {
    uint32_t rows = 0;
    for (const Cell& cell : cells) {
      rows = std::max(rows, cell.kind == kind ? cell.offset : 0);
    }
    return rows;
  }
  bool shows_all_rows() const { return shown != Shown::one_row; }
  bool may_be_empty() const {
    return !steps.empty() && (steps.front().may_end || (at_start && at_start->may_end));
  }
  bool numbers_matches() const {
    return std::any_of(cells.begin(), cells.end(),
                       [](const Cell& cell) { return cell.kind == Cell::Kind::number; });
  }
  // Rows go through the pattern as they come, by the time of processing.
  bool by_arrival() const { return !inputs[0]->is_rowtime(order_by.front().column); }
  Schema cell_schema() const {
    Schema schema;
    for (const Cell& cell : cells) {
      schema.fields.push_back({cell.name, cell.type});
    }
    return schema;
  }
};

// Each row once an element of a collection in it. Output: the input's columns, of which the
// collection is not to be read, the element (of a map, key and value), its number from 1 where
// wanted.
struct Unnest final : Node {
  Unnest() : Node(NodeKind::unnest) {}
  size_t collection = 0;     // an input column: ARRAY, MAP or MULTISET
  bool keeps_empty = false;  // a row whose collection is empty or NULL, once, with NULL behind it
  bool with_ordinality = false;
  // Over the output columns, where rows without elements are kept: elements for which it does not
  // hold are none.
  std::optional<function::Expression> condition;
};

struct UnionAll final : Node {
  UnionAll() : Node(NodeKind::union_all) {}
};

// These rows, once. A query without FROM is over one row without columns.
struct Values final : Node {
  Values() : Node(NodeKind::values) {}
  std::vector<std::vector<function::Expression>> rows;  // of the schema's types, over no columns
};

enum class JoinKind : uint8_t { inner, left, right, full, semi, anti };

// Two inputs, the left one first. Rows join that are equal in the key columns and for which the
// condition holds. Semi and anti joins give the left rows that have a match, or have none.
//
// Without `times` both sides are kept for ever, and each row that comes or goes on one side is
// joined with all of the other: Flink's regular join.
struct Join final : Node {
  Join() : Node(NodeKind::join) {}

  struct Key {
    size_t left = 0;  // columns of the inputs, of one type
    size_t right = 0;
    bool nulls_match = false;  // IS NOT DISTINCT FROM; else a NULL matches nothing
  };
  // Event times that say which rows may meet, and hence how long a row is kept.
  struct Times {
    enum class Rule : uint8_t {
      interval,  // the left time less the right one is from `from_ms` to `to_ms`
      version,   // of each key, the last right row whose time is not behind the left one's
      window,    // both are the ends of windows, and equal by a key
      current,   // the right rows that there are when the left one is processed: a lookup
    };
    Rule rule = Rule::interval;
    size_t left = 0;  // columns of the inputs, but for `current`, which asks no column
    size_t right = 0;
    int64_t from_ms = 0;
    int64_t to_ms = 0;
    std::shared_ptr<const TimeZone> zone = nullptr;  // of windows
  };
  JoinKind join = JoinKind::inner;
  std::vector<Key> keys;
  std::optional<Times> times;
  // What else must hold, over the columns of the left input and, behind them, of the right one.
  std::optional<function::Expression> condition;
  // Numbers among the same columns; of semi and anti joins of the left ones.
  std::vector<size_t> output;
  Position position;  // of the join in the statement, for messages

  bool keeps_left() const { return join == JoinKind::left || join == JoinKind::full; }
  bool keeps_right() const { return join == JoinKind::right || join == JoinKind::full; }
  bool is_semi_or_anti() const { return join == JoinKind::semi || join == JoinKind::anti; }
  bool is_by(Times::Rule rule) const { return times && times->rule == rule; }
  bool has_time_columns() const { return times && times->rule != Times::Rule::current; }
};

// The connector of the table that a query by itself is written to; none can be declared with it.
inline constexpr const char* kCollect = "collect";

// What is done where rows of a query that have keys of their own meet in one row of its table.
enum class OnConflict : uint8_t { unspecified, deduplicate, nothing, error };

// One row for each key of a table, of all that a query has for it: ON CONFLICT, ahead of the sink.
struct Resolve final : Node {
  Resolve() : Node(NodeKind::resolve) {}
  OnConflict on_conflict = OnConflict::deduplicate;
  std::vector<size_t> key;  // the table's, as columns of the input
  // What tells the query's rows apart; empty where nothing does, and equal rows are several.
  std::vector<size_t> row_key;
  Position position;  // of the table's name in the statement, for messages
};

// Writes its one input, whose schema is the table's (physical columns in order).
struct Sink final : Node {
  Sink() : Node(NodeKind::sink) {}
  OnConflict on_conflict = OnConflict::unspecified;
  bool overwrite = false;  // its rows take the place of those that are there
  std::shared_ptr<const catalog::Table> table;
  Position position;  // of the table's name in the statement, for messages
};

// One job: an INSERT, or all of a STATEMENT SET. Settings are those in force at the statement.
struct Plan {
  std::vector<std::unique_ptr<Node>> nodes;  // inputs before their consumers
  std::vector<Sink*> sinks;
  std::map<std::string, std::string> settings;  // SET 'key' = 'value'

  template <typename T>
  T* add(std::unique_ptr<T> node) {
    T* raw = node.get();
    nodes.push_back(std::move(node));
    return raw;
  }
};

}  // namespace millrace::plan
