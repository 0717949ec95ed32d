// Feeds the SQL parser. What parses must print to a text that parses to the same text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "sql/parser.h"
#include "sql/printer.h"

static std::string canonical(std::string_view text) {
  std::string result;
  for (const millrace::sql::Statement& statement : millrace::sql::parse_script(text)) {
    result += millrace::sql::to_sql(statement) + ";\n";
  }
  return result;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string once;
  try {
    once = canonical({reinterpret_cast<const char*>(data), size});
  } catch (const millrace::Error& error) {  // most inputs are no SQL
    return 0;
  }
  std::string twice;
  try {
    twice = canonical(once);
  } catch (const millrace::Error& error) {  // the finding
    millrace::check(false, once + error.what());
  }
  millrace::check(once == twice, once + "\nREADS AS\n" + twice);
  return 0;
}
