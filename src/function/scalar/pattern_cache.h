#pragma once

// Regular expressions, and other texts that are compiled, which rows have for arguments: mostly all
// of them the same.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "column/column.h"
#include "function/scalar.h"
#include "function/value/java_pattern.h"

namespace millrace::function {

// What was compiled of the last text of a batch, be it a regular expression with the automaton that
// has been built of it so far, or a path into JSON.
template <typename Compiled>
class LastCompiled final : public KernelMemory {
 public:
  std::shared_ptr<const Compiled> of(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (last_ == nullptr || text_ != text) {
      last_ = std::make_shared<const Compiled>(text);
      text_ = text;
    }
    return last_;
  }

 private:
  std::mutex mutex_;
  std::string text_;
  std::shared_ptr<const Compiled> last_;
};

// Compiles a text once as long as the rows have the same.
template <typename Compiled>
class CompiledCache {
 public:
  CompiledCache() = default;
  // Of a function whose memory is a LastCompiled of this, or which has none.
  explicit CompiledCache(const KernelCall& call)
      : memory_(static_cast<LastCompiled<Compiled>*>(call.memory)) {}

  const Compiled& of(std::string_view text) {
    if (compiled_ == nullptr || text_ != text) {
      compiled_ = memory_ != nullptr ? memory_->of(text) : std::make_shared<const Compiled>(text);
      text_ = text;
    }
    return *compiled_;
  }

 private:
  LastCompiled<Compiled>* memory_ = nullptr;
  std::string text_;
  std::shared_ptr<const Compiled> compiled_;
};

using PatternCache = CompiledCache<JavaPattern>;

// The same function, which remembers what it compiled.
template <typename Compiled>
std::optional<ScalarSignature> remembering(std::optional<ScalarSignature> signature) {
  if (signature) {
    signature->memory = std::make_shared<LastCompiled<Compiled>>();
  }
  return signature;
}

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
