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
  // Whether merge() can be called: what a slot has gathered may be in several of them.
  virtual bool merges() const { return false; }
  // Adds what `from` has gathered to `into`, as if it had come after all that `into` has.
  virtual void merge(char* /*into*/, const char* /*from*/) const {}
  // About what all slots hold beside themselves, in bytes.
  virtual size_t memory() const { return 0; }
};

}  // namespace millrace::state
