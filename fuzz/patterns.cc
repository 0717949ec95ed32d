// Feeds what functions take for a regular expression or a JSON path, and a text for it: the input's
// lines but the first, which is the pattern.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "function/value/java_pattern.h"
#include "function/value/json_path.h"

using namespace millrace;

static void match(std::string_view pattern, std::string_view text) {
  const function::JavaPattern compiled(pattern);
  std::array<std::string_view, 1> parts;
  const bool is_found = compiled.find(text, parts);
  if (compiled.fits_whole(text)) {
    check(is_found, "a pattern fits all of a text and no part of it");
  }
}

static void follow(std::string_view path, std::string_view text) {
  const auto document = function::parse_leading_json(text);
  const function::JsonPath compiled(path);
  if (document) {
    compiled.find_in(*document);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string_view pattern = input.substr(0, input.find('\n'));
  const std::string_view text = input.substr(std::min(input.size(), pattern.size() + 1));
  for (const auto use : {match, follow}) {
    try {
      use(pattern, text);
    } catch (const Error& error) {  // most inputs are neither
    }
  }
  return 0;
}
