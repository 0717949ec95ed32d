#include "plan/explain_state.h"

#include "plan/deduplication.h"
#include "plan/explain_text.h"
#include "plan/node_text.h"
#include "plan/state_expiry.h"

namespace millrace::plan {

namespace {

// The hash, the number and the share of free slots that an entry costs beside its values.
constexpr size_t kIndexBytes = 24;

size_t bytes_of(const Schema& schema) {
  size_t bytes = 0;
  for (const Field& field : schema.fields) {
    bytes += value_bytes(field.type);
  }
  return bytes;
}

size_t bytes_of(const std::vector<size_t>& columns, const Schema& schema) {
  size_t bytes = 0;
  for (const size_t column : columns) {
    bytes += value_bytes(schema[column].type);
  }
  return bytes;
}

size_t bytes_of(const std::vector<AggregateCall>& calls) {
  size_t bytes = 0;
  for (const AggregateCall& call : calls) {
    bytes += call.function->size;
  }
  return bytes;
}

// "for each user_id, region": where there is no key there is one.
std::string per(const std::vector<size_t>& keys, const Schema& schema) {
  return keys.empty() ? "" : " for each " + columns_text(keys, schema);
}

class Collector {
 public:
  explicit Collector(const Plan& plan) {
    if (expires(plan)) {
      ttl_ = plan.settings.at(kStateTtl);
    }
  }

  void visit(const Node& node) {
    node_ = &node;
    switch (node.kind) {
      case NodeKind::window_table_function:
        return add(static_cast<const WindowTableFunction&>(node).window);
      case NodeKind::window_aggregate: return add(static_cast<const WindowAggregate&>(node));
      case NodeKind::group_aggregate: return add(static_cast<const GroupAggregate&>(node));
      case NodeKind::normalize: return add(static_cast<const Normalize&>(node));
      case NodeKind::time_sort: return keep_waiting();
      case NodeKind::final_rows: return keep_until("the input ends", "each row", bytes_of(input()));
      case NodeKind::join: return add(static_cast<const Join&>(node));
      case NodeKind::over_aggregate: return add(static_cast<const OverAggregate&>(node));
      case NodeKind::rank: return add(static_cast<const Rank&>(node));
      case NodeKind::window_rank: return add(static_cast<const WindowRank&>(node));
      case NodeKind::resolve: return add(static_cast<const Resolve&>(node));
      case NodeKind::match_recognize: return add(static_cast<const MatchRecognize&>(node));
      case NodeKind::scan:
      case NodeKind::filter:
      case NodeKind::project:
      case NodeKind::expand:
      case NodeKind::repeat:
      case NodeKind::to_changelog:
      case NodeKind::from_changelog:
      case NodeKind::unnest:
      case NodeKind::union_all:
      case NodeKind::values:
      case NodeKind::sink: break;
    }
  }

  std::vector<KeptState> take() { return std::move(kept_); }

 private:
  const Schema& input(size_t number = 0) const { return node_->inputs[number]->schema; }

  void keep_until(std::string until, std::string what, size_t bytes) {
    kept_.push_back({node_, std::move(what), std::move(until), bytes + kIndexBytes, false});
  }
  void keep_for_ever(std::string what, size_t bytes) {
    kept_.push_back({node_, std::move(what), "", bytes + kIndexBytes, true});
  }
  // Until nothing, but for the time to live: of the hint for that input, or else of all.
  void keep(std::string what, size_t bytes, size_t side = 0) {
    const auto hint = node_->state_ttl_of(side);
    if (hint ? *hint > Duration() : !ttl_.empty()) {
      const std::string ttl =
          hint ? duration_text(hint->ms()) + " (STATE_TTL)" : ttl_ + " ('" + kStateTtl + "')";
      keep_until("it has not changed for " + ttl, std::move(what), bytes);
    } else {
      keep_for_ever(std::move(what), bytes);
    }
  }
  // The same of keys, where any use counts (exec/expiry.h).
  void keep_while_used(std::string what, size_t bytes) {
    if (ttl_.empty()) {
      return keep_for_ever(std::move(what), bytes);
    }
    keep_until("its key has not been used for " + ttl_ + ", up to half as long again ('" +
                   kStateTtl + "')",
               std::move(what), bytes);
  }
  void keep_waiting() {
    keep_until("the watermark reaches it", "each row that is ahead of the watermark",
               bytes_of(input()));
  }

