#include "connector/datagen/source.h"

#include <algorithm>

#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/random.h"
#include "connector/scan_columns.h"

namespace millrace::connector {

// Rows are made when so many are due, or this much later: not one by one.
static constexpr Duration kRhythm = Duration::milliseconds(10);

// Of a batch; and of a row, which is not made where it is larger.
static constexpr double kBatchBytes = 16 << 20;

static int64_t rows_of_batch(const catalog::Table& table, double row_bytes) {
  if (row_bytes > kBatchBytes) {
    throw Error(ErrorCode::invalid_argument,
                "a row of table '" + table.name + "' would take " +
                    std::to_string(static_cast<int64_t>(row_bytes / (1 << 20))) +
                    " MiB; 'datagen' makes rows of at most 16: shorten its strings or arrays");
  }
  return static_cast<int64_t>(
      std::clamp(kBatchBytes / std::max(row_bytes, 1.0), 1.0, double{Batch::kMaxRows}));
}

DatagenSource::DatagenSource(const plan::Scan& scan, const DatagenOptions& options,
                             exec::TaskContext& task)
    : scan_(&scan),
      task_(task),
      rows_per_second_(options.rows_per_second),
      most_rows_(options.number_of_rows.value_or(INT64_MAX)),
      state_(task_.state().numbers("made")),
      made_(state_.at("rows")),
      seed_(state_.at("seed")),
      made_before_(made_),
      began_(task.world().clock->monotonic()) {
  if (seed_ == 0) {
    seed_ = static_cast<int64_t>(task.world().random->next() | 1);
  }
  std::set<std::string> known;
  double row_bytes = 0;
  for (const catalog::ColumnDefinition& column : scan.table->columns) {
    generators_.push_back(
        column.kind == catalog::ColumnKind::physical
            ? make_generator(column.type, FieldOptions(*scan.table, column.name, known))
            : nullptr);
    if (generators_.back() != nullptr) {
      most_rows_ = std::min(most_rows_, generators_.back()->most_rows().value_or(INT64_MAX));
      row_bytes += generators_.back()->value_bytes();
    }
  }
  batch_rows_ = rows_of_batch(*scan.table, row_bytes);
  refuse_unknown_fields(*scan.table, known);
}

int64_t DatagenSource::left() const { return most_rows_ - made_; }

// The first row at once, and from then on as many as the time is worth.
int64_t DatagenSource::allowed() const {
  const Duration passed = task_.world().clock->monotonic() - began_;
  const __int128 due = static_cast<__int128>(passed.ns) * rows_per_second_ / 1'000'000'000;
  const __int128 more = due + 1 + made_before_ - made_;
  return static_cast<int64_t>(std::clamp<__int128>(more, 0, std::min(left(), batch_rows_)));
}

std::optional<Instant> DatagenSource::wake_at() const {
  if (left() == 0) {
    return std::nullopt;
  }
  if (allowed() > 0) {  // a row has come due since poll() had none
    return task_.world().clock->monotonic();
  }
  const auto wanted = static_cast<__int128>(made_ - made_before_) * 1'000'000'000;
  const Instant next = began_ + Duration::nanoseconds(static_cast<int64_t>(
                                    (wanted + rows_per_second_ - 1) / rows_per_second_));
  return std::max(next, task_.world().clock->monotonic() + std::min(kRhythm, next - began_));
}

Draws DatagenSource::draw(size_t column, int64_t rows) const {
  Draws draws;
  draws.first_row = made_;
  draws.now = task_.world().clock->now();
  draws.seeds.reserve(static_cast<size_t>(rows));
  const uint64_t seed = mix(static_cast<uint64_t>(seed_), column);
  for (int64_t row = made_; row < made_ + rows; ++row) {
    draws.seeds.push_back(mix(seed, static_cast<uint64_t>(row)));
  }
  return draws;
}

exec::Polled DatagenSource::poll() {
  exec::Polled polled;
  const int64_t rows = allowed();
  if (rows <= 0) {
    polled.state = left() == 0 ? exec::Polled::State::finished : exec::Polled::State::idle;
    return polled;
  }
  std::vector<Column> columns;
  for (const Field& field : read_schema(*scan_).fields) {
    const size_t number = *scan_->table->find(field.name);
    columns.push_back(generators_[number]->make(draw(number, rows)));
  }
  auto origins = std::make_shared<Origins>();
  origins->source = scan_->table->name;
  origins->partition = PartitionIndex(0);
  for (int64_t row = made_; row < made_ + rows; ++row) {
    origins->offsets.push_back(row);
    origins->raw.emplace_back();
  }
  made_ += rows;
  polled.state = exec::Polled::State::rows;
  polled.rows.physical_size = static_cast<uint32_t>(rows);
  polled.rows.columns =
      scan_columns(*scan_, {}, std::move(columns), [&](const catalog::ColumnDefinition& column) {
        return Column::null(column.type, static_cast<size_t>(rows));  // it has no metadata
      });
  polled.rows.origins = std::move(origins);
  return polled;
}

}  // namespace millrace::connector
