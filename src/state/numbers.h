#pragma once

// A few named numbers: next offsets by partition, watermarks, counts.

#include <map>
#include <optional>
#include <string>

#include "state/table.h"

namespace millrace::state {

class Numbers final : public Table {
 public:
  std::optional<int64_t> find(std::string_view name) const;
  void put(std::string_view name, int64_t value) { at(name) = value; }
  // The number of this name, 0 where it is new. The reference stays good until it is
  // erased.
  int64_t& at(std::string_view name);
  void erase(std::string_view name);
  const std::map<std::string, int64_t, std::less<>>& all() const { return numbers_; }

  std::string_view kind() const override { return "numbers"; }
  uint16_t version() const override { return 1; }
  void save(ByteWriter& out) const override;
  void load(ByteReader& in) override;
  size_t memory() const override { return numbers_.size() * sizeof(*numbers_.begin()); }

 private:
  std::map<std::string, int64_t, std::less<>> numbers_;
};

}  // namespace millrace::state
