#include "query/pgwire/messages.h"

#include "base/bytes.h"
#include "base/error.h"

namespace millrace::query::pgwire {

static constexpr int32_t kCancel = 80877102;
static constexpr int32_t kSsl = 80877103;
static constexpr int32_t kGss = 80877104;

void append_message(char type, std::string_view payload, std::string& out) {
  out += type;
  char length[4];
  store<int32_t, Endian::big>(static_cast<int32_t>(payload.size() + 4), length);
  out.append(length, sizeof(length));
  out += payload;
}

std::string with_zero(std::string_view text) {
  std::string terminated(text);
  terminated += '\0';
  return terminated;
}

static std::string read_text(NetworkReader& in) {
  const size_t end = in.rest().find('\0');
  if (end == std::string_view::npos) {
    throw Error(ErrorCode::corrupt, "a string without its end in a message");
  }
  std::string text(in.take(end));
  in.take(1);
  return text;
}

static size_t read_count(NetworkReader& in) {
  const auto count = in.read<int16_t>();
  if (count < 0) {
    throw Error(ErrorCode::corrupt, "a negative count in a message");
  }
  return static_cast<size_t>(count);
}

// The bytes of the next frame after a type byte, if any: length's payload alone.
std::optional<std::string_view> MessageReader::take_frame(size_t header, size_t limit) {
  const std::string_view rest = std::string_view(bytes_).substr(at_);
  if (rest.size() < header + 4) {
    return std::nullopt;
  }
  const auto length = load<int32_t, Endian::big>(rest.data() + header);
  if (length < 4 || static_cast<size_t>(length) > limit) {
    throw Error(ErrorCode::corrupt, "a message of " + std::to_string(length) + " bytes, of " +
                                        std::to_string(limit) + " allowed");
  }
  const auto whole = header + static_cast<size_t>(length);
  if (rest.size() < whole) {
    return std::nullopt;
  }
  at_ += whole;
  return rest.substr(header + 4, static_cast<size_t>(length) - 4);
}

static Startup read_startup(int32_t version, NetworkReader& in) {
  if (version >> 16 != 3) {
    throw Error(ErrorCode::corrupt, "protocol version " + std::to_string(version >> 16) + "." +
                                        std::to_string(version & 0xFFFF) + " is not spoken here");
  }
  Startup startup{version & 0xFFFF, {}};
  while (true) {
    std::string name = read_text(in);
    if (name.empty()) {
      return startup;
    }
    startup.parameters[std::move(name)] = read_text(in);
  }
}

std::optional<StartupMessage> MessageReader::next_startup() {
  const std::optional<std::string_view> frame = take_frame(0, kMaxStartupFrame);
  if (!frame) {
    return std::nullopt;
  }
  NetworkReader in(*frame);
  const auto code = in.read<int32_t>();
  if (code == kSsl) {
    return SslRequest{};
  }
  if (code == kGss) {
    return GssRequest{};
  }
  if (code == kCancel) {
    const auto process = in.read<int32_t>();
    return CancelRequest{process, in.read<int32_t>()};
  }
  return read_startup(code, in);
}

static Parse read_parse(NetworkReader& in) {
  Parse parse{read_text(in), read_text(in), {}};
  for (size_t left = read_count(in); left > 0; --left) {
    parse.parameter_oids.push_back(in.read<uint32_t>());
  }
  return parse;
}

static std::vector<int16_t> read_formats(NetworkReader& in) {
  std::vector<int16_t> formats;
  for (size_t left = read_count(in); left > 0; --left) {
    formats.push_back(in.read<int16_t>());
    if (formats.back() != 0 && formats.back() != 1) {
      throw Error(ErrorCode::corrupt, "format code " + std::to_string(formats.back()));
    }
  }
  return formats;
}

static Bind read_bind(NetworkReader& in) {
  Bind bind{read_text(in), read_text(in), read_formats(in), {}, {}};
  for (size_t left = read_count(in); left > 0; --left) {
    const auto size = in.read<int32_t>();
    if (size < 0) {
      bind.parameters.emplace_back(std::nullopt);
    } else {
      bind.parameters.emplace_back(std::string(in.take(static_cast<size_t>(size))));
    }
  }
  bind.result_formats = read_formats(in);
  const bool formats_fit =
      bind.parameter_formats.size() <= 1 || bind.parameter_formats.size() == bind.parameters.size();
  if (!formats_fit) {
    throw Error(ErrorCode::corrupt, "parameter formats that do not fit the parameters");
  }
  return bind;
}

static Target read_target(NetworkReader& in) {
  const auto target = static_cast<char>(in.read<int8_t>());
  if (target != 'S' && target != 'P') {
    throw Error(ErrorCode::corrupt, "neither a statement nor a portal");
  }
  return static_cast<Target>(target);
}

static Message read_message(char type, NetworkReader& in) {
  switch (type) {
    case 'Q': return Query{read_text(in)};
    case 'P': return read_parse(in);
    case 'B': return read_bind(in);
    case 'D': {
      const Target target = read_target(in);
      return Describe{target, read_text(in)};
    }
    case 'E': {
      std::string portal = read_text(in);
      return Execute{std::move(portal), in.read<int32_t>()};
    }
    case 'C': {
      const Target target = read_target(in);
      return Close{target, read_text(in)};
    }
    case 'H': return Flush{};
    case 'S': return Sync{};
    case 'X': return Terminate{};
    case 'F':
    case 'd':
    case 'c':
    case 'f':
    case 'p': return Unserved{type};
    default: throw Error(ErrorCode::corrupt, "message type " + std::to_string(type));
  }
}

std::optional<Message> MessageReader::next() {
  // What has been handed out is forgotten in large pieces, not byte by byte.
  if (at_ > 0 && (at_ == bytes_.size() || at_ > (64 << 10))) {
    bytes_.erase(0, at_);
    at_ = 0;
  }
  if (buffered() == 0) {
    return std::nullopt;
  }
  const char type = bytes_[at_];
  const std::optional<std::string_view> frame = take_frame(1, kMaxFrame);
  if (!frame) {
    return std::nullopt;
  }
  NetworkReader in(*frame);
  return read_message(type, in);
}

}  // namespace millrace::query::pgwire
