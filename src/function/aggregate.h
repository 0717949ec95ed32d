#pragma once

// Aggregate functions: fixed-layout accumulators that a hash table holds in its slots.

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "column/batch.h"
#include "column/column.h"

namespace millrace::function {

// Which results a trace gives of each row: the one before it and the one after it, or the latter.
enum class Sides : uint8_t { both, after };

// Rows for accumulators: row rows[i] of the arguments is for states[i]. One of kind update_before
// or delete_ is taken back, which only a function that `retracts` may be given.
struct Additions {
  std::span<const Column> arguments;
  Rows rows;
  std::span<const RowKind> kinds = {};    // by physical row; empty for "all inserts"
  std::span<const uint8_t> counted = {};  // by i, whether it is added at all; empty for "all"
  Sides sides = Sides::both;
};

struct Expression;
struct ForeignFunction;

// The operations on one kind of accumulator. An accumulator is `size` bytes aligned to 8, zeroed
// before begin(). One that owns memory outside those bytes has destroy().
struct AggregateSignature {
  std::string name;             // "SUM", "COUNT"
  std::vector<Type> arguments;  // what the binder casts the arguments to; empty for COUNT(*)
  Type result;
  size_t size = 0;
  bool retracts = false;  // whether update() can take rows back

  void (*init)(char* state) = nullptr;  // null where zeroes are an accumulator already
  // Adds row rows[i] to states[i]. A row of kind update_before or delete_ is taken back, which
  // only a function that `retracts` may be given.
  // `kinds` is empty for "all inserts", else by physical row.
  void (*update)(char* const* states, std::span<const Column> arguments, const Rows& rows,
                 std::span<const RowKind> kinds) = nullptr;
  // Adds the rows one after the other, as update() does, and gives the results of each, in order:
  // with both sides of row i the one before it at 2 * i, the one after it at 2 * i + 1. States may
  // come several times.
  Column (*trace)(char* const* states, const Additions& rows, const Type& result) = nullptr;
  void (*merge)(char* into, const char* from) = nullptr;
  // One result row per state.
  Column (*finish)(char* const* states, size_t count, const Type& result) = nullptr;
  // For checkpoints. save() must write enough for load() to tell its own end.
  void (*save)(const char* state, ByteWriter& out) = nullptr;
  void (*load)(char* state, ByteReader& in) = nullptr;
  void (*destroy)(char* state) = nullptr;  // null where nothing is owned
  // About how many bytes the result takes; null where that is no more than a value's.
  size_t (*shown)(const char* state) = nullptr;

  // Of a library (foreign/library.h), which an accumulator begins with a pointer to.
  std::shared_ptr<const ForeignFunction> foreign;
  bool begins_as_zeroes() const { return init == nullptr && foreign == nullptr; }
  // Makes an accumulator of zeroes: init(), to which it is told what library it is of.
  void begin(char* state) const {
    if (foreign) {
      const ForeignFunction* function = foreign.get();
      std::memcpy(state, &function, sizeof(void*));
    }
    if (init != nullptr) {
      init(state);
    }
  }

  // What to use in its place where rows are taken back, if this cannot do it itself.
  std::shared_ptr<const AggregateSignature> retracting;

  // --- What planning asks ---

  // What Flink keeps of a group: a few values in one entry of its state, which expire together, or
  // each value in an entry of its own, which expires alone. Of DISTINCT it is always the latter.
  enum class Entries : uint8_t { one, one_of_insertions, one_a_value };
  Entries entries = Entries::one_a_value;
  // Passes over NULL and cannot overflow: over some rows, NULL only where the argument can be.
  bool null_as_argument = false;
  // Each row that is added makes the result another one.
  bool changes_with_each_row = false;
  // Flink computes it of several aggregates, so that a group changes with each value that counts,
  // be the result as it was.
  bool changes_with_each_value = false;
  // The order in which rows are added, or merged, is not seen in the result but where Flink, which
  // merges as well, shows it too: in the rounding of sums.
  bool in_any_order = false;
};

// An argument that a function does not take though its type is right, and why.
struct WrongArgument {
  size_t number;
  std::string why;
};

// What a function gives over no rows.
enum class OverNothing : uint8_t { null, zero, empty };

struct AggregateFunction {
  std::string_view name;
  std::string_view signature;
  std::string_view description;
  std::optional<AggregateSignature> (*bind)(std::span<const Type> arguments);
  // What the arguments of a call must be beyond their types; null where there is nothing.
  std::optional<WrongArgument> (*check)(std::span<const Expression> arguments) = nullptr;
  OverNothing over_nothing = OverNothing::null;
  bool takes_star = false;  // NAME(*) has no arguments, and NAME() is no call
  bool in_batch_alone = false;
  bool approximates = false;  // counts each value once, which Flink estimates
  // The function that the call is of where IGNORE NULLS is written; empty where that cannot be.
  std::string_view ignoring_nulls = {};
};

const AggregateFunction* find_aggregate(std::string_view name);
std::span<const AggregateFunction> all_aggregates();
// What can stand ahead of OVER: the aggregates, and functions of a row's place among others.
const AggregateFunction* find_over_function(std::string_view name);

}  // namespace millrace::function
