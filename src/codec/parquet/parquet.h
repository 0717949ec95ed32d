#pragma once

// Batches <-> the bytes of a Parquet file, through a private DuckDB. Bytes, not paths, so that
// files are written and read by whoever owns the disk: the machine's, a simulated one, a bucket.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/duckdb/database.h"
#include "column/batch.h"

namespace millrace::codec {

// One thread at a time. The same batches give the same bytes.
class Parquet {
 public:
  Parquet();

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
  DuckDatabase database_;
  DuckConnection connection_;
  // What `rows()` reads during encode_query().
  Schema schema_;
  std::span<const Batch> batches_;
};

}  // namespace millrace::codec
