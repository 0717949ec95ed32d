// Whether a table over a topic can be read or written, found without the topic, by what would read
// and write it.

#include "connector/scan_columns.h"
#include "connector/topic/fetched_records.h"
#include "connector/topic/keyed_records.h"
#include "connector/topic/options.h"
#include "connector/topic/record_metadata.h"

namespace millrace::connector {

// That of a record's metadata a column of its type can be made: of no records.
static void check_metadata(const catalog::Table& table, const std::vector<size_t>& columns) {
  for (const size_t number : columns) {
    if (table.columns[number].kind == catalog::ColumnKind::metadata) {
      static_cast<void>(FetchedRecords().metadata_column(table, table.columns[number], "",
                                                         PartitionIndex(0), codec::Decoded()));
    }
  }
}

void check_topic_read(const catalog::Table& table, const std::vector<size_t>& columns) {
  const TopicOptions options = TopicOptions::of_source(table, {});
  const Schema read = read_schema(table, columns);
  if (options.reads_keys()) {
    static_cast<void>(KeyedRecords(table, read, options));
  } else {
    static_cast<void>(options.format.decoder(read, whole_record(table)));
  }
  check_metadata(table, columns);
}

void check_topic_written(const catalog::Table& table) {
  const TopicOptions options = TopicOptions::of_sink(table, {});
  static_cast<void>(options.format.encoder(value_record(table, options)));
  if (!options.key_fields.empty()) {
    static_cast<void>(options.key_format.encoder(key_record(table, options)));
  }
  static_cast<void>(WrittenMetadata(table));
}

}  // namespace millrace::connector
