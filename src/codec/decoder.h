#pragma once

// Bytes of records into columns. A decoder is made for the columns that the plan reads and looks
// at nothing else; what it cannot read is a value (a Reject), never an exception.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "column/batch.h"
#include "column/type.h"

namespace millrace::codec {

// Readable bytes that must follow the last record, because parsers load in whole registers.
inline constexpr size_t kPadding = 64;

struct Decoded {
  std::vector<Column> columns;  // as the schema asked for
  size_t rows = 0;
  std::vector<RowKind> kinds;  // of a changelog, by row; empty for new rows alone
  // Which record a row came from; empty where row i came from record i.
  std::vector<uint32_t> record_of_row;
  struct Reject {
    uint32_t record;
    std::string reason;
    bool is_ignored = false;  // no reason to stop: 'ignore-parse-errors' is set
  };
  std::vector<Reject> rejects;  // ascending by record; such a record gives no row

  // How many of so many records gave neither a row nor a reject: blank ones, empty arrays.
  size_t without_rows(size_t records) const;
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  // Whether records without a value (of no address) and of no byte are rows, or nothing at all.
  virtual bool reads_empty_records() const { return false; }
  // The records lie in memory kept alive by `owner`, which the columns share where they can.
  virtual Decoded decode(std::span<const std::string_view> records,
                         const std::shared_ptr<const void>& owner) = 0;
};

}  // namespace millrace::codec
