#include "kinesis/cbor.h"

#include <cmath>
#include <cstring>

#include "base/bytes.h"
#include "base/error.h"
#include "base/utf8.h"

namespace millrace::kinesis {

namespace {

constexpr int kMostDepth = 32;
constexpr uint8_t kIndefinite = 31;  // in place of a length: until a break
constexpr char kBreak = '\xFF';

enum class Major : uint8_t { number, negative, bytes, text, list, map, tag, simple };

double half_to_double(uint16_t half) {
  const int exponent = (half >> 10) & 0x1F;
  const int mantissa = half & 0x3FF;
  const double size = exponent == 0    ? std::ldexp(mantissa, -24)
                      : exponent == 31 ? (mantissa == 0 ? INFINITY : NAN)
                                       : std::ldexp(mantissa + 1024, exponent - 25);
  return (half & 0x8000) != 0 ? -size : size;
}

template <typename Real, typename Bits>
double real_of(Bits bits) {
  Real value;
  std::memcpy(&value, &bits, sizeof(value));
  return static_cast<double>(value);
}

class CborParser {
 public:
  explicit CborParser(std::string_view bytes) : in_(bytes) {}

  Json parse() {
    Json item = parse_item(0);
    if (!in_.empty()) {
      fail("bytes behind the end");
    }
    return item;
  }

 private:
  [[noreturn]] static void fail(const std::string& what) {
    throw Error(ErrorCode::syntax, "cannot parse CBOR: " + what);
  }

  struct Head {
    Major major;
    uint8_t more;
  };
  Head read_head() {
    const auto byte = in_.read<uint8_t>();
    return {static_cast<Major>(byte >> 5), static_cast<uint8_t>(byte & 31)};
  }

  uint64_t read_argument(uint8_t more) {
    switch (more) {
      case 24: return in_.read<uint8_t>();
      case 25: return in_.read<uint16_t>();
      case 26: return in_.read<uint32_t>();
      case 27: return in_.read<uint64_t>();
      default: break;
    }
    if (more > 27) {
      fail("a length that is none");
    }
    return more;
  }

  bool take_break() {
    if (in_.empty() || in_.rest().front() != kBreak) {
      return false;
    }
    in_.take(1);
    return true;
  }

  Json parse_item(int depth) {
    if (depth > kMostDepth) {
      fail("nested too deeply");
    }
    const Head head = read_head();
    switch (head.major) {
      case Major::number: return Json(read_argument(head.more));
      case Major::negative: return parse_negative(head.more);
      case Major::bytes:
      case Major::text: return Json(parse_string(head));
      case Major::list: return parse_list(head.more, depth);
      case Major::map: return parse_map(head.more, depth);
      case Major::tag: read_argument(head.more); return parse_item(depth + 1);
      case Major::simple: return parse_simple(head.more);
    }
    fail("a type that is none");
  }

  Json parse_negative(uint8_t more) {
    const uint64_t argument = read_argument(more);
    if (argument <= static_cast<uint64_t>(INT64_MAX)) {
      return Json(-1 - static_cast<int64_t>(argument));
    }
    return Json(-1.0 - static_cast<double>(argument));
  }

  std::string parse_string(Head head) {
    std::string whole;
    if (head.more != kIndefinite) {
      whole = in_.take(read_argument(head.more));
    } else {
      while (!take_break()) {
        const Head piece = read_head();
        if (piece.major != head.major || piece.more == kIndefinite) {
          fail("a piece of another kind within a string");
        }
        whole += in_.take(read_argument(piece.more));
      }
    }
    if (head.major == Major::text && !is_utf8(whole)) {
      fail("a text that is not UTF-8");
    }
    return whole;
  }

  // Calls `parse_one` for each of as many as are said, or until a break.
  template <typename ParseOne>
  void parse_all(uint8_t more, ParseOne parse_one) {
    if (more == kIndefinite) {
      while (!take_break()) {
        parse_one();
      }
      return;
    }
    const uint64_t count = read_argument(more);
    if (count > in_.rest().size()) {
      fail("more items than bytes");
    }
    for (uint64_t i = 0; i < count; ++i) {
      parse_one();
    }
  }

  Json parse_list(uint8_t more, int depth) {
    Json::Array items;
    parse_all(more, [&] { items.push_back(parse_item(depth + 1)); });
    return Json(std::move(items));
  }

  Json parse_map(uint8_t more, int depth) {
    Json::Members members;
    parse_all(more, [&] {
      const Head key = read_head();
      if (key.major != Major::text) {
        fail("a key that is no text");
      }
      std::string name = parse_string(key);
      members.emplace_back(std::move(name), parse_item(depth + 1));
    });
    return Json::object(std::move(members));
  }

  Json parse_simple(uint8_t more) {
    switch (more) {
      case 20: return Json(false);
      case 21: return Json(true);
      case 22:
      case 23: return {};
      case 25: return Json(half_to_double(in_.read<uint16_t>()));
      case 26: return Json(real_of<float>(in_.read<uint32_t>()));
      case 27: return Json(real_of<double>(in_.read<uint64_t>()));
      default: fail("a value that stands for nothing");
    }
  }

  NetworkReader in_;
};

}  // namespace

Json parse_cbor(std::string_view bytes) {
  try {
    return CborParser(bytes).parse();
  } catch (const Error& error) {
    // Bytes that end too early are, to whoever sent them, as wrong as others.
    throw Error(ErrorCode::syntax, error.message());
  }
}

}  // namespace millrace::kinesis
