// A Delta log's lines: any bytes are refused with an Error, or become actions that print and parse
// to themselves.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "delta/actions.h"
#include "delta/literal.h"
#include "delta/schema_json.h"

using namespace millrace;

static std::string printed(const std::vector<delta::Action>& actions) {
  std::string text;
  for (const delta::Action& action : actions) {
    text += delta::to_json(action).dump() + "\n";
  }
  return text;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  delta::decode_path(bytes);
  try {
    const std::string once = printed(delta::parse_actions(bytes));
    check(printed(delta::parse_actions(once)) == once);
    delta::schema_from_json(bytes);
  } catch (const Error&) {
    // Refused, as it should be.
  }
  return 0;
}
