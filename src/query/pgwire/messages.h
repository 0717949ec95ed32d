#pragma once

// The frames of the Postgres protocol, version 3.0.
// https://www.postgresql.org/docs/15/protocol-message-formats.html
//
// After start-up a frame is a type byte, a length that counts itself, and the payload. The frames
// of start-up have no type byte.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::query::pgwire {

struct SslRequest {};
struct GssRequest {};
struct CancelRequest {
  int32_t process = 0;
  int32_t secret = 0;
};
struct Startup {
  int32_t minor_version = 0;
  std::map<std::string, std::string> parameters;
};
using StartupMessage = std::variant<SslRequest, GssRequest, CancelRequest, Startup>;

struct Query {
  std::string sql;
};
struct Parse {
  std::string statement;
  std::string sql;
  std::vector<uint32_t> parameter_oids;
};
struct Bind {
  std::string portal;
  std::string statement;
  std::vector<int16_t> parameter_formats;
  std::vector<std::optional<std::string>> parameters;
  std::vector<int16_t> result_formats;
};
enum class Target : char { statement = 'S', portal = 'P' };
struct Describe {
  Target target = Target::statement;
  std::string name;
};
struct Execute {
  std::string portal;
  int32_t max_rows = 0;  // 0 for all
};
struct Close {
  Target target = Target::statement;
  std::string name;
};
struct Flush {};
struct Sync {};
struct Terminate {};
// A type that we know and do not serve: function calls, COPY data, passwords not asked for.
struct Unserved {
  char type = 0;
};
using Message =
    std::variant<Query, Parse, Bind, Describe, Execute, Close, Flush, Sync, Terminate, Unserved>;

// Cuts arriving bytes into messages. Throws Error(corrupt) for frames that are none; the connection
// cannot go on after that.
class MessageReader {
 public:
  // A statement or a parameter is no larger; the bound of what a client makes us hold.
  static constexpr size_t kMaxFrame = 16 << 20;
  static constexpr size_t kMaxStartupFrame = 10'000;

  void append(std::string_view bytes) { bytes_ += bytes; }
  size_t buffered() const { return bytes_.size() - at_; }
  // Nothing until a whole one has arrived.
  std::optional<StartupMessage> next_startup();
  std::optional<Message> next();

 private:
  std::optional<std::string_view> take_frame(size_t header, size_t limit);

  std::string bytes_;
  size_t at_ = 0;  // where the next frame begins
};

// Appends one message to `out`; `payload` comes without type and length.
void append_message(char type, std::string_view payload, std::string& out);
std::string with_zero(std::string_view text);  // text and the 0 that ends it on the wire

}  // namespace millrace::query::pgwire
