#include "codec/duckdb/error.h"

#include <array>
#include <charconv>

namespace millrace::codec {

struct Kind {
  std::string_view prefix;
  ErrorCode code;
};

static constexpr std::array<Kind, 19> kKinds = {{
    {"Parser Error: ", ErrorCode::syntax},
    {"Syntax Error: ", ErrorCode::syntax},
    {"Catalog Error: ", ErrorCode::not_found},
    {"Binder Error: ", ErrorCode::type_mismatch},
    {"Mismatch Type Error: ", ErrorCode::type_mismatch},
    {"Conversion Error: ", ErrorCode::invalid_argument},
    {"Out of Range Error: ", ErrorCode::invalid_argument},
    {"Invalid Input Error: ", ErrorCode::invalid_argument},
    {"Invalid type Error: ", ErrorCode::invalid_argument},
    {"Constraint Error: ", ErrorCode::invalid_argument},
    {"Parameter Not Resolved Error: ", ErrorCode::type_mismatch},
    {"Not implemented Error: ", ErrorCode::unsupported},
    {"Missing Extension Error: ", ErrorCode::unsupported},
    {"Permission Error: ", ErrorCode::forbidden},
    {"INTERRUPT Error: ", ErrorCode::cancelled},
    {"Out of Memory Error: ", ErrorCode::unavailable},
    {"IO Error: ", ErrorCode::io},
    {"Serialization Error: ", ErrorCode::corrupt},
    {"INTERNAL Error: ", ErrorCode::internal},
}};

// "\n\nLINE 3: text\n   ^": the caret stands under the column, counted with the heading.
static std::optional<Position> position_in(std::string_view tail) {
  constexpr std::string_view kHeading = "LINE ";
  const size_t heading = tail.find(kHeading);
  const size_t caret = tail.rfind('^');
  if (heading == std::string_view::npos || caret == std::string_view::npos || caret < heading) {
    return std::nullopt;
  }
  const size_t text_from = tail.find(": ", heading) + 2;
  const size_t caret_line = tail.rfind('\n', caret) + 1;
  const size_t indent = text_from - heading;
  Position position;
  std::from_chars(tail.data() + heading + kHeading.size(), tail.data() + text_from, position.line);
  // A long line is shown from its middle, and its column cannot be told.
  if (tail.substr(text_from).starts_with("...") || caret - caret_line < indent) {
    return std::nullopt;
  }
  position.column = static_cast<uint32_t>(caret - caret_line - indent + 1);
  return position;
}

// DuckDB's own tables are near to any name; nobody means them.
static std::string_view without_own_tables(std::string_view message) {
  constexpr std::string_view kSuggestion = "\nDid you mean \"";
  const size_t at = message.find(kSuggestion);
  if (at == std::string_view::npos) {
    return message;
  }
  const std::string_view name = message.substr(at + kSuggestion.size());
  const auto begins = [&](std::string_view prefix) { return name.starts_with(prefix); };
  const bool own = begins("pg_") || begins("pg.") || begins("duckdb_") || begins("sqlite_") ||
                   begins("pragma_") || begins("information_schema.") || begins("system.") ||
                   begins("temp.");
  return own ? message.substr(0, at) : message;
}

Error from_duckdb_error(std::string_view text) {
  ErrorCode code = ErrorCode::internal;
  std::string_view message = text;
  for (const Kind& kind : kKinds) {
    if (text.starts_with(kind.prefix)) {
      code = kind.code;
      message.remove_prefix(kind.prefix.size());
      break;
    }
  }
  const size_t tail = message.find("\n\nLINE ");
  const std::string shown(without_own_tables(message.substr(0, tail)));
  if (tail == std::string_view::npos) {
    return Error(code, shown);
  }
  return Error(code, shown, position_in(message.substr(tail)));
}

}  // namespace millrace::codec
