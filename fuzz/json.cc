// base/json: any bytes are refused with an Error or become a value that prints and parses to
// itself.

#include "base/json.h"

#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/error.h"

using millrace::Error;
using millrace::Json;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string printed;
  try {
    printed = Json::parse(text).dump();
  } catch (const Error&) {
    return 0;
  }
  millrace::check(Json::parse(printed).dump() == printed);
  return 0;
}
