#pragma once

// INSERT INTO: the query's columns as the table wants them.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/check_options.h"
#include "plan/beyond_flink.h"
#include "plan/nodes.h"
#include "sql/statement.h"

namespace millrace::plan {

// Where it is false, an INSERT that needs ON CONFLICT has DO DEDUPLICATE without saying so.
inline constexpr const char* kRequireOnConflict = "table.exec.sink.require-on-conflict";

// A table that can be written. Throws Error at `at` where there is none of that name.
std::shared_ptr<const catalog::Table> find_sink(const catalog::ObjectName& name,
                                                const catalog::Catalog& catalog,
                                                const catalog::Connections& connections,
                                                const Position& at);

// One job of one or several INSERTs. What they read is read once; several into the same table go
// there as one. Notes go into `beyond_flink` where it is not null. Throws Error with the place of
// the mistake.
Plan bind_inserts(const std::vector<const sql::Insert*>& inserts, const catalog::Catalog& catalog,
                  const catalog::Connections& connections,
                  std::map<std::string, std::string> settings,
                  std::vector<BeyondFlink>* beyond_flink = nullptr);

}  // namespace millrace::plan
