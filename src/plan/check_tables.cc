#include "plan/check_tables.h"

#include <algorithm>

#include "base/error.h"

namespace millrace::plan {

// What is no option's fault is told where the table has its connector.
template <typename Check>
static void placed(const catalog::Table& table, Check check) {
  try {
    check();
  } catch (const Error& error) {  // the same one, with a place
    throw Error(error.code(), error.message(),
                error.position() ? *error.position() : table.place_of("connector"));
  }
}

static void check_read(const catalog::Table& table, const std::vector<size_t>& columns,
                       const catalog::Connections& connections) {
  const auto* connector = connections.find_connector(table.option("connector"));
  if (connector != nullptr && connector->check_read != nullptr) {
    placed(table, [&] { connector->check_read(table, columns); });
  }
}

void check_written(const catalog::Table& table, const catalog::Connections& connections) {
  const auto* connector = connections.find_connector(table.option("connector"));
  if (connector != nullptr && connector->check_written != nullptr) {
    placed(table, [&] { connector->check_written(table); });
  }
}

void check_tables(const Plan& plan, const catalog::Connections& connections) {
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::scan) {
      const Scan& scan = static_cast<const Scan&>(*node);
      std::vector<size_t> columns = scan.read;  // one for each member of a ROW
      columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
      check_read(*scan.table, columns, connections);
    }
  }
  for (const Sink* sink : plan.sinks) {
    check_written(*sink->table, connections);
  }
}

}  // namespace millrace::plan
