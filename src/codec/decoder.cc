#include "codec/decoder.h"

#include <algorithm>

namespace millrace::codec {

size_t Decoded::without_rows(size_t records) const {
  size_t with_rows = rows;
  if (!record_of_row.empty()) {  // ascending
    with_rows = 1;
    for (size_t row = 1; row < rows; ++row) {
      with_rows += record_of_row[row] != record_of_row[row - 1] ? 1 : 0;
    }
  }
  return records - with_rows - rejects.size();
}

}  // namespace millrace::codec
