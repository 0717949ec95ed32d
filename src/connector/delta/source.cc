#include "connector/delta/source.h"

#include <algorithm>
#include <numeric>

#include "base/clock.h"
#include "base/error.h"
#include "delta/literal.h"
#include "delta/schema_json.h"
#include "function/evaluate.h"
#include "io/files.h"

namespace millrace::connector {

static constexpr int64_t kWhole = int64_t{1} << 62;
// How old what is looked up may be.
static const Duration kLookUpInterval = Duration::seconds(1);

static std::optional<Duration> interval_of(const plan::Scan& scan, const DeltaOptions& options) {
  const bool follows = scan.looked_up && scan.mode == plan::RuntimeMode::streaming;
  return options.monitor_interval ? options.monitor_interval
         : follows                ? std::optional(kLookUpInterval)
                                  : std::nullopt;
}

DeltaSource::DeltaSource(const plan::Scan& scan, codec::Parquet* parquet, DeltaOptions options,
                         exec::TaskContext& task)
    : scan_(&scan),
      parquet_(parquet),
      options_(std::move(options)),
      task_(task),
      interval_(interval_of(scan, options_)),
      came_(task_.state().numbers("came")),
      taken_back_(task_.state().numbers("taken_back")),
      seen_(task_.state().numbers("seen")),
      rewritten_(task_.state().numbers("rewritten")) {
  if (!open() && !scan.looked_up) {
    throw Error(ErrorCode::not_found, "cannot read table '" + scan.table->name +
                                          "': there is no Delta table in '" + options_.path + "'");
  }
  // What a run to the end of its input has read is known; a later run is for what came since.
  if (interval_ || came_.all().empty() || task_.input_had_ended()) {
    look();
    return;
  }
  for (const auto& [path, rows] : came_.all()) {
    if ((rows & kWhole) == 0) {
      queue_.push_back({path});
    }
  }
}

bool DeltaSource::open() {
  if (table_) {
    table_->refresh();
  } else {
    table_ = delta::Table::open(task_.world(), parquet_, options_.path);
  }
  if (table_) {
    stored_ = checked_schema();
  }
  return table_.has_value();
}

Schema DeltaSource::checked_schema() const {
  const Schema& schema = table_->snapshot().schema();
  Schema stored;
  for (const size_t number : scan_->read) {
    const catalog::ColumnDefinition& column = scan_->table->columns[number];
    const auto place = schema.find(column.name);
    if (!place || !schema[*place].type.same_but_nullability(delta::stored_type(column.type))) {
      throw Error(ErrorCode::type_mismatch,
                  "table '" + scan_->table->name + "' is declared with the column " + column.name +
                      " " + column.type.to_string() + ", which the Delta table in '" +
                      options_.path + "' has " +
                      (place ? "as " + schema[*place].type.to_string() : "not"));
    }
    stored.fields.push_back(schema[*place]);
  }
  return stored;
}

void DeltaSource::look() {
  looked_at_ = task_.world().clock->monotonic();
  if (!table_ || looked_at_version_ == table_->snapshot().version()) {
    return;
  }
  looked_at_version_ = table_->snapshot().version();
  look_for_rewritten();
  for (const auto& [path, mark] : rewritten_.all()) {
    queue_.push_back({path});
  }
  look_for_removed();
  for (const auto& [path, add] : table_->snapshot().files()) {
    // One that is half taken back, while an older version was restored, is so to its end first.
    if ((came_.at(path) & kWhole) == 0 || taken_back_.find(path)) {
      queue_.push_back({path});
    }
  }
}

bool DeltaSource::is_whole(const std::string& path) const {
  return (came_.find(path).value_or(0) & kWhole) != 0;
}

void DeltaSource::look_for_rewritten() {
  const int64_t newest = table_->snapshot().version().value;
  for (int64_t version = seen_.find("version").value_or(newest) + 1; version <= newest; ++version) {
    // Where the log has been cleaned up, its rows are taken back and come again.
    if (const auto commit = table_->commit(delta::Version(version))) {
      take_over(*commit);
    }
  }
  seen_.put("version", newest);
}

void DeltaSource::take_over(const std::vector<delta::Action>& commit) {
  std::vector<std::string> from;
  std::vector<std::string> to;
  for (const delta::Action& action : commit) {
    if (const auto* remove = std::get_if<delta::Remove>(&action); remove && !remove->data_change) {
      from.push_back(remove->path);
    } else if (const auto* add = std::get_if<delta::Add>(&action); add && !add->data_change) {
      to.push_back(add->path);
    }
  }
  if (to.empty() || !can_take_over(from)) {
    return;
  }
  for (const std::string& path : from) {
    if (is_whole(path)) {
      came_.erase(path);
    } else {
      came_.at(path);
      rewritten_.put(path, 1);
    }
  }
  for (const std::string& path : to) {
    came_.put(path, kWhole);
  }
}

// Whether the files that these were written to count as read, but for what these have yet to give.
bool DeltaSource::can_take_over(const std::vector<std::string>& files) const {
  if (!scan_->looked_up) {
    // Where nothing of them came, they may have been vacuumed: the new ones are read.
    return std::any_of(files.begin(), files.end(),
                       [&](const std::string& path) { return came_.find(path).value_or(0) != 0; });
  }
  return !files.empty() && std::all_of(files.begin(), files.end(), [&](const std::string& path) {
    return is_whole(path) && !taken_back_.find(path);
  });
}

void DeltaSource::look_for_removed() {
  const auto& files = table_->snapshot().files();
  std::vector<std::string> forgotten;
  for (const auto& [path, rows] : came_.all()) {
    const auto taken_back = taken_back_.find(path);
    if ((files.contains(path) && !taken_back) || rewritten_.find(path)) {
      continue;
    }
    if (rows == taken_back.value_or(0) || rows == (kWhole | taken_back.value_or(-1))) {
      forgotten.push_back(path);  // nothing of it is left
      continue;
    }
    if (!scan_->looked_up) {
      throw Error(ErrorCode::unsupported,
                  "table '" + scan_->table->name +
                      "' is followed for rows that are added, and in version " +
                      std::to_string(table_->snapshot().version().value) + " of '" + options_.path +
                      "' rows were removed or files written anew");
    }
    queue_.push_back({path, RowKind::delete_});
  }
  for (const std::string& path : forgotten) {
    came_.erase(path);
    taken_back_.erase(path);
  }
}

std::optional<Instant> DeltaSource::wake_at() const {
  return interval_ && queue_.empty() ? std::optional(*looked_at_ + *interval_) : std::nullopt;
}

exec::Polled DeltaSource::poll() {
  const auto due = wake_at();
  if (due && task_.world().clock->monotonic() >= *due) {
    open();
    look();
  }
  if (!queue_.empty()) {
    return next_rows();
  }
  exec::Polled nothing;
  nothing.state = interval_ ? exec::Polled::State::idle : exec::Polled::State::finished;
  return nothing;
}

std::optional<delta::DataFile> DeltaSource::find_file(const std::string& path) const {
  const delta::Snapshot& snapshot = table_->snapshot();
  if (const auto add = snapshot.files().find(path); add != snapshot.files().end()) {
    return delta::DataFile{path, add->second.partition_values};
  }
  const auto remove = snapshot.removed().find(path);
  delta::PartitionValues values;
  if (remove != snapshot.removed().end() && remove->second.partition_values) {
    values = *remove->second.partition_values;
  }
  const bool is_known = values.size() == snapshot.metadata().partition_columns.size();
  return is_known ? std::optional(delta::DataFile{path, values}) : std::nullopt;
}

void DeltaSource::begin(const Part& part) {
  const auto file = find_file(part.path);
  if (!file) {
    throw Error(ErrorCode::unsupported,
                "cannot go on with Delta table '" + options_.path + "': its file '" + part.path +
                    "' was removed while the pipeline was not running, and with it the values of "
                    "its partition");
  }
  if (!task_.world().files->exists(io::join(options_.path, delta::decode_path(part.path)))) {
    throw Error(
        ErrorCode::not_found,
        "cannot go on with Delta table '" + options_.path + "': its file '" + part.path +
            "' was vacuumed before " +
            (part.kind == RowKind::insert ? "its rows were read" : "its rows were taken back") +
            ". Keep removed files for longer than the pipeline is behind or stopped, and "
            "let it begin anew");
  }
  batches_ = delta::read_file(*task_.world().files, *parquet_, options_.path, *file, stored_);
}

Batch DeltaSource::rows_of(const Batch& stored, RowKind kind) const {
  Batch batch;
  batch.physical_size = stored.physical_size;
  if (stored.physical_size == 0) {
    return batch;
  }
  function::EvaluationContext context(task_.world().clock->now());
  for (size_t i = 0; i < scan_->read.size(); ++i) {
    const Type& type = scan_->table->columns[scan_->read[i]].type;
    batch.columns.push_back(
        function::cast(stored.columns[i], type, Rows(batch.physical_size), false, context)
            .retyped(type));
  }
  if (kind != RowKind::insert) {
    batch.kinds.assign(batch.physical_size, kind);
  }
  return batch;
}

// Rows of the file from number `from` on, all of one batch as it was decoded.
Batch DeltaSource::cut(size_t from, size_t until) {
  for (const Batch& batch : batches_) {
    if (from >= batch.physical_size) {
      from -= batch.physical_size;
      until -= batch.physical_size;
      continue;
    }
    Batch part = batch;
    const size_t size = std::min({Batch::kMaxRows, batch.physical_size - from, until - from});
    auto which = std::make_shared<std::vector<uint32_t>>(size);
    std::iota(which->begin(), which->end(), static_cast<uint32_t>(from));
    part.selection = std::move(which);
    return part.compacted();
  }
  return {};
}

exec::Polled DeltaSource::next_rows() {
  const Part part = queue_.front();
  if (batches_.empty()) {
    begin(part);
  }
  const auto all = static_cast<int64_t>(
      std::accumulate(batches_.begin(), batches_.end(), size_t{0},
                      [](size_t rows, const Batch& batch) { return rows + batch.physical_size; }));
  const bool comes = part.kind == RowKind::insert;
  const int64_t until = comes || is_whole(part.path) ? all : came_.at(part.path);
  int64_t& done = comes ? came_.at(part.path) : taken_back_.at(part.path);
  exec::Polled polled;
  polled.state = exec::Polled::State::rows;
  polled.rows = rows_of(cut(static_cast<size_t>(done), static_cast<size_t>(until)), part.kind);
  done += polled.rows.physical_size;
  if (done >= until) {
    finish(part);
  }
  return polled;
}

void DeltaSource::finish(const Part& part) {
  if (rewritten_.find(part.path)) {
    came_.erase(part.path);
    rewritten_.erase(part.path);
  } else if (part.kind == RowKind::insert) {
    came_.at(part.path) |= kWhole;
  } else {
    came_.erase(part.path);
    taken_back_.erase(part.path);
  }
  batches_.clear();
  queue_.pop_front();
}

}  // namespace millrace::connector
