#include "kafka/header.h"

#include "kafka/wire.h"

namespace millrace::kafka {

RequestHeader RequestHeader::decode(Reader& in) {
  RequestHeader header;
  header.api_key = static_cast<ApiKey>(in.read<int16_t>());
  header.api_version = in.read<int16_t>();
  header.correlation_id = in.read<int32_t>();
  if (name_of(header.api_key).empty()) {
    return header;
  }
  // The client id keeps its fixed length in flexible headers, for ApiVersions' sake.
  header.client_id = in.read_nullable_string(false);
  if (header.is_flexible()) {
    in.skip_tags();
  }
  return header;
}

void RequestHeader::encode(Writer& out) const {
  out.write(static_cast<int16_t>(api_key));
  out.write(api_version);
  out.write(correlation_id);
  out.write_nullable_string(client_id, false);
  if (is_flexible()) {
    out.write_tag_count(0);
  }
}

static bool has_tags(ApiKey api_key, int16_t api_version) {
  return api_key != ApiKey::api_versions && api_version >= flexible_from(api_key);
}

void encode_response_header(const RequestHeader& request, Writer& out) {
  out.write(request.correlation_id);
  if (has_tags(request.api_key, request.api_version)) {
    out.write_tag_count(0);
  }
}

int32_t decode_response_header(ApiKey api_key, int16_t api_version, Reader& in) {
  const auto correlation_id = in.read<int32_t>();
  if (has_tags(api_key, api_version)) {
    in.skip_tags();
  }
  return correlation_id;
}

}  // namespace millrace::kafka
