#pragma once

// What a pipeline wrote to tables that keep nothing ('print', 'blackhole'), so that a test can ask
// for it. Exactly once, as the other sinks are: rows count when their epoch is published, and
// publishing it again changes nothing.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/id.h"
#include "column/batch.h"
#include "exec/connectors.h"

namespace millrace::catalog {
struct Table;
}

namespace millrace::rehearsal {

// A change as text: "+I", "-U", "+U" or "-D", then the cells.
using Change = std::vector<std::string>;

// Outlives the programs that write to it.
class Collected {
 public:
  // Changes of a writer's epoch take the place of those that were there before under the same
  // number. Writers are in the order in which they began.
  void put(const std::string& table, const std::string& writer, Epoch epoch,
           std::vector<Change> changes);

  // In order, all columns of the table.
  std::vector<Change> changes(const std::string& table) const;
  // The table that they describe, one row a line: by its primary key where it has one.
  std::vector<std::vector<std::string>> rows(const catalog::Table& table) const;

 private:
  struct Written {
    std::string writer;
    std::map<int64_t, std::vector<Change>> by_epoch;
  };
  std::map<std::string, std::vector<Written>> by_table_;
};

// Gives the real sources and sinks, but collects what goes to 'print' and 'blackhole'.
class CollectingConnectors final : public exec::Connectors {
 public:
  // Both outlive this.
  CollectingConnectors(exec::Connectors* real, Collected* collected)
      : real_(real), collected_(collected) {}

  std::unique_ptr<exec::Source> make_source(const plan::Scan& scan,
                                            exec::TaskContext& task) override;
  std::unique_ptr<exec::Sink> make_sink(const plan::Sink& sink, exec::TaskContext& task) override;

 private:
  exec::Connectors* real_;
  Collected* collected_;
};

bool is_collected(const catalog::Table& table);

}  // namespace millrace::rehearsal
