#include "connector/filesystem/source.h"

#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "column/builder.h"
#include "connector/filesystem/file_list.h"
#include "connector/filesystem/partitions.h"
#include "connector/filesystem/record_reader.h"
#include "connector/scan_columns.h"
#include "function/evaluate.h"
#include "io/files.h"

namespace millrace::connector {

// A batch of ordinary events; less where many files are read side by side.
static constexpr size_t kBlock = size_t{1} << 20;
static constexpr size_t kLeastBlock = size_t{64} << 10;
static constexpr size_t kAllBlocks = size_t{64} << 20;

struct FilesystemSource::Split {
  size_t number;
  std::string path;
  std::vector<std::string> partition;
  int64_t* next;  // in next_offset_
  bool ended = false;
  std::unique_ptr<RecordReader> reader = nullptr;  // made when the split is first read
};

FilesystemSource::FilesystemSource(const plan::Scan& scan, FilesystemOptions options,
                                   exec::TaskContext& task)
    : scan_(&scan),
      options_(std::move(options)),
      task_(task),
      framing_(options_.format.framing()),
      decoder_(options_.decoder(*scan.table, read_schema(scan, options_.partition_columns))),
      next_offset_(task_.state().numbers("next_offset")),
      split_number_(task_.state().numbers("splits")) {
  restore();
  // What a run to the end of its input has read is known; a later run is for what came since.
  if (splits_.empty() || task_.input_had_ended() || options_.monitor_interval) {
    find_files();
  }
}

FilesystemSource::~FilesystemSource() = default;

void FilesystemSource::restore() {
  std::vector<std::string> paths(split_number_.all().size());
  for (const auto& [path, number] : split_number_.all()) {
    paths[static_cast<size_t>(number)] = path;
  }
  for (const std::string& path : paths) {
    add_split(path, partition_of(path, *scan_->table, options_));
  }
}

void FilesystemSource::find_files() {
  listed_at_ = task_.world().clock->monotonic();
  for (TableFile& file : list_files(*task_.world().files, *scan_->table, options_)) {
    if (!split_number_.find(file.path)) {
      split_number_.put(file.path, static_cast<int64_t>(splits_.size()));
      add_split(file.path, std::move(file.partition));
    }
  }
}

void FilesystemSource::add_split(const std::string& path, std::vector<std::string> partition) {
  splits_.push_back(std::make_unique<Split>(
      Split{splits_.size(), path, std::move(partition), &next_offset_.at(path)}));
  ++open_;
}

std::string FilesystemSource::split_name(size_t split) const { return splits_[split]->path; }

bool FilesystemSource::caught_up(size_t split) const { return splits_[split]->ended; }
bool FilesystemSource::ended(size_t split) const { return splits_[split]->ended; }

std::optional<Instant> FilesystemSource::wake_at() const {
  if (!options_.monitor_interval || open_ > 0) {
    return std::nullopt;
  }
  return listed_at_ + *options_.monitor_interval;
}

// The preferred one, or the first that has not ended.
FilesystemSource::Split* FilesystemSource::next_split() {
  if (preferred_ < splits_.size() && !splits_[preferred_]->ended) {
    return splits_[preferred_].get();
  }
  const auto found =
      std::find_if(splits_.begin(), splits_.end(), [](const auto& split) { return !split->ended; });
  return found == splits_.end() ? nullptr : found->get();
}

exec::Polled FilesystemSource::poll() {
  if (options_.monitor_interval &&
      task_.world().clock->monotonic() >= listed_at_ + *options_.monitor_interval) {
    find_files();
  }
  if (Split* split = next_split()) {
    return decode(*split);
  }
  exec::Polled nothing;
  nothing.state =
      options_.monitor_interval ? exec::Polled::State::idle : exec::Polled::State::finished;
  return nothing;
}

exec::Polled FilesystemSource::decode(Split& split) {
  if (split.reader == nullptr) {
    split.reader =
        std::make_unique<RecordReader>(*task_.world().files, split.path, *split.next, framing_);
  }
  FileRecords records =
      split.reader->read(Batch::kMaxRows, std::clamp(kAllBlocks / open_, kLeastBlock, kBlock));
  *split.next = split.reader->position();
  if (split.reader->ended()) {
    split.ended = true;
    split.reader = nullptr;
    --open_;
  }
  exec::Polled polled;
  polled.state = exec::Polled::State::rows;
  polled.split = split.number;
  codec::Decoded decoded = decoder_->decode(records.records, records.owner);
  polled.empty = decoded.without_rows(records.records.size());
  auto origins = std::make_shared<Origins>();
  origins->source = split.path;
  origins->partition = PartitionIndex(0);
  origins->owner = records.owner;
  for (codec::Decoded::Reject& reject : decoded.rejects) {
    polled.rejects.push_back({split.path, PartitionIndex(0), records.offsets[reject.record],
                              std::string(records.records[reject.record]), std::move(reject.reason),
                              reject.is_ignored});
  }
  if (decoded.record_of_row.empty()) {
    origins->offsets = std::move(records.offsets);
    origins->raw = std::move(records.records);
  } else {
    for (const uint32_t record : decoded.record_of_row) {
      origins->offsets.push_back(records.offsets[record]);
      origins->raw.push_back(records.records[record]);
    }
  }
  polled.rows.columns = scan_columns(*scan_, options_.partition_columns, std::move(decoded.columns),
                                     [&](const catalog::ColumnDefinition& column) {
                                       return constant_column(column, split, decoded.rows);
                                     });
  polled.rows.kinds = std::move(decoded.kinds);
  polled.rows.physical_size = static_cast<uint32_t>(decoded.rows);
  polled.rows.origins = std::move(origins);
  return polled;
}

static Column text_constant(const std::string& text, const Type& type, size_t rows) {
  ColumnBuilder value(Type::string());
  value.add_string(text);
  function::EvaluationContext context(Timestamp{});
  Column one = function::cast(value.finish(), type, Rows(1), false, context);
  if (!context.failures().empty()) {
    throw Error(ErrorCode::type_mismatch,
                "'" + text + "' in a partition's name is no " + type.to_string());
  }
  return Column::constant(one, rows);
}

static Column partition_constant(const std::string& text, const Type& type, size_t rows) {
  const auto number = partition_number(text, type);
  if (!number) {
    return text_constant(text, type, rows);
  }
  ColumnBuilder value(type);
  value.add(*number);
  return Column::constant(value.finish(), rows);
}

// Partition columns and metadata: the same for all rows of a file.
Column FilesystemSource::constant_column(const catalog::ColumnDefinition& column,
                                         const Split& split, size_t rows) const {
  if (column.kind == catalog::ColumnKind::physical) {
    for (size_t i = 0; i < options_.partition_columns.size(); ++i) {
      if (&scan_->table->columns[options_.partition_columns[i]] == &column) {
        return split.partition[i] == options_.default_partition
                   ? Column::null(column.type, rows)
                   : partition_constant(split.partition[i], column.type, rows);
      }
    }
  }
  const std::string& key = metadata_key(column);
  if (key == "file.path") {
    return text_constant(split.path, column.type, rows);
  }
  if (key == "file.name") {
    return text_constant(split.path.substr(split.path.rfind('/') + 1), column.type, rows);
  }
  const auto file = task_.world().files->open(split.path, io::OpenMode::read);
  return text_constant(std::to_string(file->size()), column.type, rows);
}

}  // namespace millrace::connector
