#include "delta/data_files.h"

#include <algorithm>
#include <set>

#include "base/ascii_case.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "codec/parquet/parquet.h"
#include "column/builder.h"
#include "delta/literal.h"
#include "delta/schema_json.h"
#include "delta/statistics.h"
#include "io/files.h"

namespace millrace::delta {

DataWriter::DataWriter(const io::World& world, codec::Parquet* parquet, std::string table_path,
                       Schema schema, std::vector<std::string> partition_columns)
    : world_(world), parquet_(parquet), table_path_(std::move(table_path)) {
  for (size_t i = 0; i < schema.size(); ++i) {
    const bool partitions = std::find(partition_columns.begin(), partition_columns.end(),
                                      schema[i].name) != partition_columns.end();
    (partitions ? partition_schema_ : data_schema_).fields.push_back(schema[i]);
    (partitions ? partition_columns_ : data_columns_).push_back(i);
  }
}

// Values as they will be stored: timestamps in microseconds, so that bounds and partition values
// speak of what the file holds. Parquet's encoder does the same for the file itself.
static Column stored_column(const Column& column, const Type& type) {
  if (!type.is_timestamp() || column.type().timestamp_unit() == 1'000'000) {
    return column.retyped(type);
  }
  const bool from_ms = column.type().timestamp_unit() == 1'000;
  const View<int64_t> values(column);
  FlatBuffer<int64_t> micros(column.size());
  for (size_t row = 0; row < column.size(); ++row) {
    const int64_t value = values[row];
    micros[row] = from_ms ? value * 1000 : value / 1000 - (value % 1000 < 0 ? 1 : 0);
    if (values.is_null(row)) {
      micros.set_null(row);
    }
  }
  return micros.finish(type);
}

DataWriter::Partition& DataWriter::partition_of(const std::vector<Column>& values, uint32_t row) {
  Partition partition;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::string& name = partition_schema_[i].name;
    const std::optional<std::string> text = partition_text(values[i], row);
    partition.values[name] = text;
    partition.directory = io::join(partition.directory, partition_directory(name, text));
  }
  return partitions_.try_emplace(partition.directory, std::move(partition)).first->second;
}

void DataWriter::add_rows(const Batch& rows, Selection selection, Partition& partition) {
  Batch part;
  part.physical_size = rows.physical_size;
  part.selection = std::move(selection);
  for (size_t i = 0; i < data_columns_.size(); ++i) {
    part.columns.push_back(stored_column(rows.columns[data_columns_[i]], data_schema_[i].type));
  }
  partition.rows += part.size();
  partition.batches.push_back(std::move(part));
  if (partition.rows >= kRowsPerFile) {
    encode(partition);
  }
}

void DataWriter::encode(Partition& partition) {
  if (partition.rows > 0) {
    files_.push_back({partition.values, partition.directory,
                      parquet_->encode(data_schema_, partition.batches),
                      statistics_json(data_schema_, partition.batches)});
  }
  partition.batches.clear();
  partition.rows = 0;
}

void DataWriter::write(const Batch& rows) {
  check(rows.columns.size() == data_columns_.size() + partition_columns_.size());
  if (rows.empty()) {
    return;
  }
  std::vector<Column> values;
  for (size_t i = 0; i < partition_columns_.size(); ++i) {
    values.push_back(stored_column(rows.columns[partition_columns_[i]], partition_schema_[i].type));
  }
  if (values.empty()) {
    return add_rows(rows, rows.selection, partition_of(values, 0));
  }
  std::map<Partition*, std::vector<uint32_t>> rows_of;
  for_each(rows.rows(), [&](uint32_t row) { rows_of[&partition_of(values, row)].push_back(row); });
  for (auto& [partition, chosen] : rows_of) {
    add_rows(rows, std::make_shared<const std::vector<uint32_t>>(std::move(chosen)), *partition);
  }
}

Add DataWriter::write_file(const EncodedFile& file, const std::string& name) {
  const std::string directory = io::join(table_path_, file.directory);
  world_.files->make_directories(directory);
  const std::unique_ptr<io::File> to =
      world_.files->open(io::join(directory, name), io::OpenMode::append);
  to->truncate(0);
  to->append(file.bytes);
  to->sync();
  return {.path = encode_path(io::join(file.directory, name)),
          .partition_values = file.values,
          .size = static_cast<int64_t>(file.bytes.size()),
          .modified_ms = world_.clock->now().ms,
          .data_change = true,
          .stats = file.stats,
          .deletion_vector = ""};
}

