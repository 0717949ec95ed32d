#include "query/pgwire/sql_state.h"

#include "query/pgwire/messages.h"

namespace millrace::query::pgwire {

static bool says(const Error& error, std::string_view words) {
  return error.message().find(words) != std::string::npos;
}

std::string_view sql_state_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::syntax: return "42601";
    case ErrorCode::not_found:
      return says(error, "Function")                  ? "42883"
             : says(error, "prepared statement")      ? "26000"
             : says(error, "portal")                  ? "34000"
             : says(error, "configuration parameter") ? "42704"
             : says(error, "Schema")                  ? "3F000"
                                                      : "42P01";
    case ErrorCode::already_exists: return "42P07";
    case ErrorCode::type_mismatch:
      return says(error, "Referenced column") || says(error, "does not have a column") ? "42703"
             : says(error, "No function matches")                                      ? "42883"
             : says(error, "must appear in the GROUP BY")                              ? "42803"
             : says(error, "Ambiguous reference")                                      ? "42702"
                                                                                       : "42804";
    case ErrorCode::invalid_argument:
      return says(error, "ut of range") || says(error, "verflow") ? "22003" : "22P02";
    case ErrorCode::unsupported: return "0A000";
    case ErrorCode::io: return "58030";
    case ErrorCode::disk_full: return "53100";
    case ErrorCode::corrupt: return "XX001";
    case ErrorCode::conflict: return says(error, "transaction is aborted") ? "25P02" : "40001";
    case ErrorCode::timeout:
    case ErrorCode::cancelled: return "57014";
    case ErrorCode::unavailable: return "53200";
    case ErrorCode::unauthorized: return "28000";
    case ErrorCode::forbidden: return says(error, "only reads") ? "25006" : "42501";
    case ErrorCode::internal: return "XX000";
  }
  return "XX000";
}

static void append_field(char field, std::string_view value, std::string& out) {
  out += field;
  out += with_zero(value);
}

// Counted from 1, in characters, from the start of the text; 0 where it is not in it.
static size_t character_at(std::string_view sql, const Position& position) {
  size_t line_from = 0;
  for (uint32_t line = 1; line < position.line; ++line) {
    const size_t end = sql.find('\n', line_from);
    if (end == std::string_view::npos) {
      return 0;
    }
    line_from = end + 1;
  }
  const size_t byte = line_from + position.column - 1;
  if (position.column == 0 || byte > sql.size()) {
    return 0;
  }
  size_t characters = 1;
  for (size_t i = 0; i < byte; ++i) {
    characters += (static_cast<uint8_t>(sql[i]) & 0xC0) != 0x80 ? 1 : 0;
  }
  return characters;
}

static std::string fields(std::string_view severity, std::string_view sql_state,
                          std::string_view message) {
  std::string payload;
  append_field('S', severity, payload);
  append_field('V', severity, payload);
  append_field('C', sql_state, payload);
  append_field('M', message, payload);
  return payload;
}

static std::string finished(std::string payload) {
  payload += '\0';
  std::string out;
  append_message('E', payload, out);
  return out;
}

std::string error_response(std::string_view severity, std::string_view sql_state,
                           std::string_view message) {
  return finished(fields(severity, sql_state, message));
}

std::string error_response(const Error& error, std::string_view severity, std::string_view sql,
                           size_t characters_before) {
  const bool cancelled = error.code() == ErrorCode::cancelled;
  std::string payload = fields(
      severity, sql_state_of(error),
      cancelled ? "canceling statement due to user request" : std::string_view(error.message()));
  const size_t character = error.position() ? character_at(sql, *error.position()) : 0;
  if (character > 0) {
    append_field('P', std::to_string(characters_before + character), payload);
  }
  return finished(std::move(payload));
}

}  // namespace millrace::query::pgwire
