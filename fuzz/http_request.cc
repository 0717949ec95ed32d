// Feeds the HTTP request parser: the first byte is the step in which the rest arrives. The same
// bytes in one piece must give the same requests.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "io/http/request_parser.h"

using millrace::io::http::Limits;
using millrace::io::http::RequestParser;

static std::string parsed(std::string_view bytes, size_t step) {
  RequestParser parser(Limits{.head_bytes = 4096, .headers = 20, .body_bytes = 8192});
  std::string seen;
  std::string pending;
  for (size_t at = 0; at < bytes.size() && !parser.refusal(); at += step) {
    pending += bytes.substr(at, step);
    for (size_t used = 1; used > 0 && !pending.empty() && !parser.refusal();) {
      used = parser.feed(pending);
      pending.erase(0, used);
      if (parser.complete()) {
        const auto request = parser.take();
        seen += request.method + " " + request.path + " " + request.body + "\n";
        millrace::check(request.body.size() <= 8192);
        used = 1;
      }
    }
  }
  return parser.refusal() ? seen + "refused" : seen;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  millrace::check(parsed(bytes, size_t{data[0]} + 1) == parsed(bytes, bytes.size()));
  return 0;
}
