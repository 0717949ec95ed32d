#include "exec/pipeline.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/memory_size.h"
#include "exec/build.h"
#include "exec/checkpoint.h"
#include "exec/connectors.h"
#include "exec/dead_letters.h"
#include "exec/epoch_write.h"
#include "exec/layers.h"
#include "exec/pipeline_metrics.h"
#include "plan/fingerprint.h"

namespace millrace::exec {

static constexpr std::string_view kDeadLetterId = "dead_letters";
static constexpr std::string_view kLateRowId = "late_rows";
// Bytes of state that are written and synced in about the time that syncing nothing takes.
static constexpr size_t kLargeState = size_t{1} << 20;

// What state may take in memory.
static constexpr const char* kMemory = "millrace.state.memory";
// How many turns pass before it is measured again; each adds a few thousand rows at most.
static constexpr uint32_t kTurnsBetween = 8;

// Once there is too much, so much more goes that it is not too much at once again.
static constexpr size_t kPartThatIsLeft = 8;

static size_t most_memory(const PipelineSpec& spec) {
  const auto found = spec.plan->settings.find(kMemory);
  const int64_t bytes = found == spec.plan->settings.end()
                            ? spec.state_bytes
                            : parse_memory_size(found->second).value_or(0);
  return bytes == 0 ? SIZE_MAX : static_cast<size_t>(bytes);
}

class Pipeline::Running {
 public:
  Running(const PipelineSpec& spec, Connectors& connectors, const io::World& world);

  ~Running();

  bool run_once();
  void checkpoint();
  void begin_checkpoint(const Elsewhere& elsewhere);
  void complete_checkpoint();
  std::optional<Instant> checkpoint_due() const;
  std::optional<Instant> wake_at() const;
  bool finished() const;
  Epoch epoch() const { return epoch_; }
  std::vector<OperatorStatus> operators() const;
  StateSize state_size() const { return {store_.memory(), store_.spilled()}; }
  void on_ready(const std::function<void()>& wake);
  std::string cannot_pause() const;
  Positions pause();
  void pause_at(const Positions& positions);
  bool paused() const;
  uint64_t behind() const;

 private:
  enum class Heads : uint8_t { looked_up, bounded, unbounded };

  static Heads heads_of(const Stage& stage);
  bool give_turns(Heads heads);
  // Of the heads but for those that are looked up, after which nobody waits for more.
  template <typename Holds>
  bool all_heads(Holds&& holds) const {
    return std::all_of(stages_.begin(), stages_.end(), [&](const auto& stage) {
      return !stage->head || stage->looked_up || holds(*stage->head);
    });
  }
  // A table of what left the way of rows, with its sink; without a table there is no sink.
  struct LetterTable {
    OperatorCounts counts;
    plan::Sink node;
    std::unique_ptr<Sink> sink;
    std::unique_ptr<DeadLetters> letters;
  };

  void make_letters(LetterTable& letters, std::string_view id,
                    const std::shared_ptr<const catalog::Table>& table, Connectors& connectors);
  void check_plan(const Checkpoint& last) const;
  void check_all_is_claimed() const;
  std::map<std::string, Sink*> sinks() const;
  bool ring_alarms();
  bool sink_is_due() const;
  bool sinks_overlap() const;
  bool is_bounded() const;
  Layers::Limits layer_limits() const;
  std::shared_ptr<EpochWrite> end_epoch();
  void complete(const Checkpoint& done);
  // Of the epoch under way.
  Epoch next() const { return (writing_ ? writing_->checkpoint().epoch : epoch_) + 1; }
  void check_memory();
  void spill(size_t bytes);
  void publish(const std::map<std::string, std::string>& tokens);
  void restore_counts();
  void save_counts();

  PipelineSpec spec_;
  Task task_;
  Checkpoints checkpoints_;
  std::string fingerprint_;
  size_t most_memory_;
  state::SpillSpace space_;
  state::TableStore store_;
  std::optional<Layers> layers_;
  Epoch epoch_;                          // the last durable one
  std::shared_ptr<EpochWrite> writing_;  // by another thread
  std::function<void()> wake_;

  LetterTable dead_letters_;
  LetterTable late_rows_;
  std::vector<std::unique_ptr<Stage>> stages_;
  std::map<std::string, state::Numbers*> saved_counts_;
  std::optional<PipelineMetrics> metrics_;

