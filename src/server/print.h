#pragma once

// How results appear: aligned for people, JSON or CSV for programs.

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "connector/console/print.h"

namespace millrace::server {

class Arguments;
struct Context;

enum class OutputFormat : uint8_t { table, json, csv };

// Of --output. Throws UsageError where the format is not one of `offered` ("table|json|csv").
OutputFormat output_format(const Arguments& arguments, std::string_view offered);

struct TextTable {
  std::vector<std::string> columns;
  std::vector<std::vector<Json>> rows;
};

// Ends in a newline, or is empty for a table without columns. A table wider than the terminal is
// not cut: the reader may scroll.
std::string rendered(const TextTable& table, OutputFormat format);

// What tables of the connector 'print' show, where the command speaks.
connector::Print print_to(const Context& context);

}  // namespace millrace::server
