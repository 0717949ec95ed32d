#include "codec/json/options.h"

#include "codec/option_error.h"

namespace millrace::codec {

static bool flag(const std::map<std::string, std::string>& options, const std::string& key) {
  const auto found = options.find(key);
  if (found == options.end() || found->second == "false") {
    return false;
  }
  if (found->second != "true") {
    throw OptionError(
        ErrorCode::invalid_argument, key,
        "option 'json." + key + "' must be true or false, not '" + found->second + "'");
  }
  return true;
}

static MapNullKeys null_keys_of(const std::string& mode) {
  if (mode == "FAIL") {
    return MapNullKeys::fail;
  }
  if (mode == "DROP") {
    return MapNullKeys::drop;
  }
  if (mode == "LITERAL") {
    return MapNullKeys::literal;
  }
  throw OptionError(
      ErrorCode::invalid_argument, "map-null-key.mode",
      "option 'json.map-null-key.mode' must be FAIL, DROP or LITERAL, not '" + mode + "'");
}

JsonOptions JsonOptions::from(const std::map<std::string, std::string>& options) {
  JsonOptions parsed;
  if (const auto found = options.find("timestamp-format.standard"); found != options.end()) {
    if (found->second == "ISO-8601") {
      parsed.timestamps = TimestampFormat::iso_8601;
    } else if (found->second != "SQL") {
      throw OptionError(ErrorCode::invalid_argument, found->first,
                        "option 'json.timestamp-format.standard' must be SQL or ISO-8601, not '" +
                            found->second + "'");
    }
  }
  parsed.fail_on_missing_field = flag(options, "fail-on-missing-field");
  parsed.ignore_parse_errors = flag(options, "ignore-parse-errors");
  if (parsed.fail_on_missing_field && parsed.ignore_parse_errors) {
    throw OptionError(ErrorCode::invalid_argument, "ignore-parse-errors",
                      "options 'json.fail-on-missing-field' and 'json.ignore-parse-errors' "
                      "shouldn't both be true");
  }
  parsed.schema_include = flag(options, "schema-include");
  if (const auto found = options.find("map-null-key.mode"); found != options.end()) {
    parsed.map_null_keys = null_keys_of(found->second);
  }
  if (const auto found = options.find("map-null-key.literal"); found != options.end()) {
    parsed.map_null_key_literal = found->second;
  }
  parsed.plain_decimals = flag(options, "encode.decimal-as-plain-number");
  parsed.ignore_null_fields = flag(options, "encode.ignore-null-fields");
  return parsed;
}

}  // namespace millrace::codec
