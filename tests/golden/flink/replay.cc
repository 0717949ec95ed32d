#include "golden/flink/replay.h"

#include <algorithm>
#include <array>

#include "codec/codecs.h"
#include "codec/decoder.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "exec/task_context.h"
#include "function/shown_text.h"
#include "plan/nodes.h"

namespace millrace::golden {

namespace {

using catalog::Changes;

constexpr std::array kOptions{catalog::OptionDescription{.key = "format", .required = true},
                              catalog::OptionDescription{.key = "lookup"},
                              catalog::OptionDescription{.key = "json.*"}};
constexpr std::array kConnectors{
    catalog::ConnectorDescription{.name = "replay", .can_read = true, .options = kOptions},
    catalog::ConnectorDescription{
        .name = "replay-retract", .can_read = true, .gives = Changes::all, .options = kOptions},
    catalog::ConnectorDescription{
        .name = "replay-upsert", .can_read = true, .gives = Changes::upserts, .options = kOptions},
    catalog::ConnectorDescription{.name = "replay-lookup",
                                  .can_read = true,
                                  .gives = Changes::all,
                                  .look_ups = catalog::LookUps::always,
                                  .options = kOptions},
    catalog::ConnectorDescription{.name = "written", .can_write = true},
    catalog::ConnectorDescription{
        .name = "written-retract", .can_write = true, .takes = Changes::all},
    catalog::ConnectorDescription{
        .name = "written-upsert", .can_write = true, .takes = Changes::upserts}};
constexpr size_t kEnd = SIZE_MAX;  // the step of a source that has read all

// As Flink's command line prints a value.
std::string printed(const Column& column, size_t row) {
  if (column.is_null(row)) {
    return "NULL";
  }
  std::string shown;
  for (const char c : function::shown_text(column, row)) {
    shown += c == '\\' ? "\\\\" : c == '\n' ? "\\n" : std::string(1, c);
  }
  return shown;
}

std::string printed(const Batch& batch, uint32_t row) {
  static constexpr std::array<const char*, 4> kKinds{"+I", "-U", "+U", "-D"};
  std::string text = kKinds[static_cast<size_t>(batch.kind(row))];
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    text += (i == 0 ? "[" : ", ") + printed(batch.columns[i], row);
  }
  return text + "]";
}

std::map<std::string, std::string> format_options(const catalog::Table& table) {
  static constexpr std::string_view kPrefix = "json.";
  std::map<std::string, std::string> options;
  for (const auto& [key, option] : table.options) {
    if (key.starts_with(kPrefix)) {
      options[key.substr(kPrefix.size())] = option.value;
    }
  }
  return options;
}

Schema schema_of(const plan::Scan& scan) {
  Schema schema;
  for (const size_t number : scan.read) {
    const catalog::ColumnDefinition& column = scan.table->columns[number];
    schema.fields.push_back({column.name, column.type});
  }
  return schema;
}

}  // namespace

static std::string of_kind(const std::string& connector, const CaseTable& table) {
  const auto found = table.options.find("changelog");
  return found == table.options.end() ? connector : connector + "-" + found->second;
}

catalog::Connections replay_connections() { return {kConnectors, {}}; }

std::string replay_connector(const CaseTable& table) {
  if (table.options.contains("lookup")) {
    return "replay-lookup";
  }
  return of_kind("replay", table);
}

std::string written_connector(const CaseTable& sink) { return of_kind("written", sink); }

class ReplaySource final : public exec::Source {
 public:
  ReplaySource(const plan::Scan& scan, exec::TaskContext& task, Replay& replay)
      : table_(scan.table->name),
        decoder_(codec::make_decoder("json", schema_of(scan), format_options(*scan.table))),
        next_(&task.state().numbers("next").at("row")),
        replay_(&replay) {
    for (const FeedRow& row : replay.test_->feed) {
      if (row.table == table_) {
        rows_.push_back(&row);
      }
    }
  }

  // Of the next row.
  size_t step() const { return at_end() ? kEnd : rows_[static_cast<size_t>(*next_)]->step; }

