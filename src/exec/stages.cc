#include "exec/stages.h"

#include <algorithm>

#include "base/clock.h"

namespace millrace::exec {

Stages::Stages(std::vector<std::unique_ptr<Stage>> stages, state::TableStore& store)
    : stages_(std::move(stages)) {
  restore_counts(store);
}

template <typename Holds>
bool Stages::all_heads(Holds&& holds) const {
  return std::all_of(stages_.begin(), stages_.end(), [&](const auto& stage) {
    return !stage->head || stage->looked_up || holds(*stage->head);
  });
}

// --- Work ---

bool Stages::take_turns() {
  return go_on() || give_turns(Heads::looked_up) || give_turns(Heads::bounded) ||
         give_turns(Heads::unbounded);
}

static bool gives_more(const std::unique_ptr<Stage>& stage) {
  return stage->step && stage->step->has_more();
}

bool Stages::go_on() {
  const auto stage = std::find_if(stages_.begin(), stages_.end(), gives_more);
  if (stage == stages_.end()) {
    return false;
  }
  (*stage)->step->go_on(*(*stage)->output);
  return true;
}

bool Stages::has_more() const { return std::any_of(stages_.begin(), stages_.end(), gives_more); }

Stages::Heads Stages::heads_of(const Stage& stage) {
  return stage.looked_up         ? Heads::looked_up
         : stage.head->bounded() ? Heads::bounded
                                 : Heads::unbounded;
}

bool Stages::give_turns(Heads heads) {
  bool worked = false;
  for (const auto& stage : stages_) {
    if (stage->head && heads_of(*stage) == heads && stage->head->turn(*stage->output)) {
      // What is looked up holds the others up no longer once it has ended.
      worked = worked || heads != Heads::looked_up || !stage->head->finished();
    }
  }
  return worked;
}

bool Stages::ring_alarms(const Clock& clock) {
  bool rang = false;
  for (const auto& stage : stages_) {
    const auto due = stage->alarm != nullptr ? stage->alarm->due() : std::nullopt;
    if (due && *due <= clock.now()) {
      stage->alarm->ring(*stage->output);
      rang = true;
    }
  }
  return rang;
}

std::optional<Instant> Stages::wake_at(const Clock& clock) const {
  std::optional<Instant> first;
  const auto add = [&](Instant at) { first = std::min(first.value_or(at), at); };
  for (const auto& stage : stages_) {
    if (const auto at = stage->head ? stage->head->idle_at() : std::nullopt) {
      add(*at);
    }
    if (const auto due = stage->alarm != nullptr ? stage->alarm->due() : std::nullopt) {
      add(clock.monotonic() + (*due - clock.now()));
    }
  }
  return first;
}

void Stages::on_ready(const std::function<void()>& wake) {
  for (const auto& stage : stages_) {
    if (stage->head) {
      stage->head->on_ready(wake);
    }
  }
}

// --- The input ---

bool Stages::bounded() const {
  return all_heads([](const Head& head) { return head.bounded(); });
}

bool Stages::finished() const {
  return all_heads([](const Head& head) { return head.finished(); }) && !has_more();
}

bool Stages::paused() const {
  return all_heads([](const Head& head) { return head.paused(); }) && !has_more();
}

std::string Stages::cannot_pause() const {
  std::string why;
  all_heads([&](const Head& head) {
    why = head.cannot_pause();
    return why.empty();
  });
  return why;
}

Positions Stages::ends(Extent extent) const {
  Positions ends;
  for (const auto& stage : stages_) {
    if (stage->head) {
      stage->head->add_ends(extent, ends);
    }
  }
  return ends;
}

void Stages::pause_at(const Positions& positions) {
  for (const auto& stage : stages_) {
    if (stage->head && !stage->looked_up) {
      stage->head->pause_at(positions);
    }
  }
}

uint64_t Stages::behind() const {
  uint64_t behind = 0;
  for (const auto& stage : stages_) {
    behind += stage->head ? stage->head->behind() : 0;
  }
  return behind;
}

// --- Epochs ---

void Stages::sync() {
  for (const auto& stage : stages_) {
    if (stage->head) {
      stage->head->sync();
    }
  }
}

void Stages::committed() {
  for (const auto& stage : stages_) {
    if (stage->head) {
      stage->head->committed();
    }
  }
}

namespace {

constexpr std::string_view kWatermark = "watermark";  // among the counts

// Calls visit(name, count) for each count.
template <typename Counts, typename Visit>
void for_each_count(Counts& counts, Visit&& visit) {
  visit("in", counts.in);
  visit("out", counts.out);
  visit("rejected", counts.rejected);
  visit("late", counts.late);
  visit("filtered", counts.filtered);
  visit("grouped", counts.grouped);
}

}  // namespace

void Stages::restore_counts(state::TableStore& store) {
  for (const auto& stage : stages_) {
    state::Numbers& saved = state::Tables(&store, stage->id).numbers("counts");
    saved_counts_[stage->id] = &saved;
    for_each_count(stage->counts, [&](std::string_view name, uint64_t& count) {
      count = static_cast<uint64_t>(saved.at(name));
    });
    // An input that had ended may have got more to read since.
    const auto sent = saved.find(kWatermark);
    if (sent && *sent != Watermark::end_of_input().ms) {
      stage->output->restore({*sent});
    }
  }
}

void Stages::save_counts() {
  for (const auto& stage : stages_) {
    state::Numbers& saved = *saved_counts_.at(stage->id);
    for_each_count(stage->counts, [&](std::string_view name, uint64_t count) {
      saved.put(name, static_cast<int64_t>(count));
    });
    saved.put(kWatermark, stage->output->watermark().ms);
  }
}

std::map<std::string, Sink*> Stages::sinks() const {
  std::map<std::string, Sink*> sinks;
  for (const auto& stage : stages_) {
    if (stage->sink) {
      sinks[stage->id] = stage->sink.get();
    }
  }
  return sinks;
}

std::vector<OperatorStatus> Stages::status() const {
  std::vector<OperatorStatus> all;
  for (const auto& stage : stages_) {
    all.push_back({stage->id, stage->what, stage->counts, stage->output->watermark(),
                   stage->head ? stage->head->splits() : std::vector<SplitStatus>(),
                   stage->step ? stage->step->waits_for() : std::nullopt});
  }
  return all;
}

}  // namespace millrace::exec
