#include "connector/console/sinks.h"

#include <doctest/doctest.h>

#include "catalog/table.h"
#include "column/builder.h"

namespace millrace::connector {

// What a table of these options shows of a row, and where.
static std::pair<std::string, Stream> shown(const std::map<std::string, std::string>& options) {
  catalog::Table table;
  for (const auto& [key, value] : options) {
    table.options[key].value = value;
  }
  std::pair<std::string, Stream> said;
  PrintSink sink(table, [&](std::string_view line, Stream to) { said = {std::string(line), to}; });
  ColumnBuilder numbers(Type::of(TypeKind::integer));
  numbers.add(int32_t{3});
  Batch row;
  row.physical_size = 1;
  row.columns.push_back(numbers.finish());
  sink.write(row);
  return said;
}

TEST_CASE("a printed row stands behind its table's name, on the stream that is asked for") {
  CHECK(shown({}) == std::pair(std::string("+I[3]"), Stream::output));
  CHECK(shown({{"print-identifier", "t"}, {"standard-error", "true"}}) ==
        std::pair(std::string("t> +I[3]"), Stream::error));
}

}  // namespace millrace::connector
