#pragma once

// CREATE MODEL: what a model takes and gives, and the options of who computes it.

#include <map>
#include <string>
#include <vector>

#include "catalog/object_name.h"
#include "column/type.h"

namespace millrace::catalog {

struct ModelColumn {
  std::string name;
  Type type;
  std::string comment;
};

struct Model {
  std::string name;
  Namespace space;
  std::vector<ModelColumn> inputs;
  std::vector<ModelColumn> outputs;
  std::map<std::string, std::string> options;
  std::string comment;
  bool temporary = false;
};

}  // namespace millrace::catalog
