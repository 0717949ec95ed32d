#pragma once

// The Parquet files that hold a table's rows: written ahead of the commit that makes them count,
// read back by pipelines, tests and simulations.

#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "column/batch.h"
#include "delta/snapshot.h"
#include "io/world.h"

namespace millrace::codec {
class Parquet;
}

namespace millrace::delta {

// Gathers rows by partition and writes each partition's rows as one file.
//
// Files are named by the caller's prefix and their number in it, so that a second attempt at the
// same prefix overwrites the first, and what a crash left behind can be told by its name.
class DataWriter {
 public:
  // All outlive the writer. The schema is the stored one.
  DataWriter(const io::World& world, codec::Parquet* parquet, std::string table_path, Schema schema,
             std::vector<std::string> partition_columns);

  // Batches have the schema's columns, in its types but for lengths and precisions. Many rows of a
  // partition are encoded at once, so that what is held in memory is compressed.
  void write(const Batch& rows);
  bool empty() const { return partitions_.empty() && files_.empty(); }
  // Everything written so far is durable in files, which no commit names yet.
  std::vector<Add> finish(const std::string& prefix);

 private:
  static constexpr size_t kRowsPerFile = 500'000;

  struct Partition {
    PartitionValues values;
    std::string directory;  // relative, "" or "a=1/b=2"
    std::vector<Batch> batches;
    size_t rows = 0;
  };
  struct EncodedFile {
    PartitionValues values;
    std::string directory;
    std::string bytes;
    std::string stats;
  };
  using Selection = std::shared_ptr<const std::vector<uint32_t>>;

  Partition& partition_of(const std::vector<Column>& values, uint32_t row);
  void add_rows(const Batch& rows, Selection selection, Partition& partition);
  void encode(Partition& partition);
  Add write_file(const EncodedFile& file, const std::string& name);

  io::World world_;
  codec::Parquet* parquet_;
  std::string table_path_;
  Schema data_schema_;                // without the partition columns
  std::vector<size_t> data_columns_;  // their numbers in the schema
  Schema partition_schema_;
  std::vector<size_t> partition_columns_;
  std::map<std::string, Partition> partitions_;  // by directory
  std::vector<EncodedFile> files_;
};

// A data file as the log names it.
struct DataFile {
  std::string path;  // relative to the table, URL-encoded
  PartitionValues partition_values;
};

// The rows of one file: `columns` of the table, in the types that they are stored in; NULL those
// that the table got after the file.
std::vector<Batch> read_file(io::Files& files, codec::Parquet& parquet,
                             const std::string& table_path, const DataFile& file,
                             const Schema& columns);

// All rows of the table as of that snapshot, in the order of its files' names.
std::vector<Batch> read_rows(io::Files& files, codec::Parquet& parquet,
                             const std::string& table_path, const Snapshot& snapshot);

// Removes the data files below the table's directory whose name `is_garbage`, given without its
// directory. For files that no commit names or will name.
void remove_files(io::Files& files, const std::string& table_path, size_t partition_depth,
                  const std::function<bool(const std::string& name)>& is_garbage);

}  // namespace millrace::delta
