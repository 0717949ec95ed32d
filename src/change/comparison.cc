#include "change/comparison.h"

#include <algorithm>

#include "base/error.h"
#include "base/hash.h"
#include "catalog/table.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "function/evaluate.h"
#include "plan/written_key.h"

namespace millrace::change {

static constexpr size_t kSamples = 5;

void Comparison::count(Table& table, Side side, uint64_t hash, int64_t by,
                       const std::string* text) {
  table.total[static_cast<size_t>(side)] += by;
  const auto [entry, added] = table.rows.try_emplace(hash);
  Difference& difference = entry->second;
  if (added && text != nullptr && text_bytes_ < limits_.text_bytes) {
    difference.text = *text;
    text_bytes_ += text->size();
  }
  difference.count += side == Side::old_version ? by : -by;
  if (difference.count == 0) {
    text_bytes_ -= difference.text.size();
    table.rows.erase(entry);
  }
}

void Comparison::add(Side side, const std::string& name, bool leaves, const std::string& row,
                     const std::optional<std::string>& key) {
  const std::lock_guard lock(mutex_);
  Table& table = tables_[name];
  remembered_ -= table.remembered();
  add(table, {side, leaves, hash_bytes(row), row}, key);
  remembered_ += table.remembered();
  if (remembered_ > limits_.rows) {
    throw Error(ErrorCode::unsupported,
                "cannot compare: more than " + std::to_string(limits_.rows) +
                    " rows to remember, the last of them of table '" + name +
                    "'; choose a shorter part of the input with --since");
  }
}

void Comparison::add(Table& table, const Change& change, const std::optional<std::string>& key) {
  if (!key) {
    count(table, change.side, change.row, change.leaves ? -1 : 1, &change.text);
    return;
  }
  auto& by_key = table.by_key[static_cast<size_t>(change.side)];
  const uint64_t key_hash = hash_bytes(*key);
  if (const auto known = by_key.find(key_hash); known != by_key.end()) {
    count(table, change.side, known->second, -1, nullptr);
    by_key.erase(known);
  }
  if (!change.leaves) {
    by_key.emplace(key_hash, change.row);
    count(table, change.side, change.row, 1, &change.text);
  }
}

void Comparison::hold(size_t bytes) {
  const std::lock_guard lock(mutex_);
  held_bytes_ += bytes;
  if (held_bytes_ > limits_.held_bytes) {
    throw Error(ErrorCode::unsupported,
                "cannot compare: an epoch's results take more than " +
                    std::to_string(limits_.held_bytes) +
                    " bytes; choose a shorter part of the input with --since");
  }
}

void Comparison::release(size_t bytes) {
  const std::lock_guard lock(mutex_);
  held_bytes_ -= bytes;
}

std::vector<TableComparison> Comparison::tables() const {
  const std::lock_guard lock(mutex_);
  std::vector<TableComparison> all;
  for (const auto& [name, table] : tables_) {
    TableComparison& compared = all.emplace_back();
    compared.table = name;
    for (const auto& [hash, difference] : table.rows) {
      const bool is_old = difference.count > 0;
      (is_old ? compared.only_old : compared.only_new) +=
          static_cast<uint64_t>(std::abs(difference.count));
      auto& samples = is_old ? compared.samples_old : compared.samples_new;
      if (!difference.text.empty()) {
        samples.push_back(difference.text);
      }
    }
    for (auto* samples : {&compared.samples_old, &compared.samples_new}) {
      std::sort(samples->begin(), samples->end());
      samples->resize(std::min(samples->size(), kSamples));
    }
    // More may have been taken away than was there.
    compared.equal = static_cast<uint64_t>(
        std::max<int64_t>(0, table.total[0] - static_cast<int64_t>(compared.only_old)));
  }
  return all;
}

namespace {

struct Changed {
  bool leaves;
  std::string row;
  std::optional<std::string> key;

  size_t bytes() const { return sizeof(Changed) + row.size() + (key ? key->size() : 0); }
};

std::string text_of(const Batch& rows, uint32_t row, const std::vector<size_t>& columns) {
  std::string text;
  for (size_t i = 0; i < columns.size(); ++i) {
    text += (i == 0 ? "" : " | ") + function::to_text(rows.columns[columns[i]], row);
  }
  return text;
}

class ComparedSink final : public exec::Sink {
 public:
  ComparedSink(const catalog::Table& table, Comparison* comparison, Side side)
      : comparison_(comparison), side_(side), table_(table.name), key_(plan::written_key(table)) {
    for (size_t i = 0, physical = 0; i < table.columns.size(); ++i) {
      if (table.columns[i].kind == catalog::ColumnKind::physical) {
        columns_.push_back(physical++);
      }
    }
  }

  ~ComparedSink() override { comparison_->release(held_bytes_); }

  void write(const Batch& rows) override {
    const size_t before = held_bytes_;
    for_each(rows.rows(), [&](uint32_t row) {
      epoch_.push_back(
          {!is_addition(rows.kind(row)), text_of(rows, row, columns_), key_text(rows, row)});
      held_bytes_ += epoch_.back().bytes();
    });
    comparison_->hold(held_bytes_ - before);
  }
  std::string prepare(Epoch) override {
    whole_.insert(whole_.end(), std::make_move_iterator(epoch_.begin()),
                  std::make_move_iterator(epoch_.end()));
    epoch_.clear();
    return whole_.empty() ? "" : "rows";
  }
  // Of a life before nothing is left to add: a comparison in which one failed is given up.
  void publish(Epoch, std::string_view) override {
    size_t published = 0;
    for (const Changed& change : whole_) {
      comparison_->add(side_, table_, change.leaves, change.row, change.key);
      published += change.bytes();
    }
    whole_.clear();
    held_bytes_ -= published;
    comparison_->release(published);
  }

 private:
  std::optional<std::string> key_text(const Batch& rows, uint32_t row) const {
    return key_.empty() ? std::nullopt : std::optional(text_of(rows, row, key_));
  }

  Comparison* comparison_;
  Side side_;
  std::string table_;
  std::vector<size_t> key_;
  std::vector<size_t> columns_;
  std::vector<Changed> epoch_;
  std::vector<Changed> whole_;
  size_t held_bytes_ = 0;  // of both
};

}  // namespace

std::unique_ptr<exec::Source> ComparedConnectors::make_source(const plan::Scan& scan,
                                                              exec::TaskContext& task) {
  return sources_->make_source(scan, task);
}

std::unique_ptr<exec::Sink> ComparedConnectors::make_sink(const plan::Sink& sink,
                                                          exec::TaskContext&) {
  return std::make_unique<ComparedSink>(*sink.table, comparison_, side_);
}

}  // namespace millrace::change
