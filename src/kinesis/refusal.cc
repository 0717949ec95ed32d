#include "kinesis/refusal.h"

namespace millrace::kinesis {

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::access_denied: return "AccessDeniedException";
    case Fault::expired_iterator: return "ExpiredIteratorException";
    case Fault::expired_next_token: return "ExpiredNextTokenException";
    case Fault::internal_failure: return "InternalFailureException";
    case Fault::invalid_argument: return "InvalidArgumentException";
    case Fault::limit_exceeded: return "LimitExceededException";
    case Fault::resource_in_use: return "ResourceInUseException";
    case Fault::resource_not_found: return "ResourceNotFoundException";
    case Fault::serialization: return "SerializationException";
    case Fault::throughput_exceeded: return "ProvisionedThroughputExceededException";
    case Fault::unavailable: return "ServiceUnavailable";
    case Fault::unknown_operation: return "UnknownOperationException";
    case Fault::validation: return "ValidationException";
  }
  return "InternalFailureException";
}

int status_of(Fault fault) {
  return fault == Fault::internal_failure ? 500 : fault == Fault::unavailable ? 503 : 400;
}

}  // namespace millrace::kinesis
