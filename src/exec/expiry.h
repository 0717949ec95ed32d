#pragma once

// State that expires, 'table.exec.state.ttl', as in Flink: an entry is gone that long after it was
// last written, by the clock; reading it does not keep it. It goes without a word: what it had sent
// stays sent. Operators drop what has expired before they look anything up, so none is ever found,
// and the room is used again. Jobs in batch mode keep all that they need.
//
// Some operators of Flink have timers in place of that, which any use of a key puts off: not each
// one, but those after which the key would not be kept long enough any more.

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "exec/task_context.h"
#include "plan/runtime_mode.h"
#include "plan/state_expiry.h"
#include "state/recency.h"

namespace millrace::exec {

class Expiry {
 public:
  // What keeps an entry: being written, for just so long, or any use, for up to half as long again.
  enum class Keeps : uint8_t { writing, use };

  // Nothing ever expires.
  Expiry() = default;
  // As the hint says, or else the setting, of the entries of one table, which are numbered; `name`
  // is of what is kept of them in the task's state.
  Expiry(const TaskContext& task, std::string_view name, std::optional<Duration> hint = {},
         Keeps keeps = Keeps::writing)
      : least_ms_(ttl(task, hint).ms()),
        most_ms_(keeps == Keeps::use ? least_ms_ * 3 / 2 : least_ms_),
        clock_(task.world().clock) {
    if (least_ms_ > 0) {
      recency_ = &task.state().recency(name);
    }
  }

  // Nothing expires where it is none.
  static Duration ttl(const TaskContext& task, std::optional<Duration> hint = {}) {
    if (plan::is_batch(task.setting(plan::kRuntimeMode))) {
      return {};
    }
    return hint ? *hint : task.duration_setting(plan::kStateTtl, Duration());
  }
  static bool is_set(const TaskContext& task, std::optional<Duration> hint = {}) {
    return ttl(task, hint).ms() > 0;
  }
  bool is_on() const { return recency_ != nullptr; }
  // When the batch at hand came; known once what has expired was dropped.
  int64_t now_ms() const { return now_ms_; }

  // Ahead of each batch, and of each watermark that moves rows: calls drop(number) for what has
  // expired.
  template <typename Drop>
  void drop_expired(Drop&& drop) {
    if (!is_on()) {
      return;
    }
    now_ms_ = clock_->now().ms;
    while (const auto number = recency_->take_until(now_ms_ - most_ms_)) {
      drop(*number);
    }
  }
  // Or used; as of the batch at hand.
  void written(uint32_t number) {
    if (!is_on()) {
      return;
    }
    const auto before = recency_->written_ms(number);
    if (!before || *before + most_ms_ < now_ms_ + least_ms_) {
      recency_->write(number, now_ms_);
    }
  }
  void gone(uint32_t number) {
    if (is_on()) {
      recency_->forget(number);
    }
  }

 private:
  int64_t least_ms_ = 0;  // that an entry is kept
  int64_t most_ms_ = 0;
  const Clock* clock_ = nullptr;
  state::Recency* recency_ = nullptr;  // the task's
  int64_t now_ms_ = 0;
};

}  // namespace millrace::exec