  // What DISTINCT has seen, no longer than the groups, which were said last.
  void keep_values(const std::vector<AggregateCall>& calls) {
    const KeptState groups = kept_.back();
    for (const AggregateCall& call : calls) {
      if (call.distinct) {
        KeptState& values = kept_.emplace_back(groups);
        values.what = "each different " + columns_text(call.arguments, input()) + " in a group";
        values.entry_bytes = bytes_of(call.arguments, input()) + sizeof(int64_t) + kIndexBytes;
      }
    }
  }

  // Of a window function by itself, which sends rows on but where it must wait for what follows.
  void add(const Window& window) {
    if (window.kind == WindowKind::session) {
      keep_until("the watermark is " + duration_text(window.size_ms) +
                     " behind the last row of its session",
                 "each row", bytes_of(input()));
    }
  }

  void add(const WindowAggregate& node) {
    const std::string what = "a group" + per(node.keys, input()) +
                             (node.keys.empty() ? " for each" : " and") +
                             (node.window.kind == WindowKind::session ? " session" : " window");
    const size_t bytes = bytes_of(node.keys, input()) + bytes_of(node.aggregates) + sizeof(int64_t);
    const std::string size = duration_text(node.window.size_ms);
    if (node.window.time == WindowTime::of_processing) {
      keep_until("the clock passes the window's end, at most " + size, what, bytes);
    } else if (node.window.kind == WindowKind::session) {
      keep_until("the watermark is " + size + " behind its last row", what, bytes);
    } else {
      const int64_t late = node.updates.late_ms.value_or(0);
      keep_until("the watermark " +
                     (late > 0 ? "is " + duration_text(late) + " behind" : std::string("passes")) +
                     " the window's end, at most " + duration_text(node.window.size_ms + late) +
                     " of event time",
                 what, bytes);
    }
    keep_values(node.aggregates);
  }

  void add(const GroupAggregate& node) {
    const size_t bytes = bytes_of(node.keys, input()) + bytes_of(node.aggregates);
    const std::string what = node.keys.empty() ? "one group" : "a group" + per(node.keys, input());
    if (node.mode == RuntimeMode::batch) {
      keep_until("the input ends", what, bytes);
    } else if (node.keys.empty()) {
      keep_until("the pipeline ends", what, bytes);
    } else {
      keep(what, bytes);
    }
    keep_values(node.aggregates);
  }

  void add(const Normalize& node) {
    keep((node.condition ? "the last row, where the condition holds," : "the last row") +
             per(node.key, input()),
         bytes_of(input()));
  }

  void add(const Join& node) {
    for (const size_t side : {size_t{0}, size_t{1}}) {
      const std::string name = side == 0 ? "left" : "right";
      const std::string rows = "each row of the " + name + " input";
      const size_t bytes = bytes_of(input(side));
      if (node.is_by(Join::Times::Rule::current)) {
        if (side == 1) {
          keep_until("the table that is looked up has it no more", rows, bytes);
        }
      } else if (!node.times) {
        keep(rows, bytes, side);
      } else if (node.times->rule == Join::Times::Rule::window) {
        keep_until("the watermark passes its window's end", rows, bytes);
      } else if (node.times->rule == Join::Times::Rule::interval) {
        // A left row may meet right ones from `left - to` to `left - from`.
        const int64_t wait =
            std::max<int64_t>(side == 0 ? -node.times->from_ms : node.times->to_ms, 0);
        keep_until(wait == 0 ? "the watermark passes it"
                             : "the watermark is " + duration_text(wait) + " past it",
                   rows, bytes);
      } else if (side == 0) {
        keep_until("the watermark reaches it", rows, bytes);
      } else {
        keep_while_used("the version of each key that holds, and later ones", bytes);
      }
    }
  }

  void add(const OverAggregate& node) {
    if (node.is_by_value() || node.mode == RuntimeMode::batch) {
      keep("each row", bytes_of(input()));
      return;
    }
    keep_waiting();
    const OverWindow& window = node.window;
    const std::string keys = per(window.partition_by, input());
    if (!window.preceding) {
      const std::string gathered = "what the calls have gathered" + keys;
      const size_t bytes = bytes_of(window.partition_by, input()) + bytes_of(node.calls);
      if (node.is_by_arrival()) {
        keep(gathered, bytes);
      } else {
        keep_while_used(gathered, bytes);
      }
      keep_values(node.calls);
    } else if (window.unit == FrameUnit::rows) {
      keep_while_used(
          "the last " + std::to_string(*window.preceding) + " rows" + keys,
          static_cast<size_t>(*window.preceding) * bytes_of(input()) + bytes_of(node.calls));
      keep_values(node.calls);
    } else {
      keep_until((node.is_by_clock() ? "the clock is " : "the watermark is ") +
                     duration_text(*window.preceding) + " past it",
                 "each row of a frame" + keys, bytes_of(input()));
      keep_values(node.calls);
    }
  }

