#include "connector/console/sinks.h"

#include <array>

#include "catalog/table.h"
#include "connector/console/java_text.h"

namespace millrace::connector {

const catalog::ConnectorDescription kBlackholeConnector = {.name = "blackhole",
                                                           .can_write = true,
                                                           .takes = catalog::Changes::upserts,
                                                           .options = {},
                                                           .metadata = {}};

static constexpr std::array kPrintOptions = {
    catalog::OptionDescription{
        .key = "print-identifier", .type = "string", .description = "stands before each row"},
    catalog::OptionDescription{.key = "standard-error",
                               .type = "boolean",
                               .otherwise = "false",
                               .description = "print to the standard error"},
    catalog::OptionDescription{.key = "sink.parallelism",
                               .type = "integer",
                               .description = "of Flink's tasks; a pipeline is one here"},
};

const catalog::ConnectorDescription kPrintConnector = {.name = "print",
                                                       .can_write = true,
                                                       .takes = catalog::Changes::all,
                                                       .options = kPrintOptions,
                                                       .metadata = {}};

PrintSink::PrintSink(const catalog::Table& table, Print print)
    : prefix_(table.option("print-identifier")),
      to_(table.option("standard-error") == "true" ? Stream::error : Stream::output),
      print_(std::move(print)) {}

void PrintSink::write(const Batch& rows) {
  for_each(rows.rows(), [&](uint32_t row) {
    std::string line = prefix_.empty() ? "" : prefix_ + "> ";
    line += std::string(sign_of(rows.kind(row))) + "[";
    for (size_t i = 0; i < rows.columns.size(); ++i) {
      line += i > 0 ? ", " : "";
      append_java_text(rows.columns[i], row, line);
    }
    print_(line + "]", to_);
  });
}

}  // namespace millrace::connector
