#pragma once

// What stands before every request and every answer.
// https://kafka.apache.org/protocol#protocol_messages

#include <cstdint>
#include <optional>
#include <string>

#include "kafka/messages/api_key.h"

namespace millrace::kafka {

class Reader;
class Writer;

struct RequestHeader {
  ApiKey api_key = ApiKey::produce;
  int16_t api_version = 0;
  int32_t correlation_id = 0;
  std::optional<std::string> client_id;

  // Reads as far as the version's layout is known: of an API or version that is not described, up
  // to the correlation id.
  static RequestHeader decode(Reader& in);
  void encode(Writer& out) const;
  bool is_flexible() const { return api_version >= flexible_from(api_key); }
};

// The answer's: the correlation id, and in flexible versions no tags. ApiVersions never has
// them, because its client does not know yet what the broker understands.
void encode_response_header(const RequestHeader& request, Writer& out);
int32_t decode_response_header(ApiKey api_key, int16_t api_version, Reader& in);

}  // namespace millrace::kafka
