#include "delta/checkpoint.h"

#include "codec/parquet/parquet.h"
#include "column/builder.h"

namespace millrace::delta {

// Rows become the JSON lines that commits are made of, so that one parser reads both.
std::vector<Action> decode_checkpoint(std::string_view bytes, codec::Parquet& parquet) {
  std::vector<Action> actions;
  for (const Batch& batch : parquet.query(bytes, "SELECT to_json(file)::VARCHAR FROM file")) {
    const View<StringRef> lines(batch.columns[0]);
    for_each(batch.rows(), [&](uint32_t row) {
      if (std::optional<Action> action = action_from_json(Json::parse(lines[row].view()))) {
        actions.push_back(std::move(*action));
      }
    });
  }
  return actions;
}

static std::vector<Action> actions_of(const Snapshot& snapshot) {
  std::vector<Action> actions = {snapshot.protocol(), snapshot.metadata()};
  for (const auto& [app_id, txn] : snapshot.transactions()) {
    actions.emplace_back(txn);
  }
  for (const auto& [path, add] : snapshot.files()) {
    actions.emplace_back(add);
    std::get<Add>(actions.back()).data_change = false;
  }
  for (const auto& [path, remove] : snapshot.removed()) {
    actions.emplace_back(remove);
    std::get<Remove>(actions.back()).data_change = false;
  }
  return actions;
}

static std::vector<Batch> lines_of(const std::vector<Action>& actions) {
  std::vector<Batch> batches;
  for (size_t from = 0; from < actions.size(); from += Batch::kMaxRows) {
    const size_t count = std::min(actions.size() - from, Batch::kMaxRows);
    ColumnBuilder lines(Type::string());
    for (size_t i = 0; i < count; ++i) {
      lines.add_string(to_json(actions[from + i]).dump());
    }
    Batch batch;
    batch.physical_size = static_cast<uint32_t>(count);
    batch.columns = {lines.finish()};
    batches.push_back(std::move(batch));
  }
  return batches;
}

// The columns and their types, in the notation of DuckDB's json_transform.
static constexpr const char* kColumns = R"json({
  "txn": {"appId": "VARCHAR", "version": "BIGINT", "lastUpdated": "BIGINT"},
  "add": {"path": "VARCHAR", "partitionValues": "MAP(VARCHAR, VARCHAR)", "size": "BIGINT",
          "modificationTime": "BIGINT", "dataChange": "BOOLEAN", "stats": "VARCHAR"},
  "remove": {"path": "VARCHAR", "deletionTimestamp": "BIGINT", "dataChange": "BOOLEAN"},
  "metaData": {"id": "VARCHAR", "name": "VARCHAR",
               "format": {"provider": "VARCHAR", "options": "MAP(VARCHAR, VARCHAR)"},
               "schemaString": "VARCHAR", "partitionColumns": ["VARCHAR"],
               "configuration": "MAP(VARCHAR, VARCHAR)", "createdTime": "BIGINT"},
  "protocol": {"minReaderVersion": "INTEGER", "minWriterVersion": "INTEGER",
               "readerFeatures": ["VARCHAR"], "writerFeatures": ["VARCHAR"]}})json";

EncodedCheckpoint encode_checkpoint(const Snapshot& snapshot, codec::Parquet& parquet) {
  const std::vector<Action> actions = actions_of(snapshot);
  const std::vector<Batch> lines = lines_of(actions);
  const Schema schema{{{"line", Type::string()}}};
  const std::string sql =
      "SELECT unnest(json_transform(line, '" + std::string(kColumns) + "')) FROM rows()";
  const Json last = Json::object(
      {{"version", snapshot.version().value}, {"size", static_cast<int64_t>(actions.size())}});
  return {parquet.encode_query(schema, lines, sql), last.dump()};
}

}  // namespace millrace::delta
