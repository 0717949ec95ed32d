#pragma once

// State that expires, 'table.exec.state.ttl', as in Flink: an entry is gone that long after it was
// last written, by the clock; reading it does not keep it. It goes without a word: what it had sent
// stays sent. Operators drop what has expired before they look anything up, so none is ever found,
// and the room is used again.

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "exec/task_context.h"
#include "plan/state_expiry.h"
#include "state/recency.h"

namespace millrace::exec {

class Expiry {
 public:
  // Nothing ever expires.
  Expiry() = default;
  // As the hint says, or else the setting, of the entries of one table, which are numbered; `name`
  // is of what is kept of them in the task's state.
  Expiry(const TaskContext& task, std::string_view name, std::optional<Duration> hint = {})
      : ttl_(ttl(task, hint)), clock_(task.world().clock) {
    if (ttl_ > Duration()) {
      recency_ = &task.state().recency(name);
    }
  }

  // Nothing expires where it is none.
  static Duration ttl(const TaskContext& task, std::optional<Duration> hint = {}) {
    return hint ? *hint : task.duration_setting(plan::kStateTtl, Duration());
  }
  static bool is_set(const TaskContext& task, std::optional<Duration> hint = {}) {
    return ttl(task, hint) > Duration();
  }
  bool is_on() const { return recency_ != nullptr; }
  // When the batch at hand came; known once what has expired was dropped.
  int64_t now_ms() const { return now_ms_; }

  // Ahead of each batch: calls drop(number) for what has expired.
  template <typename Drop>
  void drop_expired(Drop&& drop) {
    if (!is_on()) {
      return;
    }
    now_ms_ = clock_->now().ms;
    while (const auto number = recency_->take_until(now_ms_ - ttl_.ms())) {
      drop(*number);
    }
  }
  // As of the batch at hand.
  void written(uint32_t number) {
    if (is_on()) {
      recency_->write(number, now_ms_);
    }
  }
  void gone(uint32_t number) {
    if (is_on()) {
      recency_->forget(number);
    }
  }

 private:
  Duration ttl_;
  const Clock* clock_ = nullptr;
  state::Recency* recency_ = nullptr;  // the task's
  int64_t now_ms_ = 0;
};

}  // namespace millrace::exec
