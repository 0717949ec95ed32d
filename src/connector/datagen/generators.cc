// The generators of a table.

#include <algorithm>

#include "base/error.h"
#include "base/similar.h"
#include "column/batch.h"
#include "connector/datagen/generator.h"

namespace millrace::connector {

// Of a batch; and of a row, which is not made where it is larger.
static constexpr double kBatchBytes = 16 << 20;

static int64_t rows_of_batch(const catalog::Table& table, double row_bytes) {
  if (row_bytes > kBatchBytes) {
    throw Error(ErrorCode::invalid_argument,
                "a row of table '" + table.name + "' would take " +
                    std::to_string(static_cast<int64_t>(row_bytes / (1 << 20))) +
                    " MiB; 'datagen' makes rows of at most 16: shorten its strings or arrays",
                table.place_of("connector"));
  }
  return static_cast<int64_t>(
      std::clamp(kBatchBytes / std::max(row_bytes, 1.0), 1.0, double{Batch::kMaxRows}));
}

static void refuse_unknown_fields(const catalog::Table& table, const std::set<std::string>& known) {
  for (const auto& [key, option] : table.options) {
    if (key.starts_with("fields.") && !known.contains(key)) {
      throw Error(ErrorCode::invalid_argument,
                  "unknown option '" + key + "' of connector 'datagen'" +
                      did_you_mean(key, std::vector<std::string>(known.begin(), known.end())),
                  option.position);
    }
  }
}

TableGenerators make_generators(const catalog::Table& table) {
  TableGenerators all;
  std::set<std::string> known;
  double row_bytes = 0;
  for (const catalog::ColumnDefinition& column : table.columns) {
    all.by_column.push_back(
        column.kind == catalog::ColumnKind::physical
            ? make_generator(column.type, FieldOptions(table, column.name, known))
            : nullptr);
    if (const Generator* made = all.by_column.back().get()) {
      if (const auto rows = made->most_rows()) {
        all.most_rows = std::min(*rows, all.most_rows.value_or(*rows));
      }
      row_bytes += made->value_bytes();
    }
  }
  all.batch_rows = rows_of_batch(table, row_bytes);
  refuse_unknown_fields(table, known);
  return all;
}

}  // namespace millrace::connector
