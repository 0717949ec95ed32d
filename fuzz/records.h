#pragma once

// The bytes that a harness is given, as records: split at line ends.

#include <memory>
#include <string_view>
#include <vector>

#include "base/shared_bytes.h"
#include "base/split.h"

namespace millrace {

class Records {
 public:
  explicit Records(std::string_view bytes) {
    for (const std::string_view record : split(bytes, '\n')) {
      // Memory of its own, so that a read too far is seen.
      memory_->push_back(SharedBytes::copy_of(record));
      views_.push_back(memory_->back().view());
    }
  }

  const std::vector<std::string_view>& views() const { return views_; }
  std::shared_ptr<const void> owner() const { return memory_; }

 private:
  std::shared_ptr<std::vector<SharedBytes>> memory_ = std::make_shared<std::vector<SharedBytes>>();
  std::vector<std::string_view> views_;
};

}  // namespace millrace