// Names survive a crash of the machine only once their directories are synced, up to the table's.
static void sync_directories(io::Files& files, const std::string& table_path,
                             std::string directory) {
  while (!directory.empty()) {
    files.sync_directory(io::join(table_path, directory));
    const size_t slash = directory.rfind('/');
    directory.resize(slash == std::string::npos ? 0 : slash);
  }
  files.sync_directory(table_path);
}

std::vector<Add> DataWriter::finish(const std::string& prefix) {
  for (auto& [directory, partition] : partitions_) {
    encode(partition);
  }
  std::vector<Add> added;
  std::set<std::string> directories;
  for (const EncodedFile& file : files_) {
    added.push_back(
        write_file(file, prefix + "-" + std::to_string(added.size()) + ".zstd.parquet"));
    directories.insert(file.directory);
  }
  for (const std::string& directory : directories) {
    sync_directories(*world_.files, table_path_, directory);
  }
  partitions_.clear();
  files_.clear();
  return added;
}

// Names of columns are one whatever the case of their letters, so here they are in lower case.
static std::set<std::string> columns_in(codec::Parquet& parquet, std::string_view bytes) {
  std::set<std::string> names;
  for (const Batch& batch :
       parquet.query(bytes, "SELECT column_name FROM (DESCRIBE SELECT * FROM file)")) {
    const View<StringRef> name(batch.columns[0]);
    for_each(batch.rows(), [&](uint32_t row) { names.insert(lower_case(name[row].view())); });
  }
  return names;
}

static std::string projection(const Schema& columns, const std::set<std::string>& present) {
  std::string list;
  for (const Field& field : columns.fields) {
    if (!present.contains(lower_case(field.name))) {
      continue;
    }
    std::string name = "\"";
    for (const char c : field.name) {
      name += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
    list += (list.empty() ? "" : ", ") + name + "\"";
  }
  return list.empty() ? "1" : list;
}

std::vector<Batch> read_file(io::Files& files, codec::Parquet& parquet,
                             const std::string& table_path, const DataFile& file,
                             const Schema& columns) {
  const std::string bytes = files.read_all(io::join(table_path, decode_path(file.path)));
  std::set<std::string> present = columns_in(parquet, bytes);
  PartitionValues values;
  for (const auto& [name, value] : file.partition_values) {
    values[lower_case(name)] = value;
    present.erase(lower_case(name));
  }
  std::vector<Batch> rows =
      parquet.query(bytes, "SELECT " + projection(columns, present) + " FROM file");
  for (Batch& batch : rows) {
    std::vector<Column> wanted;
    size_t next = 0;
    for (const Field& field : columns.fields) {
      const std::string name = lower_case(field.name);
      const auto value = values.find(name);
      wanted.push_back(present.contains(name)
                           ? batch.columns[next++]
                           : partition_column(field.type,
                                              value == values.end() ? std::nullopt : value->second,
                                              batch.physical_size));
    }
    batch.columns = std::move(wanted);
  }
  return rows;
}

std::vector<Batch> read_rows(io::Files& files, codec::Parquet& parquet,
                             const std::string& table_path, const Snapshot& snapshot) {
  std::vector<Batch> rows;
  for (const auto& [path, add] : snapshot.files()) {
    for (Batch& batch :
         read_file(files, parquet, table_path, {path, add.partition_values}, snapshot.schema())) {
      rows.push_back(std::move(batch));
    }
  }
  return rows;
}

void remove_files(io::Files& files, const std::string& table_path, size_t partition_depth,
                  const std::function<bool(const std::string& name)>& is_garbage) {
  for (const std::string& name : files.list(table_path)) {
    const std::string path = io::join(table_path, name);
    if (partition_depth > 0 && name.find('=') != std::string::npos) {
      remove_files(files, path, partition_depth - 1, is_garbage);
    } else if (partition_depth == 0 && is_garbage(name)) {
      files.remove(path);
    }
  }
}

}  // namespace millrace::delta
