#include "connector/connectors.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "connector/console/answer_sink.h"
#include "connector/console/sinks.h"
#include "connector/datagen/source.h"
#include "connector/delta/options.h"
#include "connector/delta/sink.h"
#include "connector/delta/source.h"
#include "connector/filesystem/options.h"
#include "connector/filesystem/sink.h"
#include "connector/filesystem/source.h"
#include "connector/formats.h"
#include "connector/topic/options.h"
#include "connector/topic/sink.h"
#include "connector/topic/source.h"
#include "exec/sink.h"
#include "exec/task_context.h"
#include "plan/letter_table.h"
#include "topic/store.h"

namespace millrace::connector {

catalog::Connections connections() {
  static const std::array kConnectors = {
      kTopicConnector,     kUpsertTopicConnector, kFilesystemConnector, kDeltaConnector,
      kBlackholeConnector, kPrintConnector,       kDatagenConnector};
  static const std::array kFormats = {kJsonFormat, kCsvFormat, kDebeziumJsonFormat, kRawFormat};
  return {kConnectors, kFormats};
}

// Offsets that a group has committed are of what others have read.
static void replay(TopicOptions& options, const Replay& replay) {
  if (replay.since) {
    options.startup = StartupMode::timestamp;
    options.start_time = *replay.since;
  } else if (options.startup != StartupMode::timestamp &&
             options.startup != StartupMode::specific_offsets) {
    options.startup = StartupMode::earliest;
  }
  if (replay.until) {
    options.bounded = true;
    options.until = replay.until;
  }
}

static void add_readable_ends(const std::string& name, Isolation isolation,
                              const topic::Store& topics, exec::Positions& ends) {
  const auto topic = topics.find(name);
  for (size_t i = 0; topic != nullptr && i < topic->partitions.size(); ++i) {
    if (const auto& partition = topic->partitions[i]; partition != nullptr) {
      int64_t& end = ends[name][static_cast<int32_t>(i)];
      end = std::max(end, isolation == Isolation::committed ? partition->stable_offset().value
                                                            : partition->end_offset().value);
    }
  }
}

exec::Positions readable_ends(const plan::Plan& plan, const Environment& environment) {
  exec::Positions ends;
  for (const auto& node : plan.nodes) {
    if (node->kind != plan::NodeKind::scan) {
      continue;
    }
    const catalog::Table& table = *static_cast<const plan::Scan&>(*node).table;
    if (!is_topic(table)) {
      continue;
    }
    const TopicOptions options = TopicOptions::of_source(table, environment.own_addresses);
    for (const std::string& name : options.topics.in(*environment.topics)) {
      add_readable_ends(name, options.isolation, *environment.topics, ends);
    }
  }
  return ends;
}

std::unique_ptr<exec::Source> Connectors::make_source(const plan::Scan& scan,
                                                      exec::TaskContext& task) {
  const std::string connector = scan.table->option("connector");
  if (is_topic(*scan.table)) {
    TopicOptions options = TopicOptions::of_source(*scan.table, environment_.own_addresses);
    if (environment_.replay) {
      replay(options, *environment_.replay);
    }
    return std::make_unique<TopicSource>(scan, std::move(options), task, *environment_.topics,
                                         environment_.groups, environment_.default_partitions);
  }
  if (connector == "filesystem") {
    return std::make_unique<FilesystemSource>(scan, FilesystemOptions::from(*scan.table), task);
  }
  if (connector == "delta") {
    return std::make_unique<DeltaSource>(
        scan, environment_.parquet, DeltaOptions::from(*scan.table, environment_.lake_directory),
        task);
  }
  if (connector == "datagen") {
    return std::make_unique<DatagenSource>(scan, DatagenOptions::from(*scan.table), task);
  }
  throw Error(ErrorCode::unsupported, "table '" + scan.table->name +
                                          "' cannot be read: connector '" + connector +
                                          "' is for writing");
}

std::unique_ptr<exec::Sink> Connectors::make_sink(const plan::Sink& sink, exec::TaskContext& task) {
  const std::string connector = sink.table->option("connector");
  if (connector == "delta") {
    DeltaOptions options = DeltaOptions::from(*sink.table, environment_.lake_directory);
    options.overwrite = sink.overwrite;
    return std::make_unique<DeltaSink>(task.world(), environment_.parquet, options,
                                       task.pipeline() + "/" + task.id());
  }
  if (connector == "filesystem") {
    return std::make_unique<FilesystemSink>(sink, FilesystemOptions::from(*sink.table), task);
  }
  if (is_topic(*sink.table)) {
    return std::make_unique<TopicSink>(
        sink, TopicOptions::of_sink(*sink.table, environment_.own_addresses), task,
        *environment_.topics, environment_.default_partitions);
  }
  if (connector == "blackhole") {
    return std::make_unique<BlackholeSink>();
  }
  if (connector == plan::kCollect) {
    return std::make_unique<AnswerSink>(*sink.table, environment_.print);
  }
  if (connector == "print") {
    return std::make_unique<PrintSink>(*sink.table, environment_.print);
  }
  throw Error(ErrorCode::unsupported, "table '" + sink.table->name +
                                          "' cannot be written to: connector '" + connector +
                                          "' is for reading");
}

std::shared_ptr<const catalog::Table> default_dead_letter_table() {
  auto table = std::make_shared<catalog::Table>();
  table->name = "dead_letters";
  for (const Field& field : plan::letter_schema().fields) {
    catalog::ColumnDefinition column;
    column.name = field.name;
    column.type = field.type;
    table->columns.push_back(std::move(column));
  }
  table->options["connector"] = {"delta", {}};
  return table;
}

}  // namespace millrace::connector
