#pragma once

// One record the long way: by a JSON parser, whatever it looks like. What nobody reads is checked
// to be JSON and otherwise passed over.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "codec/json/rows_writer.h"

namespace millrace::codec {

enum class RecordForm : uint8_t { object, array_of_objects };

class RecordReader {
 public:
  explicit RecordReader(const JsonOptions& options);
  ~RecordReader();

  // Writes the rows of a record, which has kPadding readable bytes behind it. Nothing where the
  // record is refused: reason() says why, and the caller takes back what was written.
  std::optional<RecordForm> read(std::string_view record, RowsWriter& rows);
  const std::string& reason() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace millrace::codec
