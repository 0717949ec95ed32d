#include "kafka/compression.h"

#include <lz4frame.h>
#include <snappy.h>
#include <zlib.h>
#include <zstd.h>

#include "base/error.h"

namespace millrace::kafka {

namespace {

[[noreturn]] void fail(const char* codec, std::string_view why) {
  throw Error(ErrorCode::corrupt,
              "cannot decompress records (" + std::string(codec) + "): " + std::string(why));
}

// Output that grows as a codec fills it.
class Output {
 public:
  Output(const char* codec, size_t guess)
      : codec_(codec), bytes_(std::max<size_t>(guess, 1024), '\0') {}

  char* free() {
    if (used_ == bytes_.size()) {
      if (bytes_.size() >= kMaxDecompressedBytes) {
        fail(codec_, "more than " + std::to_string(kMaxDecompressedBytes) + " bytes");
      }
      bytes_.resize(std::min(bytes_.size() * 2, kMaxDecompressedBytes));
    }
    return bytes_.data() + used_;
  }
  size_t free_size() const { return bytes_.size() - used_; }
  void filled(size_t size) { used_ += size; }
  SharedBytes finish() const {
    return SharedBytes::copy_of(std::string_view(bytes_).substr(0, used_));
  }

 private:
  const char* codec_;
  std::string bytes_;
  size_t used_ = 0;
};

struct Inflater {
  Inflater() {
    if (inflateInit2(&stream, 32 + MAX_WBITS) != Z_OK) {  // 32: gzip or zlib, as the header says
      fail("gzip", "no memory");
    }
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  z_stream stream{};
};

SharedBytes gunzip(std::string_view bytes) {
  Inflater inflater;
  z_stream& stream = inflater.stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());
  Output out("gzip", bytes.size() * 4);
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(out.free());
    const size_t room = out.free_size();
    stream.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.filled(room - stream.avail_out);
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) {
        return out.finish();
      }
      inflateReset(&stream);
    } else if (result != Z_OK) {
      fail("gzip", stream.msg != nullptr ? stream.msg : "it ends too early");
    }
  }
}

SharedBytes unzstd(std::string_view bytes) {
  const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                   ZSTD_freeDCtx);
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  Output out("zstd", bytes.size() * 4);
  while (true) {
    char* to = out.free();
    ZSTD_outBuffer piece{to, out.free_size(), 0};
    const size_t result = ZSTD_decompressStream(context.get(), &piece, &in);
    if (ZSTD_isError(result) != 0) {
      fail("zstd", ZSTD_getErrorName(result));
    }
    out.filled(piece.pos);
    if (in.pos < in.size) {
      continue;
    }
    if (result == 0) {  // and never asked again, though the output is full: it would wait for more
      return out.finish();
    }
    if (piece.pos < piece.size) {
      fail("zstd", "it ends too early");
    }
  }
}

SharedBytes unlz4(std::string_view bytes) {
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION)) != 0) {
    fail("lz4", "no memory");
  }
  const std::unique_ptr<LZ4F_dctx, LZ4F_errorCode_t (*)(LZ4F_dctx*)> context(
      raw, LZ4F_freeDecompressionContext);
  Output out("lz4", bytes.size() * 4);
  size_t pending = 1;
  while (true) {
    char* to = out.free();
    const size_t room = out.free_size();
    size_t produced = room;
    size_t consumed = bytes.size();
    pending = LZ4F_decompress(context.get(), to, &produced, bytes.data(), &consumed, nullptr);
    if (LZ4F_isError(pending) != 0) {
      fail("lz4", LZ4F_getErrorName(pending));
    }
    out.filled(produced);
    bytes.remove_prefix(consumed);
    if (!bytes.empty()) {
      continue;
    }
    if (pending == 0) {  // as with zstd
      return out.finish();
    }
    if (produced < room) {
      fail("lz4", "it ends too early");
    }
  }
}

void unsnap_block(std::string_view block, std::string& out) {
  size_t size = 0;
  if (!snappy::GetUncompressedLength(block.data(), block.size(), &size) ||
      size > kMaxDecompressedBytes - out.size()) {
    fail("snappy", "its length is none");
  }
  const size_t before = out.size();
  out.resize(before + size);
  if (!snappy::RawUncompress(block.data(), block.size(), out.data() + before)) {
    fail("snappy", "the block is damaged");
  }
}

SharedBytes unsnap(std::string_view bytes) {
  constexpr std::string_view kXerial("\x82SNAPPY\0", 8);
  std::string out;
  if (bytes.starts_with(kXerial)) {
    NetworkReader in(bytes);
    in.take(kXerial.size() + 8);  // and two version numbers
    while (!in.empty()) {
      unsnap_block(in.take(in.read<uint32_t>()), out);
    }
  } else {
    unsnap_block(bytes, out);
  }
  return SharedBytes::copy_of(out);
}

}  // namespace

SharedBytes decompress(Compression codec, std::string_view bytes) {
  switch (codec) {
    case Compression::none: return SharedBytes::copy_of(bytes);
    case Compression::gzip: return gunzip(bytes);
    case Compression::snappy: return unsnap(bytes);
    case Compression::lz4: return unlz4(bytes);
    case Compression::zstd: return unzstd(bytes);
  }
  fail("?", "there is no codec " + std::to_string(static_cast<int>(codec)));
}

}  // namespace millrace::kafka
