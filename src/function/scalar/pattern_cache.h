#pragma once

// Regular expressions that rows have for arguments, mostly all of them the same.

#include <memory>
#include <mutex>
#include <string_view>

#include "base/error.h"
#include "column/column.h"
#include "function/scalar.h"
#include "function/value/java_pattern.h"

namespace millrace::function {

// The pattern of the last batch, with the automaton that RE2 has built of it so far.
class RememberedPattern final : public KernelMemory {
 public:
  std::shared_ptr<const JavaPattern> of(std::string_view pattern) {
    const std::lock_guard lock(mutex_);
    if (last_ == nullptr || last_->text() != pattern) {
      last_ = std::make_shared<const JavaPattern>(pattern);
    }
    return last_;
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const JavaPattern> last_;
};

// Compiles a pattern once as long as the rows have the same.
class PatternCache {
 public:
  PatternCache() = default;
  // Of a function whose memory is a RememberedPattern, or which has none.
  explicit PatternCache(const KernelCall& call)
      : memory_(static_cast<RememberedPattern*>(call.memory)) {}

  const JavaPattern& of(std::string_view text) {
    if (pattern_ == nullptr || pattern_->text() != text) {
      pattern_ = memory_ != nullptr ? memory_->of(text) : std::make_shared<const JavaPattern>(text);
    }
    return *pattern_;
  }

 private:
  RememberedPattern* memory_ = nullptr;
  std::shared_ptr<const JavaPattern> pattern_;
};

// Computes a row. A text that is too hard for its pattern fails its row and not the statement.
template <typename Compute>
void compute_row(const KernelCall& call, uint32_t row, Compute compute) {
  try {
    compute();
  } catch (const Error& error) {
    // Other rows may have texts that are easy.
    if (error.code() != ErrorCode::timeout) {
      throw;
    }
    call.context.fail(row, error.what());
  }
}

}  // namespace millrace::function