  void add(const Rank& node) {
    const auto deduplication = as_deduplication(node);
    if (deduplication && deduplication->rowtime &&
        deduplication->kept == Deduplication::Kept::first) {
      keep_waiting();
      keep("the key of each row that has left", bytes_of(node.partition_by, input()));
    } else if (deduplication) {
      keep("one row" + per(node.partition_by, input()), bytes_of(input()));
    } else if (node.inputs[0]->changelog.insert_only() || !node.replaces_by.empty()) {
      const std::string rows = "the first " + std::to_string(node.end) + " rows";
      const auto bytes = static_cast<size_t>(node.end) * bytes_of(input());
      if (node.partition_by.empty()) {
        keep_until("others take their place", rows, bytes);
      } else {
        keep(rows + per(node.partition_by, input()), bytes);
      }
    } else {
      keep("each row, since it may move up when another goes", bytes_of(input()));
    }
  }

  void add(const Resolve& node) {
    if (node.on_conflict == OnConflict::deduplicate) {
      keep("each row, since the table has it again when a later one goes", bytes_of(input()));
      return;
    }
    keep_for_ever("the row" + per(node.key, input()), bytes_of(input()));
    keep_until("the watermark rises", "each change", bytes_of(input()));
  }

  void add(const WindowRank& node) {
    keep_until("the watermark passes the window's end",
               "the first " + std::to_string(node.end) + " rows" + per(node.partition_by, input()),
               static_cast<size_t>(node.end) * bytes_of(input()));
  }

  void add(const MatchRecognize& node) {
    if (!node.by_arrival()) {
      keep_waiting();
    }
    const std::string rows =
        "the rows of each match that is not complete" + per(node.partition_by, input());
    if (const uint32_t ahead = node.rows_ahead(); ahead > 0) {
      keep_for_ever("the last " + std::to_string(ahead) + " rows" + per(node.partition_by, input()),
                    ahead * bytes_of(input()));
      kept_.back().can_go = false;
    }
    if (const uint32_t behind = node.rows_behind(); behind > 0) {
      keep_for_ever("the last " + std::to_string(behind) + " rows, until as many have come behind" +
                        per(node.partition_by, input()),
                    behind * bytes_of(input()));
      kept_.back().can_go = false;
    }
    if (node.at_start) {
      keep_for_ever("that there was a row" + per(node.partition_by, input()), bytes_of(input()));
      kept_.back().can_go = false;
    }
    if (node.numbers_matches()) {
      keep_for_ever("how many matches there were" + per(node.partition_by, input()),
                    bytes_of(input()) + sizeof(int64_t));
      kept_.back().can_go = false;
    }
    if (node.within_ms) {
      keep_until((node.by_arrival() ? "the clock is " : "the watermark is ") +
                     duration_text(*node.within_ms) + " past its first row",
                 rows, bytes_of(input()));
    } else {
      keep_for_ever(rows, bytes_of(input()));
    }
  }

  std::string ttl_;
  const Node* node_ = nullptr;
  std::vector<KeptState> kept_;
};

}  // namespace

std::vector<KeptState> kept_state(const Plan& plan) {
  Collector collector(plan);
  for (const auto& node : plan.nodes) {
    collector.visit(*node);
  }
  return collector.take();
}

static std::string end_of(const KeptState& kept) {
  if (!kept.grows) {
    return "until " + kept.until;
  }
  const std::string remedy =
      !kept.can_go                                   ? ""
      : kept.node->kind == NodeKind::match_recognize ? "; WITHIN would let it go"
      : can_expire(*kept.node) ? "; '" + std::string(kStateTtl) + "' would let it go"
                               : "";
  return "for ever: it grows with its input" + remedy;
}

std::string explain_state(const Plan& plan) {
  const std::vector<KeptState> all = kept_state(plan);
  if (all.empty()) {
    return "No operator keeps anything but its position.\n";
  }
  std::string text;
  const Node* node = nullptr;
  for (const KeptState& kept : all) {
    if (kept.node != node) {
      node = kept.node;
      text += line_of(*node) + "\n";
    }
    text += "   keeps " + kept.what + ", about " + std::to_string(kept.entry_bytes) + " bytes\n" +
            "   " + end_of(kept) + "\n";
  }
  return text;
}

}  // namespace millrace::plan
