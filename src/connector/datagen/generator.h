#pragma once

// Made-up values of a column. A value is decided by the number of its row and the seed of the
// table, so that rows which are made again after a crash are the same, but for times, which are
// those of the clock.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "column/column.h"
#include "connector/datagen/options.h"

namespace millrace::connector {

// What values are to be made.
struct Draws {
  std::vector<uint64_t> seeds;  // one for each value
  int64_t first_row = 0;        // the number of the row that the first one is of
  Timestamp now;

  size_t size() const { return seeds.size(); }
};

class Generator {
 public:
  virtual ~Generator() = default;
  virtual Column make(const Draws& draws) = 0;
  // About how much memory a value takes. Not counted in whole bytes, as arrays of arrays multiply.
  virtual double value_bytes() const = 0;
  // Of a sequence; there are no more rows than that.
  virtual std::optional<int64_t> most_rows() const { return std::nullopt; }
};

// As Flink's generator for the type, with its defaults. Throws Error at the option that makes no
// sense for it.
std::unique_ptr<Generator> make_generator(const Type& type, const FieldOptions& options);

// Of all columns of a table.
struct TableGenerators {
  std::vector<std::unique_ptr<Generator>> by_column;  // null where it has no values of its own
  std::optional<int64_t> most_rows;                   // where one of them ends
  int64_t batch_rows = 0;                             // at most, for what memory they take
};
// Throws Error also for options of columns that there are not.
TableGenerators make_generators(const catalog::Table& table);

// For generators of other files: of strings and bytes; a value's lot to be NULL, and how often that
// is to be.
std::unique_ptr<Generator> make_text(const Type& type, const FieldOptions& options);
bool is_drawn_null(uint64_t seed, double rate);
double null_rate_of(const Type& type, const FieldOptions& options);

}  // namespace millrace::connector
