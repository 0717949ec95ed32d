#pragma once

// Two versions of a pipeline over the same input, and what their tables come to: rows that are the
// same, rows of one alone. Rows are kept as hashes, the first of those that differ as text too, and
// until their epoch is published as text. All of it has limits, which end the comparison.
//
// The same row of both cancels out as soon as both have written it, so what is held is what differs
// by now, and, of tables with a primary key, a hash for each key.

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "exec/connectors.h"

namespace millrace::change {

enum class Side : uint8_t { old_version, new_version };

// What tables hold, counted by row.
struct TableComparison {
  std::string table;
  uint64_t equal = 0;  // rows that both have
  uint64_t only_old = 0;
  uint64_t only_new = 0;
  std::vector<std::string> samples_old;  // a row each, cells separated by " | "
  std::vector<std::string> samples_new;
};

class Comparison {
 public:
  // Of all tables together.
  struct Limits {
    size_t rows = 4'000'000;  // that are remembered, about 64 bytes each
    size_t text_bytes = size_t{16} << 20;
    size_t held_bytes = size_t{256} << 20;
  };
  Comparison() = default;
  explicit Comparison(Limits limits) : limits_(limits) {}

  // A change of a row: cells as text. `key` is that of the primary key, which may be an empty text,
  // or nothing where the whole row is. From any thread. Throws Error(unsupported) where there are
  // more rows to remember than may be.
  void add(Side side, const std::string& table, bool leaves, const std::string& row,
           const std::optional<std::string>& key);
  // Rows that are written and not yet published. From any thread; hold() throws as add() does.
  void hold(size_t bytes);
  void release(size_t bytes);
  // To be asked once both have ended.
  std::vector<TableComparison> tables() const;

 private:
  struct Difference {
    int64_t count = 0;  // of the old version, less those of the new
    std::string text;   // empty where there were too many
  };
  struct Table {
    std::unordered_map<uint64_t, Difference> rows;
    std::array<std::unordered_map<uint64_t, uint64_t>, 2> by_key;  // the row's hash, by key's
    std::array<int64_t, 2> total = {};

    size_t remembered() const { return rows.size() + by_key[0].size() + by_key[1].size(); }
  };

  struct Change {
    Side side;
    bool leaves;
    uint64_t row;  // its hash
    const std::string& text;
  };
  void add(Table& table, const Change& change, const std::optional<std::string>& key);
  void count(Table& table, Side side, uint64_t hash, int64_t by, const std::string* text);

  Limits limits_;
  mutable std::mutex mutex_;  // all below
  size_t remembered_ = 0;
  size_t text_bytes_ = 0;
  size_t held_bytes_ = 0;
  std::map<std::string, Table> tables_;
};

// Real sources; sinks that add to a comparison, each epoch's rows when it is published.
class ComparedConnectors final : public exec::Connectors {
 public:
  // Both outlive this.
  ComparedConnectors(exec::Connectors* sources, Comparison* comparison, Side side)
      : sources_(sources), comparison_(comparison), side_(side) {}

  std::unique_ptr<exec::Source> make_source(const plan::Scan& scan,
                                            exec::TaskContext& task) override;
  std::unique_ptr<exec::Sink> make_sink(const plan::Sink& sink, exec::TaskContext& task) override;

 private:
  exec::Connectors* sources_;
  Comparison* comparison_;
  Side side_;
};

}  // namespace millrace::change