  exec::Polled poll() override {
    if (!replay_->has_come(step())) {
      return {};
    }
    if (at_end()) {
      exec::Polled polled;
      polled.state = exec::Polled::State::finished;
      return polled;
    }
    return decode(replay_->batch_size_());
  }
  bool ends() const override { return true; }
  size_t splits() const override { return 1; }
  bool caught_up(size_t) const override { return at_end(); }
  // All tables end together: until then one that has been read holds the others back.
  bool ended(size_t) const override { return replay_->has_come(kEnd); }
  void sync() override {}
  void on_ready(std::function<void()>) override {}

 private:
  bool at_end() const { return static_cast<size_t>(*next_) == rows_.size(); }

  exec::Polled decode(size_t limit) {
    exec::Polled polled;
    polled.state = exec::Polled::State::rows;
    auto text = std::make_shared<std::string>();
    std::vector<size_t> ends;
    std::vector<RowKind> kinds;
    for (const size_t now = step(); ends.size() < limit && step() == now; ++*next_) {
      const FeedRow& row = *rows_[static_cast<size_t>(*next_)];
      *text += row.json;
      ends.push_back(text->size());
      kinds.push_back(row.kind);
    }
    text->append(codec::kPadding, ' ');
    std::vector<std::string_view> records;
    for (size_t i = 0, begin = 0; i < ends.size(); begin = ends[i++]) {
      records.emplace_back(text->data() + begin, ends[i] - begin);
    }
    codec::Decoded decoded = decoder_->decode(records, text);
    for (const auto& reject : decoded.rejects) {
      polled.rejects.push_back({table_, PartitionIndex(0), reject.record,
                                std::string(records[reject.record]), reject.reason});
    }
    polled.rows.columns = std::move(decoded.columns);
    polled.rows.physical_size = static_cast<uint32_t>(decoded.rows);
    if (std::any_of(kinds.begin(), kinds.end(), [](RowKind k) { return k != RowKind::insert; })) {
      for (size_t i = 0; i < decoded.rows; ++i) {
        polled.rows.kinds.push_back(
            kinds[decoded.record_of_row.empty() ? i : decoded.record_of_row[i]]);
      }
    }
    return polled;
  }

  std::string table_;
  std::unique_ptr<codec::Decoder> decoder_;
  int64_t* next_;  // row of rows_
  std::vector<const FeedRow*> rows_;
  Replay* replay_;
};

class CollectSink final : public exec::Sink {
 public:
  explicit CollectSink(Replay& replay) : replay_(&replay) {}

  void write(const Batch& batch) override {
    for_each(batch.rows(), [&](uint32_t row) { rows_.push_back(printed(batch, row)); });
  }
  // What an epoch that never was durable has written goes with this object.
  std::string prepare(Epoch) override { return rows_.empty() ? "" : "rows"; }
  void publish(Epoch epoch, std::string_view) override {
    if (epoch.value > replay_->published_epoch_) {
      replay_->published_epoch_ = epoch.value;
      replay_->changes_.insert(replay_->changes_.end(), rows_.begin(), rows_.end());
      rows_.clear();
    }
  }

 private:
  Replay* replay_;
  std::vector<std::string> rows_;
};

class DroppingSink final : public exec::Sink {
 public:
  void write(const Batch&) override {}
  std::string prepare(Epoch) override { return ""; }
  void publish(Epoch, std::string_view) override {}
};

Replay::Replay(const FlinkCase& test, std::function<size_t()> batch_size)
    : test_(&test), batch_size_(std::move(batch_size)) {}

Replay::~Replay() = default;

bool Replay::has_come(size_t step) const {
  return std::all_of(sources_.begin(), sources_.end(),
                     [step](const ReplaySource* source) { return source->step() >= step; });
}

size_t Replay::step() const {
  size_t least = kEnd;
  for (const ReplaySource* source : sources_) {
    least = std::min(least, source->step());
  }
  return least;
}

std::unique_ptr<exec::Source> Replay::make_source(const plan::Scan& scan, exec::TaskContext& task) {
  auto source = std::make_unique<ReplaySource>(scan, task, *this);
  sources_.push_back(source.get());
  return source;
}

std::unique_ptr<exec::Sink> Replay::make_sink(const plan::Sink& sink, exec::TaskContext&) {
  if (sink.table->name == kBeside) {
    return std::make_unique<DroppingSink>();
  }
  return std::make_unique<CollectSink>(*this);
}

}  // namespace millrace::golden
