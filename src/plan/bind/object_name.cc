#include "plan/bind/object_name.h"

namespace millrace::plan {

const std::string& object_name(const sql::QualifiedName& name) {
  const size_t count = name.parts.size();
  const bool own_database = count < 2 || name.parts[count - 2].text == "default_database";
  const bool own_catalog = count < 3 || name.parts[count - 3].text == "default_catalog";
  if (count > 3 || !own_database || !own_catalog) {
    throw Error(ErrorCode::not_found,
                "no such catalog or database: tables have a plain name here, such as '" +
                    name.last().text + "'",
                name.position());
  }
  return name.last().text;
}

}  // namespace millrace::plan
