#pragma once

// A pipeline file as a whole: its definitions in a catalog, its INSERTs and statement sets as jobs.
// Statements take effect in order; SET holds for the statements after it.

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/check_options.h"
#include "plan/session/session.h"

namespace millrace::plan {

struct Program {
  catalog::Catalog catalog;
  std::vector<Job> jobs;
  std::vector<std::string> warnings;  // with their place: "file:1:5: setting ..."
};

// Throws Error with the position in `file` of the first mistake. A statement that asks for an
// answer is one, for nobody reads it.
Program plan_program(std::string_view text, const std::string& file,
                     const catalog::Connections& connections);

}  // namespace millrace::plan
