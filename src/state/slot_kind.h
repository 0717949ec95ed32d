#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"

namespace millrace::state {

// What lies in a slot, known only to the table's owner. All slots are aligned to 8 bytes.
class SlotKind {
 public:
  virtual ~SlotKind() = default;
  virtual std::string describe() const = 0;  // must be the same for saved slots to be loaded
  virtual size_t size() const = 0;
  virtual void init(char* slot) const = 0;  // of zeroed bytes
  virtual void save(const char* slot, ByteWriter& out) const = 0;
  virtual void load(char* slot, ByteReader& in) const = 0;  // into an initialised slot
  virtual void destroy(char* slot) const = 0;
  // About what all slots hold beside themselves, in bytes.
  virtual size_t memory() const { return 0; }
};

}  // namespace millrace::state
