#pragma once

// 'connector' = 'blackhole' forgets rows; 'connector' = 'print' shows them to a person. Neither
// keeps anything, so neither is exactly once: after a crash 'print' may show a row again.

#include <string>
#include <string_view>

#include "catalog/connector_description.h"
#include "connector/console/print.h"
#include "exec/sink.h"

namespace millrace::connector {

extern const catalog::ConnectorDescription kBlackholeConnector;
extern const catalog::ConnectorDescription kPrintConnector;

class BlackholeSink final : public exec::Sink {
 public:
  void write(const Batch&) override {}
  std::string prepare(Epoch) override { return {}; }
  void publish(Epoch, std::string_view) override {}
  bool overlaps() const override { return true; }
};

class PrintSink final : public exec::Sink {
 public:
  // `print` gets a line as Flink prints it: "+I[ann, 3]" behind the table's prefix.
  PrintSink(const catalog::Table& table, Print print);

  void write(const Batch& rows) override;
  std::string prepare(Epoch) override { return {}; }
  void publish(Epoch, std::string_view) override {}

 private:
  std::string prefix_;
  Stream to_;
  Print print_;
};

}  // namespace millrace::connector
