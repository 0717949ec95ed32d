#include "connector/formats.h"

#include <array>

#include "codec/codecs.h"
#include "codec/option_error.h"

namespace millrace::connector {

static constexpr catalog::OptionDescription kTimestampFormat{
    .key = "timestamp-format.standard",
    .type = "SQL|ISO-8601",
    .otherwise = "SQL",
    .description = "how timestamps are written in the records",
    .case_matters = true};
static constexpr catalog::OptionDescription kIgnoreParseErrors{
    .key = "ignore-parse-errors",
    .type = "boolean",
    .otherwise = "false",
    .description =
        "read fields that do not fit their type as NULL, and pass over other records "
        "that cannot be read"};
static constexpr catalog::OptionDescription kMapNullKeyMode{
    .key = "map-null-key.mode",
    .type = "FAIL|DROP|LITERAL",
    .otherwise = "FAIL",
    .description = "what becomes of a map's entry whose key is NULL"};
static constexpr catalog::OptionDescription kMapNullKeyLiteral{
    .key = "map-null-key.literal",
    .otherwise = "null",
    .description = "its name where the mode is LITERAL"};
static constexpr catalog::OptionDescription kPlainDecimals{
    .key = "encode.decimal-as-plain-number",
    .type = "boolean",
    .otherwise = "false",
    .description = "write decimals with all their digits and no exponent"};
static constexpr catalog::OptionDescription kIgnoreNullFields{
    .key = "encode.ignore-null-fields",
    .type = "boolean",
    .otherwise = "false",
    .description = "leave out fields that are NULL"};

static constexpr std::array kJsonOptions = {
    catalog::OptionDescription{.key = "fail-on-missing-field",
                               .type = "boolean",
                               .otherwise = "false",
                               .description = "reject records without a declared field"},
    kIgnoreParseErrors,
    kTimestampFormat,
    kMapNullKeyMode,
    kMapNullKeyLiteral,
    kPlainDecimals,
    kIgnoreNullFields,
    catalog::OptionDescription{.key = "decode.json-parser.enabled",
                               .type = "boolean",
                               .otherwise = "true",
                               .description = "of Flink's own decoder; there is one here"},
};

const catalog::ConnectorDescription kJsonFormat = {.name = "json",
                                                   .can_read = true,
                                                   .can_write = true,
                                                   .reads_members = true,
                                                   .options = kJsonOptions};

static constexpr std::array kCsvOptions = {
    catalog::OptionDescription{
        .key = "field-delimiter", .otherwise = ",", .description = "between two fields"},
    catalog::OptionDescription{.key = "quote-character",
                               .otherwise = "\"",
                               .description = "around fields that hold a delimiter or a line end"},
    catalog::OptionDescription{.key = "disable-quote-character",
                               .type = "boolean",
                               .otherwise = "false",
                               .description = "quotes are characters like others"},
    catalog::OptionDescription{.key = "escape-character",
                               .description = "takes the next character's meaning away"},
    catalog::OptionDescription{.key = "array-element-delimiter",
                               .otherwise = ";",
                               .description = "between the elements of an ARRAY, or of a ROW"},
    catalog::OptionDescription{.key = "allow-comments",
                               .type = "boolean",
                               .otherwise = "false",
                               .description = "pass over lines that begin with '#'"},
    catalog::OptionDescription{.key = "null-literal",
                               .description = "a field of these characters is NULL"},
    catalog::OptionDescription{.key = "write-bigdecimal-in-scientific-notation",
                               .type = "boolean",
                               .otherwise = "true",
                               .description = "changes nothing, as in Flink 2.3: 100 is 1E+2"},
    kIgnoreParseErrors,
};

const catalog::ConnectorDescription kCsvFormat = {
    .name = "csv", .can_read = true, .can_write = true, .options = kCsvOptions};

static constexpr std::array kDebeziumOptions = {
    catalog::OptionDescription{.key = "schema-include",
                               .type = "boolean",
                               .otherwise = "false",
                               .description = "whether the change lies in the field 'payload'"},
    kIgnoreParseErrors,
    kTimestampFormat,
    kMapNullKeyMode,
    kMapNullKeyLiteral,
    kPlainDecimals,
    kIgnoreNullFields,
};

const catalog::ConnectorDescription kDebeziumJsonFormat = {.name = "debezium-json",
                                                           .can_read = true,
                                                           .can_write = true,
                                                           .gives = catalog::Changes::all,
                                                           .takes = catalog::Changes::all,
                                                           .options = kDebeziumOptions};

static constexpr std::array kRawOptions = {
    catalog::OptionDescription{
        .key = "charset", .otherwise = "UTF-8", .description = "of text; there is UTF-8 alone"},
    catalog::OptionDescription{.key = "endianness",
                               .type = "big-endian|little-endian",
                               .otherwise = "big-endian",
                               .description = "the order of a number's bytes"},
};

const catalog::ConnectorDescription kRawFormat = {
    .name = "raw", .can_read = true, .can_write = true, .options = kRawOptions};

static FormatChoice choice_of(const catalog::Table& table, const std::string& named_by,
                              std::initializer_list<const char*> prefixes) {
  FormatChoice choice{table.option(named_by), table.place_of(named_by), {}};
  for (const char* before : prefixes) {
    const std::string prefix = before + choice.name + ".";
    for (const auto& [key, option] : table.options) {
      if (key.starts_with(prefix)) {
        choice.options[key.substr(prefix.size())] = option;
      }
    }
  }
  return choice;
}

bool FormatChoice::ignores_parse_errors() const {
  const auto given = options.find(std::string(kIgnoreParseErrors.key));
  return given != options.end() && given->second.value == "true";
}

// What a codec refuses, with its place.
template <typename Make>
static auto placed(const FormatChoice& format, Make make) {
  std::map<std::string, std::string> values;
  for (const auto& [key, option] : format.options) {
    values[key] = option.value;
  }
  try {
    return make(values);
  } catch (const codec::OptionError& error) {  // the same one, where the option stands
    const auto given = format.options.find(error.key());
    throw Error(error.code(), error.message(),
                given != format.options.end() ? given->second.position : format.position);
  } catch (const Error& error) {  // likewise, where the format does
    throw Error(error.code(), error.message(), format.position);
  }
}

std::unique_ptr<codec::Decoder> FormatChoice::decoder(const Schema& read,
                                                      const Schema& record) const {
  return placed(
      *this, [&](const auto& values) { return codec::make_decoder(name, read, values, record); });
}

std::unique_ptr<codec::Encoder> FormatChoice::encoder(const Schema& schema) const {
  return placed(*this,
                [&](const auto& values) { return codec::make_encoder(name, schema, values); });
}

codec::Framing FormatChoice::framing() const {
  return placed(*this, [&](const auto& values) { return codec::framing_of(name, values); });
}

FormatChoice format_of(const catalog::Table& table) {
  return choice_of(table, table.options.contains("format") ? "format" : "value.format",
                   {"", "value."});
}

FormatChoice key_format_of(const catalog::Table& table) {
  return choice_of(table, "key.format", {"key."});
}

Schema physical_schema(const catalog::Table& table) {
  Schema schema;
  for (const catalog::ColumnDefinition& column : table.columns) {
    if (column.kind == catalog::ColumnKind::physical) {
      schema.fields.push_back({column.name, column.type});
    }
  }
  return schema;
}

}  // namespace millrace::connector
