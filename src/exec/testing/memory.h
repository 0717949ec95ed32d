#pragma once

// Topics and tables in memory, for tests of pipelines: sources and sinks that keep every promise of
// exec/source.h and exec/sink.h, over things that outlive any pipeline, as a disk would.

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "column/type.h"
#include "exec/connectors.h"
#include "exec/pipeline.h"

namespace millrace::exec::testing {

// Records as fields separated by spaces, in the order of the table's columns: "1500 ann 3", a
// number for timestamps; "-" is NULL. A record beginning with '!' cannot be decoded.
struct MemoryTopic {
  explicit MemoryTopic(size_t partitions) : partitions(partitions) {}
  void append(const std::string& record, size_t partition = 0) {
    partitions[partition].push_back(record);
  }
  std::vector<std::deque<std::string>> partitions;  // addresses stay
  bool bounded = false;                             // ends where it ends now
  size_t rows_per_poll = 2048;
};

// Rows as text, fields separated by spaces.
struct MemoryTable {
  std::vector<std::string> rows;    // published
  std::set<std::string> published;  // "sink id/epoch"
  std::map<std::string, std::vector<std::string>> prepared;
};

class MemoryConnectors final : public Connectors {
 public:
  std::unique_ptr<Source> make_source(const plan::Scan& scan, TaskContext& task) override;
  std::unique_ptr<Sink> make_sink(const plan::Sink& sink, TaskContext& task) override;

  std::map<std::string, MemoryTopic> topics;
  std::map<std::string, MemoryTable> tables;
};

// A table of these columns and no options.
std::shared_ptr<catalog::Table> make_table(const std::string& name, const Schema& schema);
// The built-in dead-letter columns.
std::shared_ptr<catalog::Table> make_dead_letter_table();

}  // namespace millrace::exec::testing