  uint32_t turns_ = 0;
  Duration interval_;
  Instant last_checkpoint_;
  Duration stood_;  // for the last checkpoint
  Duration pause_;  // before the next one
  bool changed_ = false;
  bool pausing_ = false;
  bool is_over_ = false;  // in an earlier life, of whose state nothing was left
};

// Nobody waits for a record of input that ends, and writing what changed takes up to a fifth of the
// time where most of it is new: such state may be so many times as large before it is in layers.
static constexpr size_t kTimesOfBounded = 256;

Layers::Limits Pipeline::Running::layer_limits() const {
  Layers::Limits limits = spec_.layers;
  limits.large *= is_bounded() ? kTimesOfBounded : 1;
  const auto found = spec_.plan->settings.find("execution.checkpointing.incremental");
  if (found != spec_.plan->settings.end() && found->second == "false") {
    limits.large = SIZE_MAX;
  }
  return limits;
}

bool Pipeline::Running::is_bounded() const {
  return all_heads([](const Head& head) { return head.bounded(); });
}

Pipeline::Running::Running(const PipelineSpec& spec, Connectors& connectors, const io::World& world)
    : spec_(spec),
      task_{spec.signature.empty() ? spec.name : spec.signature, spec.plan->settings, world,
            &store_, false},
      checkpoints_(spec.directory, world),
      fingerprint_(plan::fingerprint(*spec.plan)),
      most_memory_(most_memory(spec)),
      space_(world.files, spec.directory, most_memory_) {
  const std::optional<Checkpoint> last = checkpoints_.newest();
  if (last) {
    check_plan(*last);
    epoch_ = last->epoch;
    task_.input_had_ended = last->finished;
    is_over_ = last->finished && spec.leaves == Leaves::results;
    if (!is_over_) {
      store_ = state::TableStore(last->state, checkpoints_.layers(*last));
    }
  }
  store_.spill_to(&space_);
  interval_ = TaskContext(&task_, "", nullptr)
                  .duration_setting("execution.checkpointing.interval", Duration::seconds(1));
  if (spec_.dead_letters == nullptr) {
    world.log->info("pipeline", "no table for dead letters: a bad record will stop it",
                    {{"pipeline", spec_.name}});
  }
  make_letters(dead_letters_, kDeadLetterId, spec_.dead_letters, connectors);
  make_letters(late_rows_, kLateRowId, spec_.late_rows, connectors);
  stages_ = build(*spec_.plan, task_, connectors, *dead_letters_.letters,
                  late_rows_.sink ? late_rows_.letters.get() : nullptr);
  layers_.emplace(spec.directory, world.files, layer_limits(),
                  last ? last->layers : std::vector<state::Layer>());
  restore_counts();
  check_all_is_claimed();
  if (world.metrics != nullptr) {
    metrics_.emplace(*world.metrics, spec_.name, operators());
  }
  last_checkpoint_ = world.clock->monotonic();
  if (last) {
    publish(last->tokens);
    checkpoints_.remove_before(epoch_);
  } else {
    changed_ = true;
    checkpoint();
  }
}

void Pipeline::Running::check_plan(const Checkpoint& last) const {
  if (last.fingerprint != fingerprint_) {
    throw Error(ErrorCode::conflict,
                "pipeline '" + spec_.name + "' has state of another plan (" +
                    plan::first_difference(last.fingerprint, fingerprint_) +
                    "): give the changed pipeline another name, or drop the old one's state with " +
                    "its directory " + spec_.directory + " to begin anew");
  }
}

void Pipeline::Running::check_all_is_claimed() const {
  const auto all = sinks();
  for (const std::string& table : store_.unclaimed()) {
    const std::string owner = table.substr(0, table.find('/'));
    // The table of late rows is a setting that may be taken out at a restart (publish()).
    const bool was_taken_out = owner == kLateRowId && !all.contains(owner);
    const bool is_left_behind = all.contains(owner) && spec_.writes == Writes::nothing;
    if (!was_taken_out && !is_left_behind) {
      throw Error(ErrorCode::corrupt, "the checkpoint of pipeline '" + spec_.name +
                                          "' has state that nothing in the plan owns: " + table);
    }
  }
}

void Pipeline::Running::make_letters(LetterTable& letters, std::string_view id,
                                     const std::shared_ptr<const catalog::Table>& table,
                                     Connectors& connectors) {
  if (table != nullptr) {
    letters.node = letter_node(table);
    TaskContext context(&task_, std::string(id), &letters.counts);
    letters.sink = connectors.make_sink(letters.node, context);
  }
  letters.letters =
      std::make_unique<DeadLetters>(table.get(), letters.sink.get(), task_.world.clock);
}

// Those whose time has come.
bool Pipeline::Running::ring_alarms() {
  bool rang = false;
  for (const auto& stage : stages_) {
    const auto due = stage->alarm != nullptr ? stage->alarm->due() : std::nullopt;
    if (due && *due <= task_.world.clock->now()) {
      stage->alarm->ring(*stage->output);
      rang = true;
    }
  }
  return rang;
}

// A row looks up what is there when it comes: so that is read ahead of it, all of it.
//
// What is bounded is read to its end before anything else has a turn: a table of customers is whole
// before the first order meets it, and no order waits longer than it must. A Flink job reads both
// at once, so that it may do the same, or not: this is the one of its schedules that depends on no
// clock. Where all input is bounded, all take turns.
bool Pipeline::Running::run_once() {
  if (is_over_ || paused()) {
    return false;
  }
  const bool rang = ring_alarms();
  const bool worked = give_turns(Heads::looked_up) || give_turns(Heads::bounded) ||
                      give_turns(Heads::unbounded) || rang;
  changed_ = changed_ || worked || sink_is_due();
  if (worked) {
    check_memory();
    layers_->after_turn(store_, next());
  }
  return worked;
}

// State that has left memory is in no checkpoint but by layers.
void Pipeline::Running::spill(size_t bytes) {
  if (layers_->save_all(store_, next())) {
    store_.spill(bytes);
  }
}

// What can leave memory does; else a pipeline ends alone, before the process would. What it has
// done since its last checkpoint is done again once it may have more.
void Pipeline::Running::check_memory() {
  if (spec_.spills == Spills::each_turn) {
    spill(SIZE_MAX);
  }
  // What has left memory comes back by whole blocks.
  const bool is_time = turns_++ % kTurnsBetween == 0 || store_.spilled() > 0;
  if (most_memory_ == SIZE_MAX || !is_time || store_.memory() <= most_memory_) {
    return;
  }
  spill(store_.memory() - (most_memory_ - most_memory_ / kPartThatIsLeft));
  const size_t held = store_.memory();
  if (held <= most_memory_) {
    return;
  }
  const auto [table, bytes] = store_.largest();
  throw Error(
      ErrorCode::invalid_argument,
      "the state of pipeline '" + spec_.name + "' takes " + std::to_string(held) +
          " bytes in memory, more than the " + std::to_string(most_memory_) + " that it may have" +
          (store_.spilled() > 0 ? ", although what could has left it" : "") + "; most of it is '" +
          table + "' with " + std::to_string(bytes) + ": SET '" + kMemory +
          "' to more, or let the query keep less, by windows or 'table.exec.state.ttl'");
}

Pipeline::Running::Heads Pipeline::Running::heads_of(const Stage& stage) {
  return stage.looked_up         ? Heads::looked_up
         : stage.head->bounded() ? Heads::bounded
                                 : Heads::unbounded;
}

bool Pipeline::Running::give_turns(Heads heads) {
  bool worked = false;
  for (const auto& stage : stages_) {
    if (stage->head && heads_of(*stage) == heads && stage->head->turn(*stage->output)) {
      // What is looked up holds the others up no longer once it has ended.
      worked = worked || heads != Heads::looked_up || !stage->head->finished();
    }
  }
  return worked;
}

std::map<std::string, Sink*> Pipeline::Running::sinks() const {
  std::map<std::string, Sink*> sinks;
  for (const auto& stage : stages_) {
    if (stage->sink) {
      sinks[stage->id] = stage->sink.get();
    }
  }
  if (dead_letters_.sink) {
    sinks[std::string(kDeadLetterId)] = dead_letters_.sink.get();
  }
  if (late_rows_.sink) {
    sinks[std::string(kLateRowId)] = late_rows_.sink.get();
  }
  return sinks;
}

void Pipeline::Running::publish(const std::map<std::string, std::string>& tokens) {
  const auto all = sinks();
  for (const auto& [id, token] : tokens) {
    const auto sink = all.find(id);
    if (sink == all.end()) {
      // All others are in the plan, whose fingerprint is the same.
      check(id == kLateRowId, "only the table of late rows is left out at a restart");
      task_.world.log->warning("pipeline", "the last epoch's late rows have no table any more",
                               {{"pipeline", spec_.name}});
      continue;
    }
    sink->second->publish(epoch_, token);
  }
}

// The write goes on by itself, but what it writes for must not be removed under it.
Pipeline::Running::~Running() {
  if (writing_) {
    writing_->wait_until_done();
  }
}

// Collects what the epoch did. From here on all is of the next one.
std::shared_ptr<EpochWrite> Pipeline::Running::end_epoch() {
  for (const auto& stage : stages_) {
    if (stage->head) {
      stage->head->sync();
    }
  }
  dead_letters_.letters->flush();
  late_rows_.letters->flush();
  if (finished() || paused()) {
    for (const auto& [id, sink] : sinks()) {
      sink->finish();
    }
  }
  Checkpoint ended{epoch_ + 1, fingerprint_, finished(), {}, {}, {}};
  for (const auto& [id, sink] : sinks()) {
    if (std::string token = sink->prepare(ended.epoch); !token.empty()) {
      ended.tokens[id] = std::move(token);
    }
  }
  save_counts();
  if (!ended.finished || spec_.leaves == Leaves::state) {
    ended.layers = layers_->finish(store_, ended.epoch);
    ended.state = store_.snapshot(layers_->in_use() ? state::TableStore::Which::whole
                                                    : state::TableStore::Which::all);
  } else {
    layers_->drop(store_, ended.epoch);
  }
  changed_ = false;
  return std::make_shared<EpochWrite>(&checkpoints_, std::move(ended), layers_->take_finished());
}

// The epoch is over, whatever comes now: after a crash its tokens are published again.
void Pipeline::Running::complete(const Checkpoint& done) {
  epoch_ = done.epoch;
  publish(done.tokens);
  checkpoints_.remove_before(epoch_);
  layers_->remove_others();
  for (const auto& stage : stages_) {
    if (stage->head) {
      stage->head->committed();
    }
  }
  const uint64_t bytes = done.state.size() + layers_->last_bytes();
  const Instant began = last_checkpoint_;
  last_checkpoint_ = task_.world.clock->monotonic();
  // What is large must not hold the pipeline up for more than a tenth of the time. What is small
  // takes waiting for the disk, which is what a short interval asks for.
  pause_ = bytes > kLargeState ? stood_ * 9 : Duration();
  if (metrics_) {
    metrics_->report(operators());
    metrics_->checkpoint(epoch_, last_checkpoint_ - began, bytes);
    metrics_->state(state_size());
  }
}

void Pipeline::Running::checkpoint() {
  if (writing_) {
    writing_->wait();
    complete_checkpoint();
  }
  if (!changed_) {
    return;
  }
  last_checkpoint_ = task_.world.clock->monotonic();
  const auto write = end_epoch();
  write->run();
  write->wait();
  stood_ = task_.world.clock->monotonic() - last_checkpoint_;
  complete(write->checkpoint());
}

bool Pipeline::Running::sinks_overlap() const {
  const auto all = sinks();
  return std::all_of(all.begin(), all.end(),
                     [](const auto& entry) { return entry.second->overlaps(); });
}

// Small state is durable sooner than another thread would be awake.
void Pipeline::Running::begin_checkpoint(const Elsewhere& elsewhere) {
  if (writing_ || !layers_->in_use() || finished() || paused() || !sinks_overlap()) {
    checkpoint();
    return;
  }
  if (changed_) {
    last_checkpoint_ = task_.world.clock->monotonic();
    writing_ = end_epoch();
    stood_ = task_.world.clock->monotonic() - last_checkpoint_;
    elsewhere([handed = std::make_shared<HandedOver>(writing_), wake = wake_] {
      handed->write().run();
      if (wake) {
        wake();
      }
    });
  }
}

void Pipeline::Running::complete_checkpoint() {
  if (writing_ && writing_->is_done()) {
    writing_->wait();  // no longer than a failure takes to be thrown
    const auto write = std::exchange(writing_, nullptr);
    complete(write->checkpoint());
  }
}

// A file became too old, and the end of an epoch finishes it.
bool Pipeline::Running::sink_is_due() const {
  const Instant now = task_.world.clock->monotonic();
  const auto all = sinks();
  return std::any_of(all.begin(), all.end(), [&](const auto& entry) {
    const auto at = entry.second->due_at();
    return at && now >= *at;
  });
}

std::optional<Instant> Pipeline::Running::checkpoint_due() const {
  if (!changed_ || writing_) {
    return std::nullopt;
  }
  return last_checkpoint_ + std::max(interval_, pause_);
}

std::optional<Instant> Pipeline::Running::wake_at() const {
  const Clock& clock = *task_.world.clock;
  std::optional<Instant> first;
  for (const auto& stage : stages_) {
    if (const auto at = stage->head ? stage->head->idle_at() : std::nullopt) {
      first = first ? std::min(*first, *at) : *at;
    }
    if (const auto due = stage->alarm != nullptr ? stage->alarm->due() : std::nullopt) {
      const Instant at = clock.monotonic() + (*due - clock.now());
      first = first ? std::min(*first, at) : at;
    }
  }
  for (const auto& [id, sink] : sinks()) {
    if (const auto at = sink->due_at()) {
      first = first ? std::min(*first, *at) : *at;
    }
  }
  return first;
}

bool Pipeline::Running::finished() const {
  return is_over_ || all_heads([](const Head& head) { return head.finished(); });
}

std::string Pipeline::Running::cannot_pause() const {
  std::string why;
  all_heads([&](const Head& head) {
    why = head.cannot_pause();
    return why.empty();
  });
  return why;
}

Positions Pipeline::Running::pause() {
  Positions ends;
  for (const auto& stage : stages_) {
    if (stage->head) {
      stage->head->add_ends(ends);
    }
  }
  pause_at(ends);
  return ends;
}

void Pipeline::Running::pause_at(const Positions& positions) {
  if (const std::string why = cannot_pause(); !why.empty()) {
    throw Error(ErrorCode::unsupported, "cannot pause pipeline '" + spec_.name + "': " + why);
  }
  for (const auto& stage : stages_) {
    if (stage->head && !stage->looked_up) {
      stage->head->pause_at(positions);
    }
  }
  pausing_ = true;
  changed_ = true;  // the sinks have to show what they hold
}

bool Pipeline::Running::paused() const {
  return pausing_ && all_heads([](const Head& head) { return head.paused(); });
}

uint64_t Pipeline::Running::behind() const {
  uint64_t behind = 0;
  for (const auto& stage : stages_) {
    behind += stage->head ? stage->head->behind() : 0;
  }
  return behind;
}

std::vector<OperatorStatus> Pipeline::Running::operators() const {
  std::vector<OperatorStatus> all;
  for (const auto& stage : stages_) {
    all.push_back({stage->id, stage->what, stage->counts, stage->output->watermark(),
                   stage->head ? stage->head->splits() : std::vector<SplitStatus>(),
                   stage->step ? stage->step->waits_for() : std::nullopt});
  }
  return all;
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

void Pipeline::Running::restore_counts() {
  for (const auto& stage : stages_) {
    state::Numbers& saved = state::Tables(&store_, stage->id).numbers("counts");
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

void Pipeline::Running::save_counts() {
  for (const auto& stage : stages_) {
    state::Numbers& saved = *saved_counts_.at(stage->id);
    for_each_count(stage->counts, [&](std::string_view name, uint64_t count) {
      saved.put(name, static_cast<int64_t>(count));
    });
    saved.put(kWatermark, stage->output->watermark().ms);
  }
}

void Pipeline::Running::on_ready(const std::function<void()>& wake) {
  wake_ = wake;
  for (const auto& stage : stages_) {
    if (stage->head) {
      stage->head->on_ready(wake);
    }
  }
}

Pipeline::Pipeline(const PipelineSpec& spec, Connectors& connectors, const io::World& world)
    : running_(std::make_unique<Running>(spec, connectors, world)) {}

Pipeline::~Pipeline() = default;

bool Pipeline::run_once() { return running_->run_once(); }
void Pipeline::checkpoint() { running_->checkpoint(); }
void Pipeline::begin_checkpoint(const Elsewhere& elsewhere) {
  running_->begin_checkpoint(elsewhere);
}
void Pipeline::complete_checkpoint() { running_->complete_checkpoint(); }
std::optional<Instant> Pipeline::checkpoint_due() const { return running_->checkpoint_due(); }
std::optional<Instant> Pipeline::wake_at() const { return running_->wake_at(); }
bool Pipeline::finished() const { return running_->finished(); }
Epoch Pipeline::epoch() const { return running_->epoch(); }
std::vector<OperatorStatus> Pipeline::operators() const { return running_->operators(); }
StateSize Pipeline::state_size() const { return running_->state_size(); }
void Pipeline::on_ready(std::function<void()> wake) { running_->on_ready(wake); }
std::string Pipeline::cannot_pause() const { return running_->cannot_pause(); }
Positions Pipeline::pause() { return running_->pause(); }
void Pipeline::pause_at(const Positions& positions) { running_->pause_at(positions); }
bool Pipeline::paused() const { return running_->paused(); }
uint64_t Pipeline::behind() const { return running_->behind(); }

}  // namespace millrace::exec
