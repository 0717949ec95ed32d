#pragma once

// A file of statements as a whole: its definitions in a catalog, what runs, what was asked.
// Statements take effect in order; SET holds for the statements after it.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/check_options.h"
#include "plan/session/session.h"

namespace millrace::plan {

// What statements give that is more than done.
using Given = std::variant<Answer, Text, Job, Question>;

// With the answers, for whoever shows them.
struct Script {
  catalog::Catalog catalog;
  size_t statements = 0;
  std::vector<Given> given;           // in order
  std::vector<std::string> warnings;  // with their place: "file:1:5: setting ..."
};

// Throws Error with the position in `file` of the first mistake; nothing has run then.
Script plan_script(std::string_view text, const std::string& file,
                   const catalog::Connections& connections);

// A pipeline file: INSERTs and statement sets.
struct Program {
  catalog::Catalog catalog;
  std::vector<Job> jobs;
  std::vector<std::string> warnings;
};

// Throws as plan_script(). A statement that asks for an answer is a mistake, for nobody reads it.
// `loadable` is given for a text that is not of the program's own files.
Program plan_program(std::string_view text, const std::string& file,
                     const catalog::Connections& connections, Loadable loadable = {});

}  // namespace millrace::plan
