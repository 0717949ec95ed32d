#pragma once

// The rows of a query by itself, for whoever asked: a table of changes as Flink's command line
// prints it in its tableau mode, row by row as they come.
//
//   +----+-------------+--------------------------------+
//   | op |           a |                              b |
//   +----+-------------+--------------------------------+
//   | +I |           1 |                            ann |
//   +----+-------------+--------------------------------+
//   Received a total of 1 row

#include <string>
#include <string_view>
#include <vector>

#include "catalog/table.h"
#include "connector/console/print.h"
#include "exec/sink.h"

namespace millrace::connector {

class AnswerSink final : public exec::Sink {
 public:
  // Columns are as wide as the values of their type, at most 30 characters; longer ones are cut.
  AnswerSink(const catalog::Table& answer, Print print);

  void write(const Batch& rows) override;
  void finish() override;
  std::string prepare(Epoch) override { return {}; }
  void publish(Epoch, std::string_view) override {}

 private:
  void print_border() const;
  void print_line(std::string_view kind, const std::vector<std::string>& cells) const;

  std::vector<std::string> names_;
  std::vector<size_t> widths_;
  Print print_;
  uint64_t rows_ = 0;
};

}  // namespace millrace::connector
