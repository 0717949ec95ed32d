#include "golden/syntax.h"

#include "base/error.h"
#include "sql/parser.h"
#include "sql/printer.h"

namespace millrace::golden {

static std::string canonical(const std::string& text) {
  std::string result;
  for (const sql::Statement& statement : sql::parse_script(text)) {
    result += (result.empty() ? "" : ";\n") + sql::to_sql(statement);
  }
  return result;
}

static std::string canonical_or_error(const std::string& text) {
  try {
    return canonical(text);
  } catch (const Error& error) {  // the error is the answer under test
    return "error " + std::string(error.what());
  }
}

std::string answer_syntax(const std::string& input) {
  std::string once = canonical_or_error(input);
  if (once.starts_with("error ")) {
    return once;
  }
  const std::string twice = canonical_or_error(once);
  return twice == once ? once : once + "\nREADS AS\n" + twice;
}

}  // namespace millrace::golden
