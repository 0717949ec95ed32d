#include "connector/topic/fetched_records.h"

#include "base/error.h"
#include "column/builder.h"
#include "connector/scan_columns.h"

namespace millrace::connector {

static constexpr std::string_view kHeaders = "headers";

FetchedRecords::Parts FetchedRecords::parts_for(const catalog::Table& table,
                                                std::span<const size_t> read) {
  Parts parts;
  for (const size_t number : read) {
    const catalog::ColumnDefinition& column = table.columns[number];
    if (column.kind == catalog::ColumnKind::metadata) {
      parts.headers = parts.headers || metadata_key(column) == kHeaders;
      parts.facts = parts.facts || is_of_batches(metadata_key(column));
    }
  }
  return parts;
}

void FetchedRecords::add(const kafka::Record& record, const RecordBatchFacts& of_batch,
                         const Parts& parts) {
  values.push_back(record.value.value_or(std::string_view()));
  if (parts.keys) {
    keys.push_back(record.key.value_or(std::string_view()));
  }
  offsets.push_back(record.offset.value);
  timestamps.push_back(record.timestamp.ms);
  if (parts.facts) {
    facts.push_back(of_batch);
  }
  if (parts.headers) {
    headers.push_back(kafka::headers_of(record));
  }
}

static size_t record_of(const codec::Decoded& decoded, size_t row) {
  return decoded.record_of_row.empty() ? row : decoded.record_of_row[row];
}

static Column integers(const std::vector<int64_t>& by_record, const codec::Decoded& decoded,
                       const Type& type, int64_t factor) {
  FlatBuffer<int64_t> values(decoded.rows);
  for (size_t row = 0; row < decoded.rows; ++row) {
    values[row] = by_record[record_of(decoded, row)] * factor;
  }
  return values.finish(type);
}

Column FetchedRecords::metadata_column(const catalog::Table& table,
                                       const catalog::ColumnDefinition& column,
                                       const std::string& topic, PartitionIndex partition,
                                       const codec::Decoded& decoded) const {
  const std::string& key = metadata_key(column);
  const Type& type = column.type;
  if (key == "offset" && type.kind == TypeKind::bigint) {
    return integers(offsets, decoded, type, 1);
  }
  if (key == "timestamp" && type.is_timestamp()) {
    return integers(timestamps, decoded, type, type.timestamp_unit() / 1000);
  }
  if (key == "partition" && type.kind == TypeKind::integer) {
    FlatBuffer<int32_t> value(1);
    value[0] = partition.value;
    return Column::constant(value.finish(type), decoded.rows);
  }
  if (key == "topic" && type.is_string()) {
    ColumnBuilder value(type);
    value.add_string(topic);
    return Column::constant(value.finish(), decoded.rows);
  }
  if (is_of_batches(key)) {
    std::vector<RecordBatchFacts> by_row(decoded.rows);
    for (size_t row = 0; row < decoded.rows; ++row) {
      by_row[row] = facts[record_of(decoded, row)];
    }
    return batch_facts_column(column, by_row);
  }
  if (key == kHeaders) {
    std::vector<const std::vector<kafka::Header>*> by_row(decoded.rows);
    for (size_t row = 0; row < decoded.rows; ++row) {
      by_row[row] = &headers[record_of(decoded, row)];
    }
    return headers_column(column, by_row);
  }
  throw Error(ErrorCode::unsupported, "metadata column '" + column.name + "' of table '" +
                                          table.name + "' cannot be " + type.to_string());
}

}  // namespace millrace::connector
