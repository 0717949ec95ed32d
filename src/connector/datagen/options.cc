#include "connector/datagen/options.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/error.h"
#include "column/builder.h"
#include "connector/datagen/generator.h"
#include "function/evaluate.h"

namespace millrace::connector {

using catalog::OptionDescription;

static constexpr std::array kOptions = {
    OptionDescription{.key = "rows-per-second",
                      .type = "integer",
                      .otherwise = "10000",
                      .description = "rows made in a second, at most"},
    OptionDescription{.key = "number-of-rows",
                      .type = "integer",
                      .description = "ends after so many; without it there is no end"},
    OptionDescription{.key = "scan.parallelism",
                      .type = "integer",
                      .description = "of Flink's sources; there is one here"},
    OptionDescription{.key = "fields.*",
                      .description = "of a column: kind (random, sequence), min, max, max-past, "
                                     "length, var-len, null-rate, start, end"},
};

static bool is_made(const Type& type) {
  constexpr std::array kNone = {TypeKind::map, TypeKind::multiset, TypeKind::bitmap,
                                TypeKind::variant, TypeKind::null_};
  const bool is_none = std::find(kNone.begin(), kNone.end(), type.kind) != kNone.end();
  return !is_none && (type.children == nullptr ||
                      std::all_of(type.children->begin(), type.children->end(),
                                  [](const Field& field) { return is_made(field.type); }));
}

// A sequence that is through ends the table.
static bool ends(const catalog::Table& table) {
  return !table.option("number-of-rows").empty() ||
         std::any_of(table.options.begin(), table.options.end(), [](const auto& option) {
           return option.first.ends_with(".kind") && option.second.value == "sequence";
         });
}

const catalog::ConnectorDescription kDatagenConnector = {
    .name = "datagen",
    .can_read = true,
    .holds = is_made,
    .ends = ends,
    .check_read =
        [](const catalog::Table& table, const std::vector<size_t>&) {
          static_cast<void>(DatagenOptions::from(table));
          static_cast<void>(make_generators(table));
        },
    .options = kOptions};

static std::optional<int64_t> integer_option(const catalog::Table& table, const std::string& key,
                                             int64_t least) {
  const std::string text = table.option(key);
  if (text.empty()) {
    return std::nullopt;
  }
  const int64_t value = std::stoll(text);  // checked to be one with the table
  if (value < least) {
    throw Error(
        ErrorCode::unsupported,
        "option '" + key + "' is '" + text + "'; expected " + std::to_string(least) + " or more",
        table.place_of(key));
  }
  return value;
}

DatagenOptions DatagenOptions::from(const catalog::Table& table) {
  return {.rows_per_second = integer_option(table, "rows-per-second", 1).value_or(10'000),
          .number_of_rows = integer_option(table, "number-of-rows", 0)};
}

std::string FieldOptions::key(const std::string& name) const {
  std::string key = "fields." + path_ + "." + name;
  known_->insert(key);
  return key;
}

FieldOptions FieldOptions::part(const std::string& name) const {
  return {*table_, path_ + "." + name, *known_};
}

bool FieldOptions::is_given(const std::string& name) const {
  return table_->options.contains(key(name));
}

std::string FieldOptions::text(const std::string& name, const std::string& otherwise) const {
  return table_->option(key(name), otherwise);
}

int64_t FieldOptions::integer(const std::string& name, int64_t otherwise, int64_t least) const {
  if (!is_given(name)) {
    return otherwise;
  }
  const std::string given = text(name, "");
  int64_t value = 0;
  const auto [end, failure] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (failure != std::errc() || end != given.data() + given.size() || value < least) {
    refuse(name, "expected a number from " + std::to_string(least) + " on");
  }
  return value;
}

double FieldOptions::rate(const std::string& name) const {
  if (!is_given(name)) {
    return 0;
  }
  const std::string given = text(name, "");
  double value = 0;
  const auto [end, failure] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (failure != std::errc() || end != given.data() + given.size() || !(value >= 0 && value <= 1)) {
    refuse(name, "expected a number from 0 to 1");
  }
  return value;
}

Duration FieldOptions::duration(const std::string& name) const {
  if (!is_given(name)) {
    return {};
  }
  const auto value = parse_duration(text(name, ""));
  if (!value) {
    refuse(name, "expected a duration");
  }
  return *value;
}

Column FieldOptions::value(const std::string& name, const Type& type) const {
  if (!is_given(name)) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + table_->name + "' needs the option '" + key(name) + "'",
                table_->place_of(key("kind")));
  }
  ColumnBuilder builder(Type::string());
  builder.add_string(text(name, ""));
  function::EvaluationContext context(Timestamp{});
  Column value = function::cast(builder.finish(), type, Rows(1), false, context);
  if (!context.failures().empty() || value.is_null(0)) {
    refuse(name, "expected a value of " + type.as_nullable().to_string());
  }
  return value;
}

void FieldOptions::refuse(const std::string& name, const std::string& why) const {
  throw Error(ErrorCode::invalid_argument,
              "option '" + key(name) + "' is '" + text(name, "") + "'; " + why,
              table_->place_of(key(name)));
}

}  // namespace millrace::connector
