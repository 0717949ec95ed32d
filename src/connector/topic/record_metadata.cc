#include "connector/topic/record_metadata.h"

#include <algorithm>
#include <map>

#include "base/error.h"
#include "column/builder.h"
#include "connector/scan_columns.h"

namespace millrace::connector {

static constexpr std::string_view kLeaderEpoch = "leader-epoch";
static constexpr std::string_view kTimestampType = "timestamp-type";

static bool is_bytes(const Type& type) { return type.is_string() || type.is_binary(); }

[[noreturn]] static void fail_type(const catalog::ColumnDefinition& column, const char* expected) {
  throw Error(ErrorCode::unsupported, "metadata column '" + column.name + "' is " + expected +
                                          ", and cannot be " + column.type.to_string());
}

static void check_headers(const catalog::ColumnDefinition& column) {
  const Type& type = column.type;
  if (type.kind != TypeKind::map || !is_bytes((*type.children)[0].type) ||
      !is_bytes((*type.children)[1].type)) {
    fail_type(column, "MAP<STRING, BYTES>");
  }
}

static void add(const std::optional<std::string_view>& value, ColumnBuilder& column) {
  if (value) {
    column.add_string(*value);
  } else {
    column.add_null();
  }
}

Column headers_column(const catalog::ColumnDefinition& column,
                      std::span<const std::vector<kafka::Header>* const> by_row) {
  check_headers(column);
  ColumnBuilder keys((*column.type.children)[0].type);
  ColumnBuilder values((*column.type.children)[1].type);
  auto offsets = std::make_shared<std::vector<uint32_t>>(1, 0);
  for (const std::vector<kafka::Header>* headers : by_row) {
    std::map<std::string_view, std::optional<std::string_view>> last;
    for (const kafka::Header& header : *headers) {
      last[header.key] = header.value;
    }
    for (const auto& [key, value] : last) {
      keys.add_string(key);
      add(value, values);
    }
    offsets->push_back(static_cast<uint32_t>(keys.size()));
  }
  std::vector<Column> entries;
  entries.push_back(keys.finish());
  entries.push_back(values.finish());
  return Column::list(column.type, by_row.size(), std::move(offsets), std::move(entries));
}

bool is_of_batches(std::string_view key) { return key == kLeaderEpoch || key == kTimestampType; }

Column batch_facts_column(const catalog::ColumnDefinition& column,
                          std::span<const RecordBatchFacts> by_row) {
  const bool is_epoch = metadata_key(column) == kLeaderEpoch;
  if (is_epoch ? column.type.kind != TypeKind::integer : !column.type.is_string()) {
    fail_type(column, is_epoch ? "INT" : "STRING");
  }
  ColumnBuilder values(column.type);
  for (const RecordBatchFacts& facts : by_row) {
    if (!is_epoch) {
      values.add_string(facts.has_append_time ? "LogAppendTime" : "CreateTime");
    } else if (facts.leader_epoch < 0) {
      values.add_null();
    } else {
      values.add(facts.leader_epoch);
    }
  }
  return values.finish();
}

WrittenMetadata::WrittenMetadata(const catalog::Table& table) {
  size_t at = static_cast<size_t>(std::count_if(
      table.columns.begin(), table.columns.end(),
      [](const auto& column) { return column.kind == catalog::ColumnKind::physical; }));
  for (const catalog::ColumnDefinition& column : table.columns) {
    if (column.kind != catalog::ColumnKind::metadata || column.is_virtual) {
      continue;
    }
    const size_t number = at++;
    if (metadata_key(column) == "headers") {
      check_headers(column);
      headers_at_ = number;
    } else if (!column.type.is_timestamp()) {
      fail_type(column, "TIMESTAMP_LTZ(3)");
    } else {
      time_at_ = number;
      time_unit_ = column.type.timestamp_unit() / 1000;
    }
  }
}

void WrittenMetadata::begin(const Batch& rows) {
  const auto column_at = [&](const std::optional<size_t>& at) {
    return at && *at < rows.columns.size() ? std::optional<Column>(rows.columns[*at])
                                           : std::nullopt;
  };
  time_ = column_at(time_at_);
  headers_ = column_at(headers_at_);
}

std::optional<Timestamp> WrittenMetadata::time_of(uint32_t row) const {
  if (!time_ || time_->is_null(row)) {
    return std::nullopt;
  }
  const int64_t value = View<int64_t>(*time_)[row];
  const int64_t whole = value / time_unit_;
  return Timestamp{value % time_unit_ < 0 ? whole - 1 : whole};
}

kafka::BatchBuilder::Headers WrittenMetadata::headers_of(uint32_t row) const {
  kafka::BatchBuilder::Headers headers;
  if (!headers_ || headers_->is_null(row)) {
    return headers;
  }
  const size_t entry = headers_->position_of(row);
  const Column stored = headers_->stored();
  const std::vector<uint32_t>& offsets = *stored.offsets();
  const Column& keys = stored.children()[0];
  const Column& values = stored.children()[1];
  const View<StringRef> names(keys);
  const View<StringRef> texts(values);
  for (uint32_t i = offsets[entry]; i < offsets[entry + 1]; ++i) {
    headers.emplace_back(keys.is_null(i) ? std::string() : std::string(names[i].view()),
                         values.is_null(i) ? std::string() : std::string(texts[i].view()));
  }
  return headers;
}

}  // namespace millrace::connector
