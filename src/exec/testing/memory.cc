#include "exec/testing/memory.h"

#include <algorithm>

#include "base/check.h"
#include "column/builder.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "function/evaluate.h"
#include "plan/letter_table.h"

namespace millrace::exec::testing {

namespace {

std::vector<std::string> fields_of(const std::string& record) {
  std::vector<std::string> fields(1);
  for (const char c : record) {
    if (c == ' ') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

void add(ColumnBuilder& builder, const Type& type, const std::string& text) {
  if (text == "-") {
    builder.add_null();
  } else if (type.physical() == Physical::string) {
    builder.add_string(text);
  } else if (type.physical() == Physical::i64) {
    builder.add(static_cast<int64_t>(std::stoll(text)));
  } else {
    builder.add(static_cast<int32_t>(std::stol(text)));
  }
}

class MemorySource final : public Source {
 public:
  MemorySource(const plan::Scan& scan, MemoryTopic& topic, state::Numbers& next)
      : scan_(&scan), topic_(&topic), next_(&next) {}

  Polled poll() override {
    for (size_t tried = 0; tried < splits(); ++tried) {
      const size_t split = turn_++ % splits();
      if (!caught_up(split) && !is_at_pause(split)) {
        return read(split);
      }
    }
    Polled polled;
    polled.state = topic_->bounded ? Polled::State::finished : Polled::State::idle;
    return polled;
  }
  bool bounded() const override { return topic_->bounded; }
  size_t splits() const override { return topic_->partitions.size(); }
  bool caught_up(size_t split) const override {
    return next_->at(std::to_string(split)) ==
           static_cast<int64_t>(topic_->partitions[split].size());
  }
  void sync() override {}
  void on_ready(std::function<void()>) override {}
  std::string cannot_pause() const override { return {}; }
  void add_ends(Extent extent, Positions& ends) const override {
    for (size_t split = 0; split < splits(); ++split) {
      ends[scan_->table->name][static_cast<int32_t>(split)] =
          extent == Extent::read ? next_->at(std::to_string(split))
                                 : static_cast<int64_t>(topic_->partitions[split].size());
    }
  }
  void pause_at(const Positions& positions) override { pause_ = positions; }
  bool paused() const override {
    bool paused = pause_.has_value();
    for (size_t split = 0; split < splits(); ++split) {
      paused = paused && is_at_pause(split);
    }
    return paused;
  }

 private:
  bool is_at_pause(size_t split) const {
    return pause_ && next_->at(std::to_string(split)) >=
                         pause_->at(scan_->table->name).at(static_cast<int32_t>(split));
  }

  Polled read(size_t split) {
    Polled polled;
    polled.state = Polled::State::rows;
    polled.split = split;
    auto origins = std::make_shared<Origins>();
    origins->source = scan_->table->name;
    origins->partition = PartitionIndex(static_cast<int32_t>(split));
    std::vector<ColumnBuilder> columns;
    for (const size_t column : scan_->read) {
      columns.emplace_back(scan_->table->columns[column].type);
    }
    int64_t& next = next_->at(std::to_string(split));
    const auto& records = topic_->partitions[split];
    for (size_t n = 0; n < topic_->rows_per_poll && !caught_up(split) && !is_at_pause(split);
         ++n, ++next) {
      const std::string& record = records[static_cast<size_t>(next)];
      if (record.starts_with("!")) {
        polled.rejects.push_back({origins->source, origins->partition, next, record, "no record"});
        continue;
      }
      const std::vector<std::string> fields = fields_of(record);
      for (size_t i = 0; i < columns.size(); ++i) {
        add(columns[i], scan_->table->columns[scan_->read[i]].type, fields.at(scan_->read[i]));
      }
      origins->offsets.push_back(next);
      origins->raw.push_back(record);
    }
    for (ColumnBuilder& column : columns) {
      polled.rows.columns.push_back(column.finish());
    }
    polled.rows.physical_size = static_cast<uint32_t>(origins->offsets.size());
    polled.rows.origins = std::move(origins);
    return polled;
  }

  const plan::Scan* scan_;
  MemoryTopic* topic_;
  state::Numbers* next_;
  std::optional<Positions> pause_;
  size_t turn_ = 0;
};

class MemorySink final : public Sink {
 public:
  MemorySink(MemoryTable& table, std::string id) : table_(&table), id_(std::move(id)) {}

  void write(const Batch& batch) override {
    for_each(batch.rows(), [&](uint32_t row) {
      std::string text;
      for (const Column& column : batch.columns) {
        text += (text.empty() ? "" : " ") + function::to_text(column, row);
      }
      rows_.push_back(std::move(text));
    });
  }
  std::string prepare(Epoch epoch) override {
    if (rows_.empty()) {
      return {};
    }
    const std::string token = id_ + "/" + std::to_string(epoch.value);
    table_->prepared[token] = std::move(rows_);
    rows_.clear();
    return token;
  }
  void publish(Epoch, std::string_view token) override {
    const std::string name(token);
    check(table_->prepared.contains(name), "what is published was prepared");
    if (table_->published.insert(name).second) {
      const auto& rows = table_->prepared[name];
      table_->rows.insert(table_->rows.end(), rows.begin(), rows.end());
    }
  }
  bool overlaps() const override { return true; }

 private:
  MemoryTable* table_;
  std::string id_;
  std::vector<std::string> rows_;
};

}  // namespace

std::unique_ptr<Source> MemoryConnectors::make_source(const plan::Scan& scan, TaskContext& task) {
  return std::make_unique<MemorySource>(scan, topics.at(scan.table->name),
                                        task.state().numbers("next_offset"));
}

std::unique_ptr<Sink> MemoryConnectors::make_sink(const plan::Sink& sink, TaskContext& task) {
  return std::make_unique<MemorySink>(tables[sink.table->name], task.id());
}

std::shared_ptr<catalog::Table> make_table(const std::string& name, const Schema& schema) {
  auto table = std::make_shared<catalog::Table>();
  table->name = name;
  for (const Field& field : schema.fields) {
    catalog::ColumnDefinition column;
    column.name = field.name;
    column.type = field.type;
    table->columns.push_back(std::move(column));
  }
  return table;
}

std::shared_ptr<catalog::Table> make_dead_letter_table() {
  return make_table("dead_letters", plan::letter_schema());
}

}  // namespace millrace::exec::testing
