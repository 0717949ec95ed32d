#include <algorithm>

#include "base/check.h"
#include "base/similar.h"
#include "sql/grammar.h"

namespace millrace::sql {

namespace {

struct UnitWord {
  std::string_view word;
  TimeUnit unit;
};

constexpr UnitWord kUnits[] = {{"MILLENNIUM", TimeUnit::millennium},
                               {"CENTURY", TimeUnit::century},
                               {"DECADE", TimeUnit::decade},
                               {"YEAR", TimeUnit::year},
                               {"ISOYEAR", TimeUnit::isoyear},
                               {"QUARTER", TimeUnit::quarter},
                               {"MONTH", TimeUnit::month},
                               {"WEEK", TimeUnit::week},
                               {"DAY", TimeUnit::day},
                               {"DOW", TimeUnit::dow},
                               {"ISODOW", TimeUnit::isodow},
                               {"DOY", TimeUnit::doy},
                               {"HOUR", TimeUnit::hour},
                               {"MINUTE", TimeUnit::minute},
                               {"SECOND", TimeUnit::second},
                               {"MILLISECOND", TimeUnit::millisecond},
                               {"MICROSECOND", TimeUnit::microsecond},
                               {"NANOSECOND", TimeUnit::nanosecond},
                               {"EPOCH", TimeUnit::epoch}};

// Units that have a plural in SQL.
bool has_plural(TimeUnit unit) {
  return unit == TimeUnit::year || unit == TimeUnit::quarter || unit == TimeUnit::month ||
         unit == TimeUnit::week || unit == TimeUnit::day || unit == TimeUnit::hour ||
         unit == TimeUnit::minute || unit == TimeUnit::second;
}

// What follows the word of a simple type.
enum class Tail : uint8_t { none, length, decimal, zone };

struct SimpleType {
  std::string_view spelled;
  TypeWord word;
  Tail tail;
};

constexpr SimpleType kSimpleTypes[] = {{"BOOLEAN", TypeWord::boolean, Tail::none},
                                       {"TINYINT", TypeWord::tinyint, Tail::none},
                                       {"SMALLINT", TypeWord::smallint, Tail::none},
                                       {"INT", TypeWord::integer, Tail::none},
                                       {"INTEGER", TypeWord::integer, Tail::none},
                                       {"BIGINT", TypeWord::bigint, Tail::none},
                                       {"FLOAT", TypeWord::float_, Tail::none},
                                       {"REAL", TypeWord::float_, Tail::none},
                                       {"DOUBLE", TypeWord::double_, Tail::none},
                                       {"DECIMAL", TypeWord::decimal, Tail::decimal},
                                       {"DEC", TypeWord::decimal, Tail::decimal},
                                       {"NUMERIC", TypeWord::decimal, Tail::decimal},
                                       {"CHAR", TypeWord::char_, Tail::length},
                                       {"CHARACTER", TypeWord::char_, Tail::length},
                                       {"VARCHAR", TypeWord::varchar, Tail::length},
                                       {"STRING", TypeWord::string, Tail::none},
                                       {"BINARY", TypeWord::binary, Tail::length},
                                       {"VARBINARY", TypeWord::varbinary, Tail::length},
                                       {"BYTES", TypeWord::bytes, Tail::none},
                                       {"DATE", TypeWord::date, Tail::none},
                                       {"TIME", TypeWord::time, Tail::zone},
                                       {"TIMESTAMP", TypeWord::timestamp, Tail::zone},
                                       {"TIMESTAMP_LTZ", TypeWord::timestamp_ltz, Tail::length},
                                       {"VARIANT", TypeWord::variant, Tail::none},
                                       {"BITMAP", TypeWord::bitmap, Tail::none}};

struct NestedType {
  std::string_view spelled;
  TypeWord word;
};

constexpr NestedType kNestedTypes[] = {{"ARRAY", TypeWord::array},
                                       {"MULTISET", TypeWord::multiset},
                                       {"MAP", TypeWord::map},
                                       {"ROW", TypeWord::row},
                                       {"INTERVAL", TypeWord::interval}};

void parse_length(TokenStream& tokens, TypeName& type) {
  if (tokens.accept("(")) {
    type.precision = parse_integer(tokens, "a whole number");
    tokens.expect(")");
  }
}

void parse_precision_and_scale(TokenStream& tokens, TypeName& type) {
  if (tokens.accept("(")) {
    type.precision = parse_integer(tokens, "the precision, a whole number");
    if (tokens.accept(",")) {
      type.scale = parse_integer(tokens, "the scale, a whole number");
    }
    tokens.expect(")");
  }
}

void parse_zone(TokenStream& tokens, TypeName& type) {
  parse_length(tokens, type);
  const bool is_timestamp = type.word == TypeWord::timestamp;
  if (is_timestamp && tokens.accept({"WITH", "LOCAL", "TIME", "ZONE"})) {
    type.word = TypeWord::timestamp_ltz;
  } else if (is_timestamp && tokens.at({"WITH", "TIME", "ZONE"})) {
    throw Error(ErrorCode::unsupported,
                "TIMESTAMP WITH TIME ZONE is not supported: use TIMESTAMP_LTZ, an instant",
                tokens.position());
  } else {
    tokens.accept({"WITHOUT", "TIME", "ZONE"});
  }
}

void parse_tail(TokenStream& tokens, TypeName& type, Tail tail) {
  switch (tail) {
    case Tail::none: return;
    case Tail::length: return parse_length(tokens, type);
    case Tail::decimal: return parse_precision_and_scale(tokens, type);
    case Tail::zone: return parse_zone(tokens, type);
  }
}

RowField parse_row_field(TokenStream& tokens) {
  RowField field{parse_name(tokens, "a field name"), parse_type(tokens), std::nullopt};
  if (tokens.peek().kind == TokenKind::string) {
    field.comment = tokens.next().text;
  }
  return field;
}

void parse_row_fields(TokenStream& tokens, TypeName& type) {
  if (tokens.accept("<>")) {
    return;
  }
  const bool angles = tokens.accept("<");
  if (!angles) {
    tokens.expect("(");
  }
  const std::string_view close = angles ? ">" : ")";
  if (!tokens.at(close)) {
    type.fields = parse_list(tokens, parse_row_field);
  }
  tokens.expect(close);
}

// ARRAY<t>, MULTISET<t>, MAP<k, v>.
void parse_type_arguments(TokenStream& tokens, TypeName& type, size_t count) {
  tokens.expect("<");
  type.arguments.push_back(parse_type(tokens));
  if (count == 2) {
    tokens.expect(",");
    type.arguments.push_back(parse_type(tokens));
  }
  tokens.expect(">");
}

bool parse_nested_type(TokenStream& tokens, TypeName& type) {
  if (tokens.accept("ARRAY")) {
    type.word = TypeWord::array;
    parse_type_arguments(tokens, type, 1);
  } else if (tokens.accept("MULTISET")) {
    type.word = TypeWord::multiset;
    parse_type_arguments(tokens, type, 1);
  } else if (tokens.accept("MAP")) {
    type.word = TypeWord::map;
    parse_type_arguments(tokens, type, 2);
  } else if (tokens.accept("ROW")) {
    type.word = TypeWord::row;
    parse_row_fields(tokens, type);
  } else if (tokens.accept("INTERVAL")) {
    type.word = TypeWord::interval;
    type.interval = parse_interval_units(tokens);
  } else {
    return false;
  }
  return true;
}

// Types of other databases, and what comes nearest here.
struct ForeignType {
  std::string_view word;
  std::string_view ours;
};

constexpr ForeignType kForeignTypes[] = {{"BIGSERIAL", "BIGINT"},
                                         {"BLOB", "BYTES"},
                                         {"BOOL", "BOOLEAN"},
                                         {"BYTEA", "BYTES"},
                                         {"CLOB", "STRING"},
                                         {"DATETIME", "TIMESTAMP"},
                                         {"FLOAT4", "FLOAT"},
                                         {"FLOAT8", "DOUBLE"},
                                         {"INT2", "SMALLINT"},
                                         {"INT4", "INT"},
                                         {"INT8", "BIGINT"},
                                         {"JSON", "STRING"},
                                         {"JSONB", "STRING"},
                                         {"LONG", "BIGINT"},
                                         {"NUMBER", "DECIMAL"},
                                         {"SERIAL", "INT"},
                                         {"STRUCT", "ROW"},
                                         {"TEXT", "STRING"},
                                         {"TIMESTAMPTZ", "TIMESTAMP_LTZ"},
                                         {"UUID", "STRING"}};

// The type that may have been meant: nearest to one of another database, or misspelt.
std::optional<std::string> meant_type(const TokenStream& tokens) {
  const auto* found = std::find_if(std::begin(kForeignTypes), std::end(kForeignTypes),
                                   [&](const ForeignType& t) { return tokens.at(t.word); });
  if (found != std::end(kForeignTypes)) {
    return std::string(found->ours);
  }
  std::vector<std::string> known;
  for (const SimpleType& type : kSimpleTypes) {
    known.emplace_back(type.spelled);
  }
  for (const NestedType& type : kNestedTypes) {
    known.emplace_back(type.spelled);
  }
  const Token& token = tokens.peek();
  return token.kind == TokenKind::word ? most_similar(token.text, known) : std::nullopt;
}

[[noreturn]] void fail_at_type(const TokenStream& tokens) {
  const auto meant = meant_type(tokens);
  tokens.fail(meant ? "a type (" + *meant + "?)" : "a type");
}

void parse_simple_type(TokenStream& tokens, TypeName& type) {
  const auto* found = std::find_if(std::begin(kSimpleTypes), std::end(kSimpleTypes),
                                   [&](const SimpleType& t) { return tokens.at(t.spelled); });
  if (found == std::end(kSimpleTypes)) {
    fail_at_type(tokens);
  }
  tokens.next();
  type.word = found->word;
  if (type.word == TypeWord::double_) {
    tokens.accept("PRECISION");
  } else if (type.word == TypeWord::char_ && tokens.accept("VARYING")) {
    type.word = TypeWord::varchar;
  } else if (type.word == TypeWord::binary && tokens.accept("VARYING")) {
    type.word = TypeWord::varbinary;
  }
  parse_tail(tokens, type, found->tail);
}

void parse_nullability(TokenStream& tokens, TypeName& type) {
  if (tokens.accept({"NOT", "NULL"})) {
    type.not_null = true;
  } else if (!tokens.at({"NULL", "ON"})) {  // RETURNING INT NULL ON EMPTY is no INT NULL
    tokens.accept("NULL");
  }
}

// INT ARRAY is another way to write ARRAY<INT>.
bool parse_collection_suffix(TokenStream& tokens, TypeName& type) {
  if (!tokens.at("ARRAY") && !tokens.at("MULTISET")) {
    return false;
  }
  TypeName collection;
  collection.position = tokens.position();
  collection.word = tokens.next().is("ARRAY") ? TypeWord::array : TypeWord::multiset;
  collection.arguments.push_back(std::move(type));
  type = std::move(collection);
  return true;
}

}  // namespace

std::string_view word_of(TimeUnit unit) {
  for (const UnitWord& known : kUnits) {
    if (known.unit == unit) {
      return known.word;
    }
  }
  check(false, "time unit outside the enumeration");
  return "";
}

std::optional<TimeUnit> find_time_unit(std::string_view word) {
  for (const UnitWord& known : kUnits) {
    const bool plural = has_plural(known.unit) && word.size() == known.word.size() + 1 &&
                        word.back() == 'S' && word.substr(0, known.word.size()) == known.word;
    if (word == known.word || plural) {
      return known.unit;
    }
  }
  return std::nullopt;
}

std::string_view word_of(TypeWord word) {
  for (const NestedType& known : kNestedTypes) {
    if (known.word == word) {
      return known.spelled;
    }
  }
  for (const SimpleType& known : kSimpleTypes) {
    if (known.word == word) {
      return known.spelled;
    }
  }
  check(false, "type word outside the enumeration");
  return "";
}

TimeUnit parse_time_unit(TokenStream& tokens) {
  const std::optional<TimeUnit> unit = find_time_unit(tokens.peek().upper);
  if (!unit) {
    tokens.fail("a unit of time, such as DAY or MINUTE");
  }
  tokens.next();
  return *unit;
}

IntervalUnits parse_interval_units(TokenStream& tokens) {
  IntervalUnits units;
  units.from = parse_time_unit(tokens);
  if (tokens.accept("(")) {
    units.precision = parse_integer(tokens, "the number of digits");
    if (units.from == TimeUnit::second && tokens.accept(",")) {
      units.fractional_precision = parse_integer(tokens, "the number of digits");
    }
    tokens.expect(")");
  }
  if (tokens.accept("TO")) {
    units.to = parse_time_unit(tokens);
    if (units.to == TimeUnit::second && tokens.accept("(")) {
      units.fractional_precision = parse_integer(tokens, "the number of digits");
      tokens.expect(")");
    }
  }
  return units;
}

TypeName parse_type(TokenStream& tokens) {
  const Nesting nesting(tokens);
  Level level(tokens);
  TypeName type;
  type.position = tokens.position();
  if (!parse_nested_type(tokens, type)) {
    parse_simple_type(tokens, type);
  }
  parse_nullability(tokens, type);
  while (parse_collection_suffix(tokens, type)) {
    level.grow();
    parse_nullability(tokens, type);
  }
  return type;
}

}  // namespace millrace::sql
