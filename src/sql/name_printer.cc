#include <algorithm>

#include "base/ascii_case.h"
#include "sql/keywords.h"
#include "sql/printer.h"

namespace millrace::sql {

// Not reserved, and yet read as something else in some place where a name may stand.
static constexpr std::string_view kAmbiguous[] = {"DESCRIPTOR",   "KEY",           "MAP",
                                                  "TIMESTAMPADD", "TIMESTAMPDIFF", "UNBOUNDED"};

static bool is_plain(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9');
  });
}

static std::string doubled(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    result.append(c == quote ? 2 : 1, c);
  }
  return result + quote;
}

std::string quoted_if_needed(std::string_view name) {
  const std::string upper = upper_case(name);
  const bool ambiguous =
      std::find(std::begin(kAmbiguous), std::end(kAmbiguous), upper) != std::end(kAmbiguous);
  return is_plain(name) && !is_reserved(upper) && !ambiguous ? std::string(name)
                                                             : doubled(name, '`');
}

std::string string_literal(std::string_view text) { return doubled(text, '\''); }

std::string to_sql(const QualifiedName& name) {
  std::string text;
  for (const Name& part : name.parts) {
    text += (text.empty() ? "" : ".") + quoted_if_needed(part.text);
  }
  return text;
}

std::string to_sql(const std::vector<Name>& names) {
  std::string text;
  for (const Name& name : names) {
    text += (text.empty() ? "" : ", ") + quoted_if_needed(name.text);
  }
  return text;
}

// --- Types ---

std::string to_sql(const IntervalUnits& units) {
  const auto number = [](int32_t n) { return std::to_string(n); };
  std::string text(word_of(units.from));
  if (units.precision) {
    const bool fraction = units.fractional_precision && !units.to;
    text += "(" + number(*units.precision) +
            (fraction ? ", " + number(*units.fractional_precision) : "") + ")";
  }
  if (units.to) {
    text += " TO " + std::string(word_of(*units.to));
    text += units.fractional_precision ? "(" + number(*units.fractional_precision) + ")" : "";
  }
  return text;
}

static std::string parameters_of(const TypeName& type) {
  if (type.precision) {
    const std::string scale = type.scale ? ", " + std::to_string(*type.scale) : "";
    return "(" + std::to_string(*type.precision) + scale + ")";
  }
  if (type.interval) {
    return " " + to_sql(*type.interval);
  }
  std::string list;
  for (const TypeName& argument : type.arguments) {
    list += (list.empty() ? "" : ", ") + to_sql(argument);
  }
  for (const RowField& field : type.fields) {
    list += (list.empty() ? "" : ", ") + quoted_if_needed(field.name.text) + " " +
            to_sql(field.type) + (field.comment ? " " + string_literal(*field.comment) : "");
  }
  const bool takes_types = !type.arguments.empty() || type.word == TypeWord::row;
  return takes_types ? "<" + list + ">" : "";
}

std::string to_sql(const TypeName& type) {
  return std::string(word_of(type.word)) + parameters_of(type) + (type.not_null ? " NOT NULL" : "");
}

}  // namespace millrace::sql
