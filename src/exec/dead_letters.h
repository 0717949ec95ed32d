#pragma once

// Where records and rows go that cannot be processed: to a table, with raw bytes, place and reason,
// in the same epoch as everything else. Nothing is lost, and nothing is there twice.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/table.h"
#include "column/batch.h"
#include "exec/source.h"
#include "plan/nodes.h"

namespace millrace {
class Clock;
}

namespace millrace::exec {

class Sink;

// Of a table that the plan found fit (plan/letter_table.h), as a sink is made of it: it is no part
// of the plan. As a string, event_data shows bytes that are not UTF-8 as \xNN; a column of BYTES
// keeps what came.
plan::Sink letter_node(const std::shared_ptr<const catalog::Table>& table);

class DeadLetters {
 public:
  // `table` may be null: then the first letter stops the pipeline, as there is no place for it.
  // `sink` writes to it; `clock` outlives this. The letters are those of `pipeline`.
  DeadLetters(const catalog::Table* table, Sink* sink, const Clock* clock, std::string pipeline);

  bool has_table() const { return table_ != nullptr; }
  void add(const Reject& letter, std::string_view stage);
  // A row of a batch: the record it came from where the batch knows, else its values as text.
  void add(const Batch& batch, uint32_t row, std::string_view reason, std::string_view stage);
  // Hands the sink what has gathered.
  void flush();

 private:
  void keep(Reject letter, std::string_view stage, bool has_place);
  Column column_of(std::string_view name, const Type& type) const;

  const catalog::Table* table_;
  Sink* sink_;
  const Clock* clock_;
  std::string pipeline_;
  struct Letter {
    Reject reject;
    std::string stage;
    bool has_place;  // whether partition and offset are known
    Timestamp at;
  };
  std::vector<Letter> letters_;
};

}  // namespace millrace::exec
