#pragma once

// Records that a partition gave in one poll, and what they say of themselves as columns.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "catalog/table.h"
#include "codec/decoder.h"
#include "connector/topic/record_metadata.h"
#include "kafka/records.h"

namespace millrace::connector {

struct FetchedRecords {
  // What is read of a record besides its value.
  struct Parts {
    bool keys = false;
    bool headers = false;
    bool facts = false;  // what its batch says of it
  };
  // The headers and facts that metadata columns among these columns of the table are of.
  static Parts parts_for(const catalog::Table& table, std::span<const size_t> read);

  // What keeps the bytes of the records alive.
  struct Memory {
    SharedBytes bytes;
    std::vector<std::shared_ptr<kafka::Records>> decompressed;
  };
  std::shared_ptr<Memory> memory = std::make_shared<Memory>();
  std::vector<std::string_view> values;
  std::vector<std::string_view> keys = {};  // where they are read
  std::vector<int64_t> offsets;
  std::vector<int64_t> timestamps;
  std::vector<std::vector<kafka::Header>> headers = {};  // likewise
  std::vector<RecordBatchFacts> facts = {};              // likewise
  size_t passed_over = 0;                                // records besides that are no rows here

  void add(const kafka::Record& record, const RecordBatchFacts& of_batch, const Parts& parts);

  // A metadata column of the rows that were decoded of these. Throws Error(unsupported), where
  // Flink may cast.
  Column metadata_column(const catalog::Table& table, const catalog::ColumnDefinition& column,
                         const std::string& topic, PartitionIndex partition,
                         const codec::Decoded& decoded) const;
};

}  // namespace millrace::connector
