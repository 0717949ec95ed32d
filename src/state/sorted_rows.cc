#include "state/sorted_rows.h"

#include <algorithm>
#include <cstring>

namespace millrace::state {

// One of each run is in memory while they are merged.
static constexpr size_t kBlock = 64 * 1024;
static constexpr size_t kFewestRuns = 8;

// A row is its bytes, then those of its texts that do not lie in it.
class SortedRows::RunWriter {
 public:
  RunWriter(const RowLayout& layout, SpillFile* file) : layout_(layout), file_(file) {}

  void add(const char* row) {
    block_.write_bytes({row, layout_.width()});
    for (const size_t column : layout_.texts()) {
      if (const auto text = layout_.value<StringRef>(row, column); !text.is_inline()) {
        block_.write_bytes(text.view());
      }
    }
    if (block_.size() >= kBlock) {
      end_block();
    }
  }
  Run finish() {
    if (block_.size() > 0) {
      end_block();
    }
    return std::move(run_);
  }

 private:
  void end_block() {
    run_.blocks.push_back(file_->append(block_.bytes()));
    block_ = ByteWriter();
  }

  const RowLayout& layout_;
  SpillFile* file_;
  ByteWriter block_;
  Run run_;
};

void SortedRows::Run::advance(const RowLayout& layout, const SpillFile& file) {
  row = nullptr;
  if (at == bytes.size()) {
    if (next_block == blocks.size()) {
      bytes = {};
      at = 0;
      return;
    }
    file.read(blocks[next_block++], bytes);
    at = 0;
  }
  char* here = bytes.data() + at;
  at += layout.width();
  for (const size_t column : layout.texts()) {
    if (const auto text = layout.value<StringRef>(here, column); !text.is_inline()) {
      const StringRef moved(std::string_view(bytes.data() + at, text.size()));
      std::memcpy(here + layout.at(column), &moved, sizeof(moved));
      at += text.size();
    }
  }
  row = here;
}

SortedRows::SortedRows(const std::vector<Type>& types, Compare compare, SpillSpace* space)
    : types_(types),
      compare_(std::move(compare)),
      space_(space),
      most_runs_(
          std::max(kFewestRuns, space == nullptr ? size_t{0} : space->most_at_once() / kBlock)),
      rows_(std::make_unique<RowStore>(types_)) {}

size_t SortedRows::memory() const {
  size_t bytes = rows_->memory() + places_.capacity() * sizeof(const char*);
  for (const Run& run : runs_) {
    bytes += run.bytes.capacity() + run.blocks.capacity() * sizeof(SpillFile::Place);
  }
  return bytes;
}

void SortedRows::add(const char* row) {
  places_.push_back(rows_->row(rows_->add(row)));
  const size_t bytes = rows_->memory() + places_.size() * sizeof(const char*);
  if (space_ != nullptr && bytes >= space_->most_at_once()) {
    write_run();
  }
}

void SortedRows::sort() {
  std::stable_sort(places_.begin(), places_.end(),
                   [&](const char* a, const char* b) { return compare_(a, b) < 0; });
}

void SortedRows::write_run() {
  sort();
  if (file_ == nullptr) {
    file_ = space_->new_file();
  }
  RunWriter run(rows_->layout(), file_.get());
  for (const char* row : places_) {
    run.add(row);
  }
  runs_.push_back(run.finish());
  places_.clear();
  rows_ = std::make_unique<RowStore>(types_);
  if (runs_.size() == most_runs_) {
    merge_runs();
  }
}

// Into one, so that their blocks have room in memory once they are read.
void SortedRows::merge_runs() {
  auto file = space_->new_file();
  RunWriter merged(rows_->layout(), file.get());
  begin_reading();
  for (; !heap_.empty(); pass_first()) {
    merged.add(runs_[heap_.front()].row);
  }
  runs_.clear();
  runs_.push_back(merged.finish());
  file_ = std::move(file);
}

void SortedRows::begin_reading() {
  for (size_t run = 0; run < runs_.size(); ++run) {
    runs_[run].advance(rows_->layout(), *file_);
    if (runs_[run].row != nullptr) {
      heap_.push_back(run);
    }
  }
  std::make_heap(heap_.begin(), heap_.end(),
                 [this](size_t a, size_t b) { return comes_after(a, b); });
}

bool SortedRows::comes_after(size_t a, size_t b) const {
  const int compared = compare_(runs_[a].row, runs_[b].row);
  return compared != 0 ? compared > 0 : a > b;
}

void SortedRows::pass_first() {
  const auto after = [this](size_t a, size_t b) { return comes_after(a, b); };
  std::pop_heap(heap_.begin(), heap_.end(), after);
  Run& run = runs_[heap_.back()];
  run.advance(rows_->layout(), *file_);
  if (run.row == nullptr) {
    heap_.pop_back();
  } else {
    std::push_heap(heap_.begin(), heap_.end(), after);
  }
}

const char* SortedRows::next() {
  if (!reads_) {
    reads_ = true;
    if (runs_.empty()) {
      sort();
    } else {
      if (!places_.empty()) {
        write_run();
      }
      begin_reading();
    }
  } else if (!heap_.empty()) {
    pass_first();
  }
  if (runs_.empty()) {
    return next_place_ == places_.size() ? nullptr : places_[next_place_++];
  }
  return heap_.empty() ? nullptr : runs_[heap_.front()].row;
}

}  // namespace millrace::state
