#pragma once

// What a record of a topic says beside its key and its value, as columns: of headers both ways, of
// the time for writing.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "catalog/table.h"
#include "column/batch.h"
#include "kafka/records.h"

namespace millrace::connector {

// A column MAP<STRING, BYTES> of the headers of each row's record. Of several headers of a name the
// last one counts.
Column headers_column(const catalog::ColumnDefinition& column,
                      std::span<const std::vector<kafka::Header>* const> by_row);

// What a batch says of all of its records.
struct RecordBatchFacts {
  int32_t leader_epoch = -1;
  bool has_append_time = false;
};

// Whether this key is of such: 'leader-epoch', which is NULL where nobody was the leader, and
// 'timestamp-type'.
bool is_of_batches(std::string_view key);
Column batch_facts_column(const catalog::ColumnDefinition& column,
                          std::span<const RecordBatchFacts> by_row);

// The metadata columns of the rows that a table is written: METADATA that is not VIRTUAL.
class WrittenMetadata {
 public:
  // Throws Error(unsupported).
  explicit WrittenMetadata(const catalog::Table& table);

  // The rows that the others are asked of from now on. Some have none of these columns, as dead
  // letters.
  void begin(const Batch& rows);
  // Nothing where it is NULL: the record has the time at which it is written.
  std::optional<Timestamp> time_of(uint32_t row) const;
  // A value that is NULL is an empty one.
  kafka::BatchBuilder::Headers headers_of(uint32_t row) const;

 private:
  std::optional<size_t> time_at_;  // in rows
  std::optional<size_t> headers_at_;
  int64_t time_unit_ = 1;  // in a millisecond
  std::optional<Column> time_;
  std::optional<Column> headers_;
};

}  // namespace millrace::connector
