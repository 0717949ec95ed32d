#include "topic/recovery_point.h"

#include "base/bytes.h"
#include "base/hash.h"

namespace millrace::topic {

namespace {
constexpr std::string_view kMagic = "MRRECOV1";
constexpr size_t kFixedBytes = 8 + 8 + 4 + 4;
}  // namespace

std::string RecoveryPoint::to_bytes() const {
  ByteWriter out;
  out.write_bytes(kMagic);
  out.write(first_timestamp.ms);
  out.write(static_cast<uint32_t>(index.size()));
  out.write_bytes(index);
  out.write_bytes(producers);
  out.write(crc32c(out.bytes()));
  return out.take();
}

std::optional<RecoveryPoint> RecoveryPoint::from_bytes(std::string_view bytes) {
  if (bytes.size() < kFixedBytes || !bytes.starts_with(kMagic) ||
      crc32c(bytes.substr(0, bytes.size() - 4)) !=
          load<uint32_t, Endian::little>(bytes.data() + bytes.size() - 4)) {
    return std::nullopt;
  }
  ByteReader in(bytes.substr(kMagic.size(), bytes.size() - kMagic.size() - 4));
  RecoveryPoint point;
  point.first_timestamp = {in.read<int64_t>()};
  const auto index_bytes = in.read<uint32_t>();
  point.index = in.take(index_bytes);
  point.producers = in.rest();
  return point;
}

}  // namespace millrace::topic
