// /api/v1/tables: the tables of the lake, as ad-hoc SQL names them.

#include "api/route.h"
#include "base/error.h"
#include "query/lake.h"

namespace millrace::api {

static Json table_json(query::Lake& lake, const query::TableName& name) {
  const bool plain = name.schema == "main";
  Json table = Json::object({{"name", plain ? name.table : name.schema + "." + name.table}});
  try {
    const delta::Snapshot& snapshot = lake.refreshed(name).snapshot();
    Json columns = Json::array();
    for (const Field& field : snapshot.schema().fields) {
      columns.push(Json::object({{"name", field.name}, {"type", field.type.to_string()}}));
    }
    table.set("version", snapshot.version().value);
    table.set("files", static_cast<int64_t>(snapshot.files().size()));
    table.set("columns", std::move(columns));
  } catch (const Error& error) {
    // A table that cannot be read hides no other; it says why in its place.
    table.set("error", error.message());
  }
  return table;
}

io::http::Response list_tables(const Call& call) {
  query::Lake lake(call.services.world, call.services.lake_directory);
  Json tables = Json::array();
  for (const query::TableName& name : lake.tables()) {
    tables.push(table_json(lake, name));
  }
  return json(Json::object({{"tables", std::move(tables)}}));
}

}  // namespace millrace::api
