#pragma once

// Records whose keys are read: for columns that stand in the key alone, and of tables of upserts,
// where a record says what the row of its key is now, and one without a value that it is gone. Of
// what both key and value say, the value counts.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/table.h"
#include "codec/decoder.h"
#include "connector/topic/options.h"

namespace millrace::connector {

class KeyedRecords {
 public:
  // `read` of the table's physical columns. Throws Error where a format does not read them.
  KeyedRecords(const catalog::Table& table, Schema read, const TopicOptions& options);

  // A key or a value that the record does not have is a view of no address. The columns are those
  // that are read, and a record that has no key is refused.
  codec::Decoded decode(std::span<const std::string_view> keys,
                        std::span<const std::string_view> values,
                        const std::shared_ptr<const void>& owner);

 private:
  // Where a column that is read stands; each beyond the columns of a decoder where not in it.
  struct Place {
    size_t in_value;
    size_t in_key;
  };
  // A row that comes out: rows of what was decoded, or kNone.
  struct Row {
    uint32_t record;
    uint32_t value;
    uint32_t key;
  };
  static constexpr uint32_t kNone = UINT32_MAX;

  Column column(size_t number, const codec::Decoded& values, const codec::Decoded& keys,
                const std::vector<Row>& rows) const;

  Schema schema_;
  bool are_upserts_;
  bool ignores_missing_keys_;
  std::vector<Place> places_;  // by column of schema_
  std::unique_ptr<codec::Decoder> values_;
  std::unique_ptr<codec::Decoder> keys_;
};

}  // namespace millrace::connector
