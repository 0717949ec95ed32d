#pragma once

// Everything that 'connector' = '...' can name: a description for the front end, and how to make
// the running half. A new connector is its folder and its lines in connectors.cc.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/check_options.h"
#include "connector/console/print.h"
#include "exec/connectors.h"
#include "exec/positions.h"

namespace millrace::codec {
class Parquet;
}

namespace millrace::topic {
class Store;
}

namespace millrace::connector {

class GroupOffsets;

// What the planner checks tables' options against.
catalog::Connections connections();

// How topics are read by those who go over what others have read before them.
struct Replay {
  // From there on; otherwise from the beginning, or from the time that the table says.
  std::optional<Timestamp> since;
  // With an end of input there; otherwise on and on.
  std::optional<exec::Positions> until;
};

// What connectors reach. Pointers outlive everything made with them.
struct Environment {
  topic::Store* topics = nullptr;
  codec::Parquet* parquet = nullptr;
  int32_t default_partitions = 1;          // of topics that a pipeline makes
  GroupOffsets* groups = nullptr;          // null: nobody is told
  std::vector<std::string> own_addresses;  // "localhost:9092"; empty: any address means this server
  std::string lake_directory;
  std::optional<Replay> replay = {};  // of those who have read nothing yet
  Print print;                        // of 'connector' = 'print', and what a query by itself shows
};

// Safe to share between pipelines' threads.
class Connectors final : public exec::Connectors {
 public:
  explicit Connectors(Environment environment) : environment_(std::move(environment)) {}

  std::unique_ptr<exec::Source> make_source(const plan::Scan& scan,
                                            exec::TaskContext& task) override;
  std::unique_ptr<exec::Sink> make_sink(const plan::Sink& sink, exec::TaskContext& task) override;

 private:
  Environment environment_;
};

// What can be read now of the topics that a plan reads.
exec::Positions readable_ends(const plan::Plan& plan, const Environment& environment);

// Where dead letters go when no setting names a table: "dead_letters" in the lake.
std::shared_ptr<const catalog::Table> default_dead_letter_table();

}  // namespace millrace::connector
