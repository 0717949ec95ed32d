#include "exec/worker.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <new>
#include <thread>

#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/random.h"
#include "exec/background.h"

namespace millrace::exec {

static constexpr Duration kFirstPause = Duration::milliseconds(200);
static constexpr Duration kLongestPause = Duration::seconds(30);

std::string_view name_of(PipelineState state) {
  switch (state) {
    case PipelineState::starting: return "starting";
    case PipelineState::running: return "running";
    case PipelineState::paused: return "paused";
    case PipelineState::retrying: return "retrying";
    case PipelineState::failed: return "failed";
    case PipelineState::finished: return "finished";
    case PipelineState::stopped: return "stopped";
  }
  return "";
}

static bool has_ended(PipelineState state) {
  return state == PipelineState::failed || state == PipelineState::finished ||
         state == PipelineState::stopped;
}

// What a later try may find mended.
static bool may_pass(ErrorCode code) {
  return code == ErrorCode::io || code == ErrorCode::disk_full || code == ErrorCode::unavailable ||
         code == ErrorCode::timeout;
}

static io::World with_random(io::World world, Random* random) {
  world.random = random;
  return world;
}

namespace {

// What was asked of a worker: to go on; or to pause, at these positions or so far.
struct Wish {
  bool pause = false;
  std::optional<Positions> at = {};
  Extent extent = Extent::readable;
};

}  // namespace

class Worker::Thread {
 public:
  Thread(PipelineSpec spec, Connectors& connectors, const io::World& world,
         std::optional<Positions> pause_at)
      : spec_(std::move(spec)),
        connectors_(connectors),
        random_(world.random != nullptr ? world.random->next() : 0),
        world_(with_random(world, &random_)),
        wish_{pause_at.has_value(), pause_at},
        wishes_(pause_at.has_value() ? 1 : 0),
        thread_([this] { run(); }) {}
  ~Thread() {
    stop();
    thread_.join();
  }

  PipelineStatus status() const {
    const std::lock_guard lock(mutex_);
    return status_;
  }
  template <typename Condition>
  void wait_until(Condition&& condition) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return condition(status_.state); });
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
  }
  void ask(Wish wish) {
    const std::lock_guard lock(mutex_);
    wish_ = std::move(wish);
    ++wishes_;
    // Nobody who looks now is shown what was before the wish.
    if (status_.state == PipelineState::paused) {
      status_.state = PipelineState::running;
    } else if (status_.state == PipelineState::failed) {
      status_.state = PipelineState::starting;
    }
    woken_ = true;
    wake_.notify_all();
  }

 private:
  // How a life of the pipeline ends, where no exception ends it.
  enum class Next : uint8_t { another_life, finished, stopped };

  void run();
  Next live(Duration& pause);
  Next take_turns(Pipeline& pipeline, Duration& pause);
  bool obey(Pipeline& pipeline);
  void report_paused();
  // Until somebody wishes for another life. False where it is to stop instead.
  bool report_failed(const std::string& reason);
  void wake();
  // Until woken, stopped or the instant, where there is one.
  void rest_until(std::optional<Instant> instant);
  bool stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }
  void report(PipelineState state, const std::string& reason);
  void report(const Pipeline& pipeline);

  const PipelineSpec spec_;
  Connectors& connectors_;
  Random random_;  // of this thread alone
  const io::World world_;
  uint64_t heard_ = 0;    // wishes, in this life; of the thread alone
  bool pausing_ = false;  // the same

  mutable std::mutex mutex_;  // all below
  std::condition_variable wake_;
  std::condition_variable changed_;
  PipelineStatus status_;
  Wish wish_;
  uint64_t wishes_;  // how many there were
  bool stopping_ = false;
  bool woken_ = false;

  Background background_;  // what it runs wakes the thread
  std::thread thread_;     // last: it uses all of the above
};

void Worker::Thread::wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  wake_.notify_all();
}

void Worker::Thread::rest_until(std::optional<Instant> instant) {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return woken_ || stopping_; };
  if (!instant) {
    wake_.wait(lock, ready);
  } else if (const Duration left = *instant - world_.clock->monotonic(); left.ns > 0) {
    wake_.wait_for(lock, std::chrono::nanoseconds(left.ns), ready);
  }
  woken_ = false;
}

void Worker::Thread::report(PipelineState state, const std::string& reason) {
  const std::lock_guard lock(mutex_);
  status_.state = state;
  status_.reason = reason;
  changed_.notify_all();
}

void Worker::Thread::report(const Pipeline& pipeline) {
  std::vector<OperatorStatus> operators = pipeline.operators();
  const uint64_t behind = pipeline.behind();
  const std::lock_guard lock(mutex_);
  status_.epoch = pipeline.epoch();
  status_.operators = std::move(operators);
  status_.behind = behind;
}

// What was last asked, where this life has not heard of it. False where it is to end, because a
// pipeline that pauses does not go on.
bool Worker::Thread::obey(Pipeline& pipeline) {
  Wish wish;
  {
    const std::lock_guard lock(mutex_);
    if (wishes_ == heard_) {
      return true;
    }
    heard_ = wishes_;
    wish = wish_;
  }
  if (!wish.pause) {
    return !pausing_;
  }
  pausing_ = true;
  if (wish.at) {
    pipeline.pause_at(*wish.at);
    return true;
  }
  Positions at = pipeline.pause(wish.extent);
  const std::lock_guard lock(mutex_);
  if (wishes_ == heard_) {
    wish_.at = std::move(at);  // another life pauses there too
  }
  return true;
}

