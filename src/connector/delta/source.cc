#include "connector/delta/source.h"

#include <algorithm>
#include <numeric>

#include "base/clock.h"
#include "base/error.h"
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
      taken_back_(task_.state().numbers("taken_back")) {
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
  if (!table_) {
    table_ = delta::Table::open(task_.world(), parquet_, options_.path);
    if (!table_) {
      return false;
    }
    check_schema();
  } else {
    table_->refresh();
  }
  for (const auto& [path, add] : table_->snapshot().files()) {
    files_.try_emplace(path, delta::DataFile{path, add.partition_values});
  }
  return true;
}

void DeltaSource::check_schema() {
  const Schema& schema = table_->snapshot().schema();
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
    stored_.fields.push_back(schema[*place]);
  }
}

void DeltaSource::look() {
  looked_at_ = task_.world().clock->monotonic();
  if (!table_) {
    return;
  }
  look_for_removed();
  for (const auto& [path, add] : table_->snapshot().files()) {
    if (taken_back_.find(path).value_or(0) > 0) {  // an older version was restored
      came_.put(path, 0);
      taken_back_.put(path, 0);
    }
    if ((came_.at(path) & kWhole) == 0) {
      queue_.push_back({path});
    }
  }
}

void DeltaSource::look_for_removed() {
  const auto& files = table_->snapshot().files();
  for (const auto& [path, rows] : came_.all()) {
    const int64_t left = (rows & ~kWhole) - taken_back_.find(path).value_or(0);
    if (left == 0 || files.contains(path)) {
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

void DeltaSource::begin(const Part& part) {
  const auto known = files_.find(part.path);
  const bool partitioned = !table_->snapshot().metadata().partition_columns.empty();
  if (known == files_.end() && partitioned) {
    throw Error(ErrorCode::unsupported,
                "cannot go on with Delta table '" + options_.path + "': its file '" + part.path +
                    "' was removed while the pipeline was not running, and with it the values of "
                    "its partition");
  }
  const delta::DataFile file =
      known == files_.end() ? delta::DataFile{part.path, {}} : known->second;
  batches_ = delta::read_file(*task_.world().files, *parquet_, options_.path, file, stored_);
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
  const size_t all =
      std::accumulate(batches_.begin(), batches_.end(), size_t{0},
                      [](size_t rows, const Batch& batch) { return rows + batch.physical_size; });
  const bool comes = part.kind == RowKind::insert;
  const size_t until = comes ? all : static_cast<size_t>(came_.at(part.path) & ~kWhole);
  int64_t& done = comes ? came_.at(part.path) : taken_back_.at(part.path);
  exec::Polled polled;
  polled.state = exec::Polled::State::rows;
  polled.rows = rows_of(cut(static_cast<size_t>(done), until), part.kind);
  done += polled.rows.physical_size;
  if (static_cast<size_t>(done) >= until) {
    done |= comes ? kWhole : 0;
    batches_.clear();
    queue_.pop_front();
  }
  return polled;
}

}  // namespace millrace::connector
