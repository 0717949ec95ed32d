#include "kinesis/tokens.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "io/digests.h"

namespace millrace::kinesis {

namespace {

// The first byte of each.
enum class Kind : uint8_t { iterator = 1, shards = 2, streams = 3 };

std::string sealed(Kind kind, Timestamp made, const NetworkWriter& content) {
  NetworkWriter out;
  out.write(static_cast<uint8_t>(kind));
  out.write(made.ms);
  out.write_bytes(content.bytes());
  out.write(crc32c(out.bytes()));
  return io::to_base64(out.bytes());
}

// Calls `read` with the content; false where `text` is no such token.
template <typename Read>
bool unseal(Kind kind, std::string_view text, Timestamp& made, Read read) {
  const auto bytes = io::from_base64(text);
  if (!bytes || bytes->size() < sizeof(uint32_t)) {
    return false;
  }
  const std::string_view content(bytes->data(), bytes->size() - sizeof(uint32_t));
  if (crc32c(content) != load<uint32_t, Endian::big>(content.data() + content.size())) {
    return false;
  }
  try {
    NetworkReader in(content);
    if (in.read<uint8_t>() != static_cast<uint8_t>(kind)) {
      return false;
    }
    made.ms = in.read<int64_t>();
    read(in);
    return in.empty();
  } catch (const Error&) {
    // A reader's end: with the right CRC it is somebody's own making.
    return false;
  }
}

void write_uuid(const kafka::Uuid& id, NetworkWriter& out) {
  out.write_bytes({id.bytes.data(), id.bytes.size()});
}

kafka::Uuid read_uuid(NetworkReader& in) {
  kafka::Uuid id;
  const std::string_view bytes = in.take(id.bytes.size());
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

}  // namespace

std::string to_text(const ShardIterator& iterator) {
  NetworkWriter out;
  write_uuid(iterator.stream, out);
  out.write(iterator.shard);
  out.write(iterator.next.value);
  return sealed(Kind::iterator, iterator.made, out);
}

std::optional<ShardIterator> parse_shard_iterator(std::string_view text) {
  ShardIterator iterator;
  const bool good = unseal(Kind::iterator, text, iterator.made, [&](NetworkReader& in) {
    iterator.stream = read_uuid(in);
    iterator.shard = in.read<int32_t>();
    iterator.next = Offset(in.read<int64_t>());
  });
  return good ? std::optional(iterator) : std::nullopt;
}

std::string to_text(const ShardListToken& token) {
  NetworkWriter out;
  write_uuid(token.stream, out);
  out.write(token.next);
  return sealed(Kind::shards, token.made, out);
}

std::optional<ShardListToken> parse_shard_list_token(std::string_view text) {
  ShardListToken token;
  const bool good = unseal(Kind::shards, text, token.made, [&](NetworkReader& in) {
    token.stream = read_uuid(in);
    token.next = in.read<int32_t>();
  });
  return good ? std::optional(token) : std::nullopt;
}

std::string to_text(const StreamListToken& token) {
  NetworkWriter out;
  out.write_bytes(token.behind);
  return sealed(Kind::streams, token.made, out);
}

std::optional<StreamListToken> parse_stream_list_token(std::string_view text) {
  StreamListToken token;
  const bool good = unseal(Kind::streams, text, token.made,
                           [&](NetworkReader& in) { token.behind = in.take(in.rest().size()); });
  return good ? std::optional(token) : std::nullopt;
}

}  // namespace millrace::kinesis
