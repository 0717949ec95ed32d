#pragma once

// A topic, and pipelines that copy it, for tests of how topics are read.

#include "base/check.h"
#include "connector/topic/source.h"
#include "exec/pipeline.h"
#include "exec/sink.h"
#include "exec/testing/memory.h"
#include "exec/testing/world.h"
#include "kafka/records.h"

namespace millrace::connector::testing {

inline constexpr kafka::BatchBuilder::Producer kInTransaction{7, 0, 0, kafka::kTransactionalBit};

// Topics in a log on a simulated disk; tables in memory.
struct Setup final : exec::Connectors {
  Setup() { store.emplace(world.get(), "topics"); }

  std::unique_ptr<exec::Source> make_source(const plan::Scan& scan,
                                            exec::TaskContext& task) override {
    return std::make_unique<TopicSource>(
        scan, TopicOptions::of_source(*scan.table, {"localhost:9092"}), task, *store, groups, 2);
  }
  std::unique_ptr<exec::Sink> make_sink(const plan::Sink& sink, exec::TaskContext& task) override {
    return tables.make_sink(sink, task);
  }

  void produce(int32_t partition, std::initializer_list<const char*> values,
               kafka::BatchBuilder::Producer producer = {}) {
    kafka::BatchBuilder batch;
    for (const char* value : values) {
      batch.add(Timestamp{at += 10}, std::nullopt,
                value != nullptr ? std::optional<std::string_view>(value) : std::nullopt);
    }
    const auto topic = store->find_or_create("clicks", 2);
    check(topic.ok(), "the topic is made");
    const auto appended = (*topic)->find(PartitionIndex(partition))->append(batch.finish(producer));
    check(appended.error_code == kafka::ErrorCode::none, "it is appended");
  }

  // A record of partition 0; no value takes the key's row away.
  void produce_keyed(std::optional<std::string_view> key, std::optional<std::string_view> value) {
    kafka::BatchBuilder batch;
    batch.add(Timestamp{at += 10}, key, value);
    const auto topic = store->find_or_create("clicks", 2);
    check(topic.ok(), "the topic is made");
    check((*topic)->find(PartitionIndex(0))->append(batch.finish()).error_code ==
              kafka::ErrorCode::none,
          "it is appended");
  }

  void end_transaction(bool commits) {
    const auto result =
        commits ? kafka::TransactionResult::commit : kafka::TransactionResult::abort;
    const auto partition = store->find("clicks")->find(PartitionIndex(0));
    check(partition->append({kInTransaction.id, kInTransaction.epoch, 0, result}).error_code ==
              kafka::ErrorCode::none,
          "it is appended");
  }

  std::vector<std::string>& rows() { return tables.tables["copies"].rows; }
  std::vector<std::string>& letters() { return tables.tables["dead_letters"].rows; }

  exec::testing::TestWorld world;
  std::optional<topic::Store> store;
  exec::testing::MemoryConnectors tables;
  GroupOffsets* groups = nullptr;
  int64_t at = 0;
};

// SELECT who, `partition`, `offset`, n FROM clicks
inline std::shared_ptr<plan::Plan> copy_plan(std::map<std::string, std::string> options,
                                             const std::string& into = "copies") {
  auto plan = std::make_shared<plan::Plan>();
  auto* scan = plan->add(std::make_unique<plan::Scan>());
  scan->schema = {{{"who", Type::string()},
                   {"partition", Type::of(TypeKind::integer, false)},
                   {"offset", Type::of(TypeKind::bigint, false)},
                   {"n", Type::of(TypeKind::integer)}}};
  auto table = exec::testing::make_table("clicks", scan->schema);
  for (const size_t metadata : {1, 2}) {
    table->columns[metadata].kind = catalog::ColumnKind::metadata;
    table->columns[metadata].metadata_key = table->columns[metadata].name;
  }
  if (!options.contains("topic-pattern")) {
    options["topic"] = "clicks";
  }
  options["format"] = "json";
  for (const auto& [key, value] : options) {
    table->options[key] = {value, {}};
  }
  scan->table = table;
  scan->read = {0, 1, 2, 3};
  auto* sink = plan->add(std::make_unique<plan::Sink>());
  sink->inputs = {scan};
  sink->schema = scan->schema;
  sink->table = exec::testing::make_table(into, sink->schema);
  plan->sinks = {sink};
  return plan;
}

inline exec::PipelineSpec spec_of(std::map<std::string, std::string> options) {
  return {"p", copy_plan(std::move(options)), exec::testing::make_dead_letter_table(), "state/p"};
}

inline void settle(exec::Pipeline& pipeline) {
  while (pipeline.run_once()) {
  }
  pipeline.checkpoint();
}

}  // namespace millrace::connector::testing
