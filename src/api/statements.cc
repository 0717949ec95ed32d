// /api/v1/sql: one read-only statement, its whole result in one answer. Results larger than that
// belong on the Postgres port, which hands them out as fast as they are taken.

#include "api/route.h"
#include "base/error.h"
#include "column/column.h"
#include "function/evaluate.h"
#include "query/engine.h"

namespace millrace::api {

namespace {

constexpr int64_t kMostRows = 1'000'000;

// Numbers that JSON holds exactly are numbers; everything else is its text.
Json value_json(const Column& column, uint32_t row) {
  if (column.is_null(row)) {
    return {};
  }
  switch (column.type().kind) {
    case TypeKind::boolean: return View<uint8_t>(column)[row] != 0;
    case TypeKind::tinyint: return int64_t{View<int8_t>(column)[row]};
    case TypeKind::smallint: return int64_t{View<int16_t>(column)[row]};
    case TypeKind::integer: return int64_t{View<int32_t>(column)[row]};
    case TypeKind::bigint: return View<int64_t>(column)[row];
    case TypeKind::float_: return double{View<float>(column)[row]};
    case TypeKind::double_: return View<double>(column)[row];
    case TypeKind::null_:
    case TypeKind::decimal:
    case TypeKind::char_:
    case TypeKind::varchar:
    case TypeKind::binary:
    case TypeKind::varbinary:
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
    case TypeKind::bitmap:
    case TypeKind::variant: return function::to_text(column, row);
  }
  return {};
}

Json columns_json(const query::Statement& statement) {
  Json columns = Json::array();
  for (const query::ResultColumn& column : statement.columns()) {
    columns.push(Json::object({{"name", column.name}, {"type", column.type.to_string()}}));
  }
  return columns;
}

// Without the semicolons and blanks at its end, which people type.
std::string statement_in(const std::string& text) {
  const size_t end = text.find_last_not_of("; \t\r\n");
  return text.substr(0, end == std::string::npos ? 0 : end + 1);
}

}  // namespace

io::http::Response run_statement(const Call& call) {
  const Json body = call.body();
  const Json* limit = body.find("limit");
  const int64_t most = limit == nullptr ? 100'000 : std::min(limit->as_int(), kMostRows);
  query::Session session(*call.services.query);
  const query::Statement statement =
      session.prepare(statement_in(Call::required(body, "sql").as_string()));
  query::Cursor cursor = session.run(statement);
  Json rows = Json::array();
  bool truncated = false;
  while (!truncated) {
    const std::optional<Batch> batch = cursor.next();
    if (!batch) {
      break;
    }
    const Rows in_batch = batch->rows();
    for (size_t i = 0; i < in_batch.size() && !truncated; ++i) {
      truncated = static_cast<int64_t>(rows.as_array().size()) >= most;
      Json row = Json::array();
      for (const Column& column : batch->columns) {
        row.push(value_json(column, in_batch[i]));
      }
      if (!truncated) {
        rows.push(std::move(row));
      }
    }
  }
  return json(Json::object(
      {{"columns", columns_json(statement)}, {"rows", std::move(rows)}, {"truncated", truncated}}));
}

}  // namespace millrace::api
