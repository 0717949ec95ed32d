#include "rehearsal/collected.h"

#include <algorithm>

#include "base/check.h"
#include "base/json.h"
#include "catalog/table.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "exec/task_context.h"
#include "function/evaluate.h"

namespace millrace::rehearsal {

namespace {

class CollectingSink final : public exec::Sink {
 public:
  CollectingSink(Collected* collected, std::string table, std::string writer)
      : collected_(collected), table_(std::move(table)), writer_(std::move(writer)) {}

  void write(const Batch& rows) override {
    for_each(rows.rows(), [&](uint32_t row) {
      Json change = Json::array();
      change.push(std::string(sign_of(rows.kind(row))));
      for (const Column& column : rows.columns) {
        change.push(function::to_text(column, row));
      }
      epoch_.push(std::move(change));
    });
  }

  std::string prepare(Epoch) override {
    const std::string token = epoch_.as_array().empty() ? "" : epoch_.dump();
    epoch_ = Json::array();
    return token;
  }

  void publish(Epoch epoch, std::string_view token) override {
    if (token.empty()) {
      return;
    }
    std::vector<Change> changes;
    const Json rows = Json::parse(token);
    for (const Json& row : rows.as_array()) {
      Change& change = changes.emplace_back();
      for (const Json& cell : row.as_array()) {
        change.push_back(cell.as_string());
      }
    }
    collected_->put(table_, writer_, epoch, std::move(changes));
  }

  bool overlaps() const override { return true; }

 private:
  Collected* collected_;
  std::string table_;
  std::string writer_;
  Json epoch_ = Json::array();
};

// The cells by which a change finds its row: those of the primary key, or all.
std::vector<std::string> key_of(const Change& change, const std::vector<size_t>& key) {
  if (key.empty()) {
    return {change.begin() + 1, change.end()};
  }
  std::vector<std::string> cells;
  for (const size_t column : key) {
    cells.push_back(change[column + 1]);
  }
  return cells;
}

}  // namespace

void Collected::put(const std::string& table, const std::string& writer, Epoch epoch,
                    std::vector<Change> changes) {
  std::vector<Written>& writers = by_table_[table];
  auto known = std::find_if(writers.begin(), writers.end(),
                            [&](const Written& each) { return each.writer == writer; });
  if (known == writers.end()) {
    known = writers.insert(known, {writer, {}});
  }
  known->by_epoch[epoch.value] = std::move(changes);
}

std::vector<Change> Collected::changes(const std::string& table) const {
  std::vector<Change> all;
  if (const auto found = by_table_.find(table); found != by_table_.end()) {
    for (const Written& each : found->second) {
      for (const auto& [epoch, changes] : each.by_epoch) {
        all.insert(all.end(), changes.begin(), changes.end());
      }
    }
  }
  return all;
}

std::vector<std::vector<std::string>> Collected::rows(const catalog::Table& table) const {
  std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> rows;  // key, row
  for (const Change& change : changes(table.name)) {
    const std::vector<std::string> key = key_of(change, table.primary_key);
    const auto known =
        std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.first == key; });
    const bool leaves = change[0] == "-U" || change[0] == "-D";
    // Without a key equal rows are rows of their own.
    if (known != rows.end() && (leaves || !table.primary_key.empty())) {
      rows.erase(known);
    }
    if (!leaves) {
      rows.emplace_back(key, std::vector<std::string>(change.begin() + 1, change.end()));
    }
  }
  std::vector<std::vector<std::string>> cells;
  for (auto& [key, row] : rows) {
    cells.push_back(std::move(row));
  }
  return cells;
}

bool is_collected(const catalog::Table& table) {
  const std::string connector = table.option("connector");
  return connector == "print" || connector == "blackhole";
}

std::unique_ptr<exec::Source> CollectingConnectors::make_source(const plan::Scan& scan,
                                                                exec::TaskContext& task) {
  return real_->make_source(scan, task);
}

std::unique_ptr<exec::Sink> CollectingConnectors::make_sink(const plan::Sink& sink,
                                                            exec::TaskContext& task) {
  return is_collected(*sink.table)
             ? std::make_unique<CollectingSink>(collected_, sink.table->name,
                                                task.pipeline() + "/" + task.id())
             : real_->make_sink(sink, task);
}

}  // namespace millrace::rehearsal
