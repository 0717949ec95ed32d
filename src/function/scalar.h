#pragma once

// Scalar functions: from a name and argument types to a kernel over columns.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "column/batch.h"
#include "column/column.h"
#include "function/predicate.h"

namespace millrace {
class Random;
}

namespace millrace::function {

// What an evaluation may know besides its columns, and where it reports rows that cannot be
// computed. Lives for one batch.
class EvaluationContext {
 public:
  // `random` outlives this; null where nothing is left to chance.
  explicit EvaluationContext(Timestamp now, Random* random = nullptr)
      : now_(now), random_(random) {}

  Timestamp now() const { return now_; }  // CURRENT_TIMESTAMP, PROCTIME()
  // By chance, of all numbers. Throws Error(unsupported) where nothing is left to it.
  uint64_t draw();
  // CURRENT_WATERMARK(): how far event time has come ahead of these rows.
  Watermark watermark() const { return watermark_; }
  void set_watermark(Watermark watermark) { watermark_ = watermark; }

  // This row's value cannot be computed: its result does not matter, and the row goes to the dead
  // letters with the first reason given.
  void fail(uint32_t row, std::string reason);
  struct Failure {
    uint32_t row;
    std::string reason;
  };
  const std::vector<Failure>& failures() const { return failures_; }  // a row at most once
  bool failed(uint32_t row) const { return row < failed_.size() && failed_[row]; }

  // What a common part of the expressions (repeated_parts.h) was found to be; null where it was not
  // computed for all of these rows.
  const Column* common_part(uint32_t number, const Rows& rows) const;
  void keep_common_part(uint32_t number, const Rows& rows, const Column& column);

 private:
  Timestamp now_;
  Random* random_;
  Watermark watermark_;
  std::vector<Failure> failures_;
  std::vector<bool> failed_;  // by row, as far as the last one that did

  struct CommonPart {
    Column column;
    size_t count = 0;            // of the rows that it was computed for
    std::vector<uint64_t> rows;  // those rows as bits; empty where they are the first `count`
  };
  std::vector<CommonPart> common_parts_;  // by number, from 1 on
};

// What a kernel has beside its arguments: what it remembers from one batch to the next, such as a
// compiled pattern, or what it was made with, such as a set of constants. Several threads may use
// it at once.
class KernelMemory {
 public:
  virtual ~KernelMemory() = default;
};

struct ForeignFunction;
struct Expression;

struct KernelCall {
  std::span<const Column> arguments;  // of the types the signature asked for
  const Rows& rows;                   // the rows to compute; the others may hold anything
  size_t size;                        // physical rows, the size of the result
  const Type& result;
  EvaluationContext& context;
  KernelMemory* memory = nullptr;            // the signature's
  const ForeignFunction* foreign = nullptr;  // likewise
};

using Kernel = Column (*)(const KernelCall& call);

enum class Volatility : uint8_t { immutable, per_batch, per_row };

// A function chosen for given argument types.
struct ScalarSignature {
  std::string name;             // as EXPLAIN shows it: "UPPER", "+", "IS NULL"
  std::vector<Type> arguments;  // what the binder casts the arguments to
  Type result;
  Kernel kernel = nullptr;
  Volatility volatility = Volatility::immutable;
  std::shared_ptr<KernelMemory> memory = nullptr;
  std::shared_ptr<const ForeignFunction> foreign = nullptr;  // of a library: foreign/library.h
  Predicate predicate = Predicate::other;
};

struct ScalarFunction {
  std::string_view name;         // upper case; operators by their sign: "+", "=", "IS NULL", "LIKE"
  std::string_view signature;    // for people: "SUBSTRING(string, start [, length])"
  std::string_view description;  // one line, for docs/functions.md
  // The signature for these argument types; nothing where they do not fit.
  std::optional<ScalarSignature> (*bind)(std::span<const Type> arguments);
  // The signature once the arguments are known, of the types it asked for: those that are constants
  // may say more of the result than their types do. Throws Error, with no place, where they cannot
  // be taken. Null where the types say all.
  ScalarSignature (*with_constants)(ScalarSignature signature,
                                    std::span<const Expression> arguments) = nullptr;
};

// What it gives depends on where in a plan it is computed.
inline constexpr std::string_view kCurrentWatermark = "CURRENT_WATERMARK";

// The function of this name in functions.cc, upper or lower case; nullptr where there is none.
const ScalarFunction* find_scalar(std::string_view name);
std::span<const ScalarFunction> all_scalars();

}  // namespace millrace::function
