#include "connector/filesystem/sink.h"

#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/error.h"
#include "connector/filesystem/file_list.h"
#include "connector/filesystem/partitions.h"
#include "io/files.h"

namespace millrace::connector {

namespace {

// The columns of a sink's batch by number, with or without those in partitions' names.
std::vector<size_t> batch_columns(const catalog::Table& table, bool in_partition) {
  std::vector<size_t> columns;
  size_t number = 0;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].kind != catalog::ColumnKind::physical) {
      continue;
    }
    const auto& partitioned = table.partitioned_by;
    if (in_partition ==
        (std::find(partitioned.begin(), partitioned.end(), i) != partitioned.end())) {
      columns.push_back(number);
    }
    ++number;
  }
  return columns;
}

// In the order of PARTITIONED BY, not of the table.
std::vector<size_t> partition_columns(const catalog::Table& table) {
  std::vector<size_t> columns;
  for (const size_t number : table.partitioned_by) {
    columns.push_back(static_cast<size_t>(
        std::count_if(table.columns.begin(), table.columns.begin() + static_cast<ptrdiff_t>(number),
                      [](const auto& c) { return c.kind == catalog::ColumnKind::physical; })));
  }
  return columns;
}

}  // namespace

FilesystemSink::FilesystemSink(const plan::Sink& sink, FilesystemOptions options,
                               exec::TaskContext& task)
    : options_(std::move(options)),
      task_(task),
      overwrite_(sink.overwrite),
      partition_columns_(partition_columns(*sink.table)),
      record_columns_(batch_columns(*sink.table, false)),
      encoder_(options_.encoder(*sink.table)),
      parts_(task_, options_.path, overwrite_ ? std::nullopt : std::optional(options_.rolling)) {
  for (const size_t column : sink.table->partitioned_by) {
    partition_names_.push_back(sink.table->columns[column].name);
  }
}

std::vector<std::string> FilesystemSink::partition_values(const Batch& rows, uint32_t row) const {
  std::vector<std::string> values;
  for (const size_t column : partition_columns_) {
    values.push_back(partition_text(rows.columns[column], row, options_.default_partition));
  }
  return values;
}

void FilesystemSink::write(const Batch& rows) {
  Batch records;
  records.physical_size = rows.physical_size;
  records.kinds = rows.kinds;
  for (const size_t column : record_columns_) {
    records.columns.push_back(rows.columns[column]);
  }
  encoder_->begin(records);
  std::vector<std::string> last;
  std::string directory;
  for_each(rows.rows(), [&](uint32_t row) {
    if (!partition_columns_.empty()) {
      std::vector<std::string> values = partition_values(rows, row);
      if (values != last) {
        append(directory);
        directory = partition_path(partition_names_, values);
        if (options_.commit.success_file) {
          pending_.try_emplace(directory, Pending{values, task_.world().clock->now()});
        }
        last = std::move(values);
      }
    }
    encoder_->append(row, bytes_);
    bytes_ += '\n';
  });
  append(directory);
}

void FilesystemSink::append(const std::string& directory) {
  if (!bytes_.empty()) {
    parts_.append(directory, bytes_);
    bytes_.clear();
  }
}

void FilesystemSink::finish() {
  finished_ = true;
  parts_.finish_all();
}

bool FilesystemSink::is_complete(const Pending& partition) const {
  if (finished_ || overwrite_) {
    return finished_;
  }
  const PartitionCommit& commit = options_.commit;
  if (commit.trigger == CommitTrigger::process_time) {
    return task_.world().clock->now() >= partition.since + commit.delay;
  }
  const auto time = partition_time(commit.time, partition_names_, partition.values);
  if (!time) {
    throw Error(ErrorCode::invalid_argument,
                "cannot read a time from partition '" +
                    partition_path(partition_names_, partition.values) +
                    "': 'partition.time-extractor.timestamp-pattern' says where it stands, and "
                    "'partition.time-extractor.timestamp-formatter' how");
  }
  return watermark_.ms > *time + commit.delay.ms();
}

// Their files are finished with them.
std::vector<std::string> FilesystemSink::complete_partitions() {
  std::vector<std::string> complete;
  for (const auto& [directory, partition] : pending_) {
    if (is_complete(partition)) {
      complete.push_back(directory);
    }
  }
  for (const std::string& directory : complete) {
    parts_.finish(directory);
    pending_.erase(directory);
  }
  return complete;
}

static void remove_files(const Json& paths, io::Files& files) {
  std::set<std::string> directories;
  for (const Json& path : paths.as_array()) {
    files.remove(path.as_string());
    directories.insert(io::parent_of(path.as_string()));
  }
  for (const std::string& directory : directories) {
    files.sync_directory(directory);
  }
}

// Whatever stands where the finished files come to lie.
Json FilesystemSink::files_in_the_way(const Json& whole) const {
  std::set<std::string> directories;
  if (partition_columns_.empty()) {
    directories.insert(options_.path);
  }
  for (const Json& file : whole.as_array()) {
    const std::string& directory = file.as_array()[0].as_string();
    directories.insert(directory.empty() ? options_.path : io::join(options_.path, directory));
  }
  Json paths = Json::array();
  for (const std::string& directory : directories) {
    for (std::string& path : files_below(*task_.world().files, directory)) {
      paths.push(std::move(path));
    }
  }
  return paths;
}

std::string FilesystemSink::prepare(Epoch) {
  restored_ = true;
  Json complete = Json::array();
  for (const std::string& directory : complete_partitions()) {
    complete.push(directory);
  }
  Json pending = Json::array();
  for (const auto& [directory, partition] : pending_) {
    Json values = Json::array();
    for (const std::string& value : partition.values) {
      values.push(value);
    }
    pending.push(Json::array({directory, partition.since.ms, std::move(values)}));
  }
  Json token = parts_.prepare();
  const bool replaces = overwrite_ && finished_;
  if (token.is_null() && complete.as_array().empty() && pending.as_array().empty() && !replaces) {
    return {};
  }
  if (token.is_null()) {
    token = Json::object({{"whole", Json::array()}, {"open", Json::array()}});
  }
  if (replaces) {
    token.set("replaced", files_in_the_way(token.at("whole")));
  }
  token.set("complete", std::move(complete));
  token.set("pending", std::move(pending));
  return token.dump();
}

void FilesystemSink::publish(Epoch, std::string_view text) {
  const Json token = Json::parse(text);
  if (const Json* replaced = token.find("replaced")) {
    remove_files(*replaced, *task_.world().files);
  }
  parts_.publish(token);
  for (const Json& directory : token.at("complete").as_array()) {
    const std::string path =
        io::join(io::join(options_.path, directory.as_string()), options_.commit.success_file_name);
    task_.world().files->replace(path, "");
  }
  if (!restored_) {
    restored_ = true;
    for (const Json& each : token.at("pending").as_array()) {
      Pending partition{{}, {each.as_array()[1].as_int()}};
      for (const Json& value : each.as_array()[2].as_array()) {
        partition.values.push_back(value.as_string());
      }
      pending_.emplace(each.as_array()[0].as_string(), std::move(partition));
    }
  }
}

}  // namespace millrace::connector
