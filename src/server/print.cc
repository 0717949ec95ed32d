#include "server/print.h"

#include "server/command_line.h"
#include "server/context.h"

namespace millrace::server {

OutputFormat output_format(const Arguments& arguments, std::string_view offered) {
  const std::string wanted = arguments.get("--output", "table");
  const bool known =
      ("|" + std::string(offered) + "|").find("|" + wanted + "|") != std::string::npos;
  if (!known) {
    throw UsageError("--output takes " + std::string(offered) + ", not '" + wanted + "'");
  }
  return wanted == "json"  ? OutputFormat::json
         : wanted == "csv" ? OutputFormat::csv
                           : OutputFormat::table;
}

namespace {

std::string text_of(const Json& value, std::string_view null) {
  return value.is_null() ? std::string(null) : value.is_string() ? value.as_string() : value.dump();
}

// Columns on a terminal: bytes that continue a UTF-8 character take none.
size_t width(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string as_json(const TextTable& table) {
  Json rows = Json::array();
  for (const std::vector<Json>& row : table.rows) {
    Json object = Json::object();
    for (size_t i = 0; i < row.size(); ++i) {
      object.set(table.columns[i], row[i]);
    }
    rows.push(std::move(object));
  }
  return rows.dump_pretty() + "\n";
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += c;
    if (c == '"') {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string as_csv(const TextTable& table) {
  std::string text;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    text += (i == 0 ? "" : ",") + csv_field(table.columns[i]);
  }
  text += "\n";
  for (const std::vector<Json>& row : table.rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      text += (i == 0 ? "" : ",") + csv_field(text_of(row[i], ""));
    }
    text += "\n";
  }
  return text;
}

std::string as_table(const TextTable& table) {
  std::vector<size_t> widths;
  std::vector<bool> numeric;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    size_t widest = width(table.columns[i]);
    bool numbers = !table.rows.empty();
    for (const std::vector<Json>& row : table.rows) {
      widest = std::max(widest, width(text_of(row[i], "NULL")));
      numbers = numbers && (row[i].is_number() || row[i].is_null());
    }
    widths.push_back(widest);
    numeric.push_back(numbers);
  }
  std::string text;
  const auto add = [&](size_t i, const std::string& cell) {
    const std::string padding(widths[i] - width(cell), ' ');
    const bool last = i + 1 == widths.size();
    text += numeric[i] ? padding + cell : last ? cell : cell + padding;
    text += last ? "\n" : "  ";
  };
  for (size_t i = 0; i < widths.size(); ++i) {
    add(i, table.columns[i]);
  }
  for (size_t i = 0; i < widths.size(); ++i) {
    add(i, std::string(widths[i], '-'));
  }
  for (const std::vector<Json>& row : table.rows) {
    for (size_t i = 0; i < widths.size(); ++i) {
      add(i, text_of(row[i], "NULL"));
    }
  }
  return text;
}

}  // namespace

std::string rendered(const TextTable& table, OutputFormat format) {
  switch (format) {
    case OutputFormat::json: return as_json(table);
    case OutputFormat::csv: return as_csv(table);
    case OutputFormat::table: return table.columns.empty() ? "" : as_table(table);
  }
  return "";
}

connector::Print print_to(const Context& context) {
  return [out = context.out, err = context.err](std::string_view line, connector::Stream to) {
    (to == connector::Stream::error ? err : out)(std::string(line) + "\n");
  };
}

}  // namespace millrace::server
