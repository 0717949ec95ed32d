#pragma once

// What a call is refused with, by AWS's names.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::kinesis {

enum class Fault : uint8_t {
  access_denied,
  expired_iterator,
  expired_next_token,
  internal_failure,
  invalid_argument,
  limit_exceeded,
  resource_in_use,
  resource_not_found,
  serialization,  // the body is none
  throughput_exceeded,
  unavailable,  // too much waits here
  unknown_operation,
  validation,
};

std::string_view name_of(Fault fault);  // "ResourceNotFoundException"
int status_of(Fault fault);             // of the HTTP response

// Ends a call.
class Refusal : public Error {
 public:
  Refusal(Fault fault, std::string message)
      : Error(ErrorCode::invalid_argument, std::move(message)), fault_(fault) {}

  Fault fault() const { return fault_; }

 private:
  Fault fault_;
};

}  // namespace millrace::kinesis
