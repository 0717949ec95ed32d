#pragma once

// How verbs of the command line reach topics, pipelines and tables: the REST API of the server that
// works on the data directory, or, where none does, the same routes over the directory itself.

#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"

namespace millrace::server {

struct Context;
struct Settings;

class ApiAccess {
 public:
  virtual ~ApiAccess() = default;

  // The answer's body. Throws the Error that the API answered with.
  virtual Json ask(std::string_view method, std::string_view target, const Json& body = {}) = 0;
};

// Opens the data directory where no server runs on it. Throws Error(unavailable) where something
// else works on it, or not_found where there is no such directory.
std::unique_ptr<ApiAccess> open_api(const Context& context, const Settings& settings,
                                    std::string_view verb);

}  // namespace millrace::server
