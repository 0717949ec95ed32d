#pragma once

// Rows of batches into the bytes of records, as Flink's formats write them.

#include <cstdint>
#include <string>

#include "column/batch.h"

namespace millrace::codec {

class Encoder {
 public:
  virtual ~Encoder() = default;

  // The rows that append() takes from now on, with the columns that the encoder was made for. They
  // outlive those calls.
  virtual void begin(const Batch& rows) = 0;
  // Appends the record of a row, without what separates it from the next. Throws
  // Error(invalid_argument) for a value that the format cannot say.
  virtual void append(uint32_t row, std::string& out) = 0;
  // False where the row is a record without a value.
  virtual bool has_value(uint32_t) const { return true; }
};

}  // namespace millrace::codec
