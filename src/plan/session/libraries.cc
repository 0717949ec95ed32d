#include "plan/session/libraries.h"

#include "base/error.h"
#include "sql/parser.h"

namespace millrace::plan {

LibraryFunctions library_functions_in(std::string_view text, const std::string& file) {
  LibraryFunctions functions;
  for (const sql::Statement& statement : sql::parse_script(text, file)) {
    const auto* create = std::get_if<sql::CreateFunction>(&statement.node);
    if (create == nullptr) {
      continue;
    }
    for (const sql::CreateFunction::Library& library : create->libraries) {
      functions.insert({library.path, create->implementation});
    }
  }
  return functions;
}

void check_loadable(const sql::CreateFunction& create, const Loadable& loadable) {
  if (!loadable) {
    return;
  }
  for (const sql::CreateFunction::Library& library : create.libraries) {
    if (!loadable->contains({library.path, create.implementation})) {
      throw Error(ErrorCode::unsupported,
                  "a text that comes over the network loads no library: '" + create.implementation +
                      "' of '" + library.path +
                      "' is not in a file that the server was started with; add it there and "
                      "start the server again",
                  library.position);
    }
  }
}

}  // namespace millrace::plan
