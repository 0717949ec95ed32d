#include "server/demo/made_up_records.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/json.h"
#include "base/match.h"

namespace millrace::server {

namespace {

// The bare text of a JSON string, or the JSON itself: what a recipe compares with.
std::string_view bare(std::string_view json) {
  return json.starts_with('"') ? json.substr(1, json.size() - 2) : json;
}

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

double as_number(std::string_view json) {
  double value = 0;
  std::from_chars(json.data(), json.data() + json.size(), value);
  return value;
}

std::string_view value_of(const std::vector<std::pair<std::string_view, std::string>>& made,
                          std::string_view name) {
  for (const auto& [field, value] : made) {
    if (field == name) {
      return value;
    }
  }
  return "null";
}

}  // namespace

MadeUpRecords::MadeUpRecords(Random random, Recipe recipe, const DemoSettings& settings)
    : random_(random),
      recipe_(std::move(recipe)),
      settings_(settings),
      time_name_("\"" + recipe_.time + "\":\"") {}

std::optional<std::string> MadeUpRecords::make(const Choice& choice, const Made&) {
  uint64_t total = 0;
  for (const uint64_t weight : choice.weights) {
    total += weight;
  }
  uint64_t left = random_.below(total);
  size_t chosen = 0;
  while (left >= choice.weights[chosen]) {
    left -= choice.weights[chosen];
    ++chosen;
  }
  return choice.values[chosen];
}

std::optional<std::string> MadeUpRecords::make(const ChoiceBy& choice, const Made& before) {
  const auto found = choice.choices.find(std::string(bare(value_of(before, choice.field))));
  return found != choice.choices.end() ? make(found->second, before) : std::nullopt;
}

std::optional<std::string> MadeUpRecords::make(const Counted& counted, const Made&) {
  return "\"" + counted.prefix + std::to_string(number_) + "\"";
}

std::optional<std::string> MadeUpRecords::make(const Digits& digits, const Made&) {
  // One of `different` texts is the one that its number leads to.
  Random chosen(digits.different > 0 ? random_.below(digits.different) : random_.next());
  std::string text = digits.pattern;
  for (char& c : text) {
    c = c == '#' ? static_cast<char>('0' + chosen.below(10)) : c;
  }
  return "\"" + text + "\"";
}

std::optional<std::string> MadeUpRecords::make(const Number& number, const Made&) {
  const double scale = std::pow(10.0, number.decimals);
  const auto steps = static_cast<uint64_t>(std::llround((number.most - number.least) * scale));
  const double value = number.least + static_cast<double>(random_.below(steps + 1)) / scale;
  return fixed(value, number.decimals);
}

std::optional<std::string> MadeUpRecords::make(const Scaled& scaled, const Made& before) {
  return fixed(as_number(value_of(before, scaled.field)) * scaled.by, scaled.decimals);
}

std::optional<std::string> MadeUpRecords::make(const Time& time, const Made& before) {
  const double seconds = time.after.empty() ? 0 : as_number(value_of(before, time.after));
  std::string text = to_iso8601(at_ + Duration::milliseconds(std::llround(seconds * 1000)));
  if (time.format == TimeFormat::sql) {  // 2026-01-31 23:59:59
    text.resize(19);
    text[10] = ' ';
  }
  return "\"" + text + "\"";
}

MadeUpRecords::Made MadeUpRecords::good_record() {
  Made made;
  for (const FieldRecipe& field : recipe_.fields) {
    const std::string_view decides = bare(value_of(made, field.where));
    if (!field.where.empty() &&
        std::find(field.is.begin(), field.is.end(), decides) == field.is.end()) {
      continue;
    }
    if (auto value = std::visit([&](const auto& kind) { return make(kind, made); }, field.kind)) {
      made.emplace_back(field.name, *std::move(value));
    }
  }
  return made;
}

static std::string as_json(const std::vector<std::pair<std::string_view, std::string>>& made) {
  std::string record = "{";
  for (const auto& [name, value] : made) {
    record += (record.size() > 1 ? ",\"" : "\"") + std::string(name) + "\":" + value;
  }
  return record + "}";
}

// The record with this field's value replaced, or with the field added.
static std::string with_field(std::vector<std::pair<std::string_view, std::string>> record,
                              std::string_view name, std::string value) {
  for (auto& [field, old] : record) {
    if (field == name) {
      old = std::move(value);
      return as_json(record);
    }
  }
  record.emplace_back(name, std::move(value));
  return as_json(record);
}

std::string MadeUpRecords::spoiled(Made record) {
  const Fault& fault = recipe_.faults[random_.below(recipe_.faults.size())];
  return match(
      fault,
      [&](const Cut&) {
        const std::string whole = as_json(record);
        return whole.substr(0, whole.size() / 2);
      },
      [&](const Repeated&) { return last_.empty() ? as_json(record) : last_; },
      [&](const Set& set) { return with_field(record, set.field, set.value); },
      [&](const Negated& negated) {
        const std::string_view value = value_of(record, negated.field);
        return with_field(record, negated.field, value == "null" ? "-1" : "-" + std::string(value));
      },
      [&](const Removed& removed) {
        std::erase_if(record, [&](const auto& field) { return field.first == removed.field; });
        return as_json(record);
      });
}

std::string MadeUpRecords::next(Timestamp now) {
  at_ = time_near(now);
  Made record = good_record();
  ++number_;
  if (!recipe_.faults.empty() && of_thousand(settings_.bad_per_thousand)) {
    return spoiled(std::move(record));
  }
  last_ = as_json(record);
  return last_;
}

Timestamp MadeUpRecords::time_near(Timestamp now) {
  if (of_thousand(settings_.late_per_thousand)) {
    return now - Duration::seconds(70 + static_cast<int64_t>(random_.below(830)));
  }
  const auto spread = static_cast<uint64_t>(settings_.out_of_order.ms());
  return now - Duration::milliseconds(static_cast<int64_t>(random_.below(spread + 1)));
}

std::optional<Timestamp> MadeUpRecords::time_of(std::string_view record) const {
  const size_t at = record.find(time_name_);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view rest = record.substr(at + time_name_.size());
  std::string text(rest.substr(0, rest.find('"')));
  return parse_iso8601(text.size() == 19 ? text + "Z" : text);
}

}  // namespace millrace::server
