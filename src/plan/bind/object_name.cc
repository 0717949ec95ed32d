#include "plan/bind/object_name.h"

namespace millrace::plan {

static void check_parts(const sql::QualifiedName& name, size_t most, const char* form) {
  if (name.parts.size() > most) {
    throw Error(ErrorCode::syntax, std::string("a name of too many parts: it is ") + form,
                name.parts[most].position);
  }
}

catalog::ObjectName object_name(const sql::QualifiedName& name, const catalog::Namespace& current) {
  check_parts(name, 3, "catalog.database.name");
  const size_t count = name.parts.size();
  catalog::ObjectName full{current, name.last().text};
  if (count > 1) {
    full.space.database = name.parts[count - 2].text;
  }
  if (count > 2) {
    full.space.catalog = name.parts[count - 3].text;
  }
  return full;
}

catalog::Namespace database_name(const sql::QualifiedName& name,
                                 const catalog::Namespace& current) {
  check_parts(name, 2, "catalog.database");
  return {name.parts.size() > 1 ? name.parts.front().text : current.catalog, name.last().text};
}

}  // namespace millrace::plan
