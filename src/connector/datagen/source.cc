#include "connector/datagen/source.h"

#include <algorithm>

#include "base/clock.h"
#include "base/hash.h"
#include "base/random.h"
#include "connector/scan_columns.h"

namespace millrace::connector {

// Rows are made when so many are due, or this much later: not one by one.
static constexpr Duration kRhythm = Duration::milliseconds(10);

DatagenSource::DatagenSource(const plan::Scan& scan, const DatagenOptions& options,
                             exec::TaskContext& task)
    : scan_(&scan),
      task_(task),
      rows_per_second_(options.rows_per_second),
      generators_(make_generators(*scan.table)),
      most_rows_(std::min(options.number_of_rows.value_or(INT64_MAX),
                          generators_.most_rows.value_or(INT64_MAX))),
      state_(task_.state().numbers("made")),
      made_(state_.at("rows")),
      seed_(state_.at("seed")),
      made_before_(made_),
      began_(task.world().clock->monotonic()) {
  if (seed_ == 0) {
    seed_ = static_cast<int64_t>(task.world().random->next() | 1);
  }
}

int64_t DatagenSource::left() const { return most_rows_ - made_; }

// The first row at once, and from then on as many as the time is worth.
int64_t DatagenSource::allowed() const {
  const Duration passed = task_.world().clock->monotonic() - began_;
  const __int128 due = static_cast<__int128>(passed.ns) * rows_per_second_ / 1'000'000'000;
  const __int128 more = due + 1 + made_before_ - made_;
  return static_cast<int64_t>(
      std::clamp<__int128>(more, 0, std::min(left(), generators_.batch_rows)));
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
    columns.push_back(generators_.by_column[number]->make(draw(number, rows)));
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
