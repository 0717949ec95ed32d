#pragma once

// An option of a format that makes no sense. Formats do not know where their options stand; who
// does (connector/formats.h) finds the place by the key.

#include <string>

#include "base/error.h"

namespace millrace::codec {

class OptionError final : public Error {
 public:
  // `key` is without the format's prefix: "field-delimiter".
  OptionError(ErrorCode code, std::string key, std::string message)
      : Error(code, std::move(message)), key_(std::move(key)) {}

  const std::string& key() const { return key_; }

 private:
  std::string key_;
};

}  // namespace millrace::codec
