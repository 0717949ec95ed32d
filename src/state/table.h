#pragma once

// What a task must not forget. A table writes itself into the checkpoint of each epoch and reads
// itself back from it, so that the operators who own tables hold no recovery code.

#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace millrace::state {

// One task's thread only.
class Table {
 public:
  virtual ~Table() = default;

  // What save() writes, by name and version: load() is only called with bytes of the same kind.
  virtual std::string_view kind() const = 0;
  virtual uint16_t version() const = 0;

  virtual void save(ByteWriter& out) const = 0;
  // Into an empty table. Throws Error(corrupt) where the bytes are not of a table like this one.
  virtual void load(ByteReader& in) = 0;
};

}  // namespace millrace::state