void Worker::Thread::report_paused() {
  const std::lock_guard lock(mutex_);
  if (wishes_ == heard_) {
    status_.state = PipelineState::paused;
    status_.paused_at = *wish_.at;
    changed_.notify_all();
  }
}

bool Worker::Thread::report_failed(const std::string& reason) {
  std::unique_lock lock(mutex_);
  status_.state = PipelineState::failed;
  status_.reason = reason;
  changed_.notify_all();
  const uint64_t heard = wishes_;
  wake_.wait(lock, [&] { return stopping_ || wishes_ != heard; });
  return !stopping_;
}

// One life of the pipeline: from the last checkpoint to its end, or to an exception.
Worker::Thread::Next Worker::Thread::live(Duration& pause) {
  heard_ = 0;
  pausing_ = false;
  Pipeline pipeline(spec_, connectors_, world_);
  report(pipeline);
  {
    const std::lock_guard lock(mutex_);
    status_.cannot_pause = pipeline.cannot_pause();
  }
  report(PipelineState::running, "");
  // The sources stop calling before this thread object goes: they die with the pipeline, here.
  pipeline.on_ready([this] { wake(); });
  try {
    return take_turns(pipeline, pause);
  } catch (...) {  // what it had done by then is told with the failure
    report(pipeline);
    throw;
  }
}

Worker::Thread::Next Worker::Thread::take_turns(Pipeline& pipeline, Duration& pause) {
  Epoch before = pipeline.epoch();
  while (!stopping() && !pipeline.finished()) {
    if (!obey(pipeline)) {
      return Next::another_life;
    }
    const bool worked = pipeline.run_once();
    pipeline.complete_checkpoint();
    if (pipeline.paused()) {
      pipeline.checkpoint();
      report(pipeline);
      report_paused();
      rest_until(std::nullopt);
      continue;
    }
    const auto due = pipeline.checkpoint_due();
    if (due && world_.clock->monotonic() >= *due) {
      pipeline.begin_checkpoint([this](auto write) { background_.run(std::move(write)); });
      report(pipeline);
    }
    if (const Epoch epoch = pipeline.epoch(); epoch > before) {
      before = epoch;
      pause = kFirstPause;  // progress was made: the next trouble is a new one
    }
    if (!worked && !pipeline.finished()) {
      report(pipeline);
      const auto idle = pipeline.wake_at();
      const auto next = pipeline.checkpoint_due();
      rest_until(next && idle ? std::min(*next, *idle) : next ? next : idle);
    }
  }
  pipeline.checkpoint();
  report(pipeline);
  return pipeline.finished() ? Next::finished : Next::stopped;
}

void Worker::Thread::run() {
  Duration pause = kFirstPause;
  while (true) {
    try {
      Next next = Next::another_life;
      while (next == Next::another_life) {
        next = live(pause);
      }
      report(next == Next::finished ? PipelineState::finished : PipelineState::stopped, "");
      return;
    } catch (const Error& error) {
      world_.log->error("pipeline", may_pass(error.code()) ? "interrupted" : "failed",
                        {{"pipeline", spec_.name}, {"reason", error.what()}});
      if (stopping() || !may_pass(error.code())) {
        if (!report_failed(error.what())) {
          return;
        }
        continue;
      }
      report(PipelineState::retrying, error.what());
    } catch (const std::bad_alloc&) {
      // The same input would take the same memory again, so this is for a person to look at; the
      // other pipelines and the broker go on.
      world_.log->error("pipeline", "failed",
                        {{"pipeline", spec_.name}, {"reason", "out of memory"}});
      if (!report_failed("out of memory: the state or a batch of this pipeline is larger than what "
                         "the machine gives")) {
        return;
      }
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      ++status_.restarts;
      woken_ = false;
    }
    rest_until(world_.clock->monotonic() + pause);
    pause = std::min(pause * 2, kLongestPause);
    if (stopping()) {
      report(PipelineState::stopped, status().reason);
      return;
    }
  }
}

Worker::Worker(PipelineSpec spec, Connectors& connectors, const io::World& world,
               std::optional<Positions> pause_at)
    : thread_(std::make_unique<Thread>(std::move(spec), connectors, world, std::move(pause_at))) {}

Worker::~Worker() = default;

PipelineStatus Worker::status() const { return thread_->status(); }

void Worker::wait_until_ended() { thread_->wait_until(has_ended); }

void Worker::wait_until_started() {
  thread_->wait_until([](PipelineState state) { return state != PipelineState::starting; });
}

void Worker::pause(Extent extent) { thread_->ask({.pause = true, .extent = extent}); }

void Worker::pause_at(Positions positions) {
  thread_->ask({.pause = true, .at = std::move(positions)});
}

void Worker::resume() { thread_->ask({}); }

void Worker::stop() { thread_->stop(); }

}  // namespace millrace::exec
