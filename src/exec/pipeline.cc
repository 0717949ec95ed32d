#include "exec/pipeline.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "exec/checkpoint.h"
#include "exec/connectors.h"
#include "exec/dead_letters.h"
#include "exec/epoch_write.h"
#include "exec/layers.h"
#include "exec/memory_limit.h"
#include "exec/pipeline_metrics.h"
#include "exec/stages.h"
#include "plan/fingerprint.h"
#include "plan/overwriting.h"

namespace millrace::exec {

static constexpr std::string_view kDeadLetterId = "dead_letters";
static constexpr std::string_view kLateRowId = "late_rows";
// Bytes of state that are written and synced in about the time that syncing nothing takes.
static constexpr size_t kLargeState = size_t{1} << 20;

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
  bool finished() const { return is_over_ || stages_.finished(); }
  Epoch epoch() const { return epoch_; }
  std::vector<OperatorStatus> operators() const { return stages_.status(); }
  StateSize state_size() const { return {store_.memory(), store_.spilled()}; }
  void on_ready(const std::function<void()>& wake);
  std::string cannot_pause() const {
    return plan::overwrites(*spec_.plan) ? "what it overwrites it writes at its end, as a whole"
                                         : stages_.cannot_pause();
  }
  Positions pause(Extent extent);
  void pause_at(const Positions& positions);
  bool paused() const { return pausing_ && stages_.paused(); }
  uint64_t behind() const { return stages_.behind(); }

 private:
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
  bool sink_is_due() const;
  bool sinks_overlap() const;
  Layers::Limits layer_limits() const;
  std::shared_ptr<EpochWrite> end_epoch();
  void complete(const Checkpoint& done);
  // Of the epoch under way.
  Epoch next() const { return (writing_ ? writing_->checkpoint().epoch : epoch_) + 1; }
  void publish(const std::map<std::string, std::string>& tokens);

  PipelineSpec spec_;
  Task task_;
  Checkpoints checkpoints_;
  std::string fingerprint_;
  MemoryLimit memory_limit_;
  state::SpillSpace space_;
  state::TableStore store_;
  std::optional<Layers> layers_;
  Epoch epoch_;                          // the last durable one
  std::shared_ptr<EpochWrite> writing_;  // by another thread
  std::function<void()> wake_;

  LetterTable dead_letters_;
  LetterTable late_rows_;
  Stages stages_;
  std::optional<PipelineMetrics> metrics_;

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
  limits.large *= stages_.bounded() ? kTimesOfBounded : 1;
  const auto found = spec_.plan->settings.find("execution.checkpointing.incremental");
  if (found != spec_.plan->settings.end() && found->second == "false") {
    limits.large = SIZE_MAX;
  }
  return limits;
}

Pipeline::Running::Running(const PipelineSpec& spec, Connectors& connectors, const io::World& world)
    : spec_(spec),
      task_{spec.signature.empty() ? spec.name : spec.signature,
            spec.plan->settings,
            world,
            &store_,
            false,
            spec.name},
      checkpoints_(spec.directory, world),
      fingerprint_(plan::fingerprint(*spec.plan)),
      memory_limit_(spec),
      space_(world.files, spec.directory, memory_limit_.bytes()) {
  const std::optional<Checkpoint> last = checkpoints_.newest();
  if (last) {
    check_plan(*last);
    epoch_ = last->epoch;
    task_.input_had_ended = last->finished;
    is_over_ = last->finished && (spec.leaves == Leaves::results || plan::overwrites(*spec.plan));
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
  stages_ = Stages(build(*spec_.plan, task_, connectors, *dead_letters_.letters,
                         late_rows_.sink ? late_rows_.letters.get() : nullptr),
                   store_);
  layers_.emplace(spec.directory, world.files, layer_limits(),
                  last ? last->layers : std::vector<state::Layer>());
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
      std::make_unique<DeadLetters>(table.get(), letters.sink.get(), task_.world.clock, spec_.name);
}

bool Pipeline::Running::run_once() {
  if (is_over_ || paused()) {
    return false;
  }
  const bool rang = stages_.ring_alarms(*task_.world.clock);
  const bool worked = stages_.take_turns() || rang;
  changed_ = changed_ || worked || sink_is_due();
  if (worked) {
    memory_limit_.hold(store_, [this] { return layers_->save_all(store_, next()); });
    layers_->after_turn(store_, next());
  }
  return worked;
}

std::map<std::string, Sink*> Pipeline::Running::sinks() const {
  std::map<std::string, Sink*> sinks = stages_.sinks();
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
  stages_.sync();
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
  stages_.save_counts();
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
  stages_.committed();
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
  std::optional<Instant> first = stages_.wake_at(*task_.world.clock);
  for (const auto& [id, sink] : sinks()) {
    if (const auto at = sink->due_at()) {
      first = first ? std::min(*first, *at) : *at;
    }
  }
  return first;
}

Positions Pipeline::Running::pause(Extent extent) {
  Positions ends = stages_.ends(extent);
  pause_at(ends);
  return ends;
}

void Pipeline::Running::pause_at(const Positions& positions) {
  if (const std::string why = cannot_pause(); !why.empty()) {
    throw Error(ErrorCode::unsupported, "cannot pause pipeline '" + spec_.name + "': " + why);
  }
  stages_.pause_at(positions);
  pausing_ = true;
  changed_ = true;  // the sinks have to show what they hold
}

void Pipeline::Running::on_ready(const std::function<void()>& wake) {
  wake_ = wake;
  stages_.on_ready(wake);
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
Positions Pipeline::pause(Extent extent) { return running_->pause(extent); }
void Pipeline::pause_at(const Positions& positions) { running_->pause_at(positions); }
bool Pipeline::paused() const { return running_->paused(); }
uint64_t Pipeline::behind() const { return running_->behind(); }

}  // namespace millrace::exec
