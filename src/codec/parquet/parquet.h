#pragma once

// Batches <-> the bytes of a Parquet file, through DuckDB. Bytes, not paths, so that files are
// written and read by whoever owns the disk: the machine's, a simulated one, a bucket.

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "column/batch.h"

namespace millrace::codec {

// Any thread. The same batches give the same bytes. A DuckDB takes longer to open than most files
// to write, so those that were opened are kept for the next call: share one of these where that
// counts.
class Parquet {
 public:
  Parquet();
  ~Parquet();

  // The rows of all batches, whose columns are those of the schema, as one file.
  std::string encode(const Schema& schema, std::span<const Batch> batches);
  // The columns of the file. Throws Error(corrupt) where it is none.
  std::vector<Batch> decode(std::string_view bytes);
  // The rows that a query gives over the table `file`, which stands for those bytes.
  std::vector<Batch> query(std::string_view bytes, const std::string& sql);
  // The file that COPY writes of such a query over `rows()`, the table of those batches.
  std::string encode_query(const Schema& schema, std::span<const Batch> batches,
                           const std::string& sql);

 private:
  struct Engine;
  class Borrowed;

  std::mutex mutex_;
  std::vector<std::unique_ptr<Engine>> idle_;  // behind mutex_
};

}  // namespace millrace::codec
