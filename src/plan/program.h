#pragma once

// A SQL file as a whole: its definitions in a catalog, its INSERTs and statement sets as jobs.
// Statements take effect in order; SET holds for the statements after it.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/check_options.h"
#include "plan/nodes.h"

namespace millrace::plan {

// One INSERT, or one statement set: what runs, restarts and is checkpointed as one.
struct Job {
  // The setting 'pipeline.name', or else the names of its sinks joined by "+"; unique in the file.
  std::string name;
  std::shared_ptr<const Plan> plan;
  // The table of the setting 'millrace.dead-letter.table'; null where it is not set.
  std::shared_ptr<const catalog::Table> dead_letters;
};

struct Program {
  catalog::Catalog catalog;
  std::vector<Job> jobs;
};

// Throws Error with the position in `file` of the first mistake.
Program plan_program(std::string_view text, const std::string& file,
                     const catalog::Connections& connections);

}  // namespace millrace::plan
