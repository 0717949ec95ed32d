// generator.toml without its [demo], whose keys are settings.

#define TOML_ENABLE_FORMATTERS 0
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/error.h"
#include "base/json.h"
#include "base/similar.h"
#include "server/demo/recipe.h"

namespace millrace::server {

namespace {

// Reads one table, and knows at its end which of its keys nobody asked for.
class Keys {
 public:
  Keys(const std::string& file, const toml::table& table) : file_(file), table_(table) {}

  [[noreturn]] void fail(const std::string& message, const toml::node* at = nullptr) const {
    const toml::source_position where = (at != nullptr ? at->source() : table_.source()).begin;
    throw Error(ErrorCode::invalid_argument, message, Position{file_, where.line, where.column});
  }

  const toml::node* find(const std::string& key) {
    asked_.push_back(key);
    return table_.get(key);
  }

  std::string text(const std::string& key, const std::string& otherwise) {
    const toml::node* node = find(key);
    if (node == nullptr) {
      return otherwise;
    }
    const auto value = node->value_exact<std::string>();
    return value ? *value : (fail("'" + key + "' takes a text", node), "");
  }
  std::string needed_text(const std::string& key) {
    const std::string value = text(key, "");
    return !value.empty() ? value : (fail("'" + key + "' is missing"), "");
  }
  int64_t integer(const std::string& key, int64_t otherwise) {
    const toml::node* node = find(key);
    const auto value = node != nullptr ? node->value_exact<int64_t>() : otherwise;
    return value && *value >= 0 ? *value : (fail("'" + key + "' takes a whole number", node), 0);
  }
  double number(const std::string& key, double otherwise) {
    const toml::node* node = find(key);
    const auto value = node != nullptr ? node->value<double>() : otherwise;
    return value ? *value : (fail("'" + key + "' takes a number", node), 0);
  }
  const toml::array& array(const std::string& key) {
    const toml::node* node = find(key);
    if (node == nullptr || !node->is_array()) {
      fail("'" + key + "' takes a list", node);
    }
    return *node->as_array();
  }

  // As it stands in JSON.
  std::string json(const toml::node& node) const {
    if (const auto text = node.value_exact<std::string>()) {
      return Json(*text).dump();
    }
    if (const auto whole = node.value_exact<int64_t>()) {
      return std::to_string(*whole);
    }
    if (const auto real = node.value_exact<double>()) {
      return Json(*real).dump();
    }
    fail("a value is a text or a number", &node);
  }

  void refuse_others() const {
    for (const auto& [key, node] : table_) {
      if (std::find(asked_.begin(), asked_.end(), key.str()) == asked_.end()) {
        fail("there is no '" + std::string(key.str()) + "' here" +
                 did_you_mean(std::string(key.str()), asked_),
             &node);
      }
    }
  }

  const std::string& file() const { return file_; }

 private:
  const std::string& file_;
  const toml::table& table_;
  std::vector<std::string> asked_;
};

Choice read_choice(Keys& keys, const toml::array& values, const toml::array* weights) {
  Choice choice;
  for (const toml::node& value : values) {
    choice.values.push_back(keys.json(value));
  }
  choice.weights.assign(choice.values.size(), 1);
  if (weights != nullptr) {
    if (weights->size() != values.size()) {
      keys.fail("as many weights are needed as there are values", weights);
    }
    for (size_t i = 0; i < weights->size(); ++i) {
      choice.weights[i] = static_cast<uint64_t>(weights->get(i)->value_or<int64_t>(1));
    }
  }
  return choice.values.empty() ? (keys.fail("nothing to choose from", &values), choice) : choice;
}

ChoiceBy read_choice_by(Keys& keys, const toml::table& choices) {
  ChoiceBy by{.field = keys.needed_text("by"), .choices = {}};
  for (const auto& [value, node] : choices) {
    if (!node.is_array()) {
      keys.fail("takes a list of values for each value of '" + by.field + "'", &node);
    }
    by.choices[std::string(value.str())] = read_choice(keys, *node.as_array(), nullptr);
  }
  return by;
}

Number read_number(Keys& keys, const toml::node& range) {
  const toml::array* ends = range.as_array();
  if (ends == nullptr || ends->size() != 2) {
    keys.fail("'between' takes the least and the greatest number", &range);
  }
  return {.least = ends->get(0)->value_or(0.0),
          .most = ends->get(1)->value_or(0.0),
          .decimals = static_cast<int>(keys.integer("decimals", 0))};
}

Time read_time(Keys& keys, const std::string& format) {
  if (format != "iso-8601" && format != "sql") {
    keys.fail("'time' is \"iso-8601\" or \"sql\"");
  }
  return {.format = format == "sql" ? TimeFormat::sql : TimeFormat::iso8601,
          .after = keys.text("after", "")};
}

decltype(FieldRecipe::kind) read_kind(Keys& keys) {
  if (const toml::node* choose = keys.find("choose")) {
    if (const toml::table* choices = choose->as_table()) {
      return read_choice_by(keys, *choices);
    }
    const toml::node* weights = keys.find("weights");
    return read_choice(keys, keys.array("choose"),
                       weights != nullptr ? weights->as_array() : nullptr);
  }
  if (const toml::node* range = keys.find("between")) {
    return read_number(keys, *range);
  }
  if (keys.find("count") != nullptr) {
    return Counted{keys.text("count", "")};
  }
  if (keys.find("digits") != nullptr) {
    return Digits{.pattern = keys.needed_text("digits"),
                  .different = static_cast<uint64_t>(keys.integer("different", 0))};
  }
  if (keys.find("scale") != nullptr) {
    return Scaled{.field = keys.needed_text("scale"),
                  .by = keys.number("by", 1),
                  .decimals = static_cast<int>(keys.integer("decimals", 0))};
  }
  if (keys.find("time") != nullptr) {
    return read_time(keys, keys.needed_text("time"));
  }
  keys.fail("a field says how it is made: choose, between, count, digits, scale or time");
}

FieldRecipe read_field(const std::string& file, const toml::table& table) {
  Keys keys(file, table);
  FieldRecipe field;
  field.name = keys.needed_text("name");
  field.kind = read_kind(keys);
  field.where = keys.text("where", "");
  if (!field.where.empty()) {
    for (const toml::node& value : keys.array("is")) {
      field.is.push_back(value.value_or(std::string()));
    }
  }
  keys.refuse_others();
  return field;
}

Fault read_fault(const std::string& file, const toml::table& table) {
  Keys keys(file, table);
  Fault fault;
  if (keys.find("cut") != nullptr) {
    fault = Cut{};
  } else if (keys.find("repeat") != nullptr) {
    fault = Repeated{};
  } else if (keys.find("set") != nullptr) {
    const toml::node* value = keys.find("to");
    fault = Set{.field = keys.needed_text("set"),
                .value = value != nullptr ? keys.json(*value) : "null"};
  } else if (keys.find("negate") != nullptr) {
    fault = Negated{keys.needed_text("negate")};
  } else if (keys.find("remove") != nullptr) {
    fault = Removed{keys.needed_text("remove")};
  } else {
    keys.fail("a fault is one of: cut, repeat, set, negate, remove");
  }
  keys.refuse_others();
  return fault;
}

// What is said of a field refers to fields before it.
void check_order(Keys& keys, const Recipe& recipe) {
  std::vector<std::string> before;
  for (const FieldRecipe& field : recipe.fields) {
    std::vector<std::string> needed = {field.where};
    if (const auto* by = std::get_if<ChoiceBy>(&field.kind)) {
      needed.push_back(by->field);
    } else if (const auto* scaled = std::get_if<Scaled>(&field.kind)) {
      needed.push_back(scaled->field);
    } else if (const auto* time = std::get_if<Time>(&field.kind)) {
      needed.push_back(time->after);
    }
    for (const std::string& name : needed) {
      if (!name.empty() && std::find(before.begin(), before.end(), name) == before.end()) {
        keys.fail("field '" + field.name + "' needs '" + name + "', which is not made before it");
      }
    }
    before.push_back(field.name);
  }
}

Recipe read_recipe(const std::string& file, const toml::table& table) {
  Keys keys(file, table);
  Recipe recipe;
  recipe.topic = keys.needed_text("topic");
  recipe.weight = static_cast<uint64_t>(keys.integer("weight", 1));
  recipe.time = keys.needed_text("time");
  for (const toml::node& field : keys.array("fields")) {
    recipe.fields.push_back(field.is_table()
                                ? read_field(file, *field.as_table())
                                : (keys.fail("a field is a table", &field), FieldRecipe()));
  }
  if (keys.find("faults") != nullptr) {
    for (const toml::node& fault : keys.array("faults")) {
      recipe.faults.push_back(fault.is_table() ? read_fault(file, *fault.as_table())
                                               : (keys.fail("a fault is a table", &fault), Cut{}));
    }
  }
  check_order(keys, recipe);
  keys.refuse_others();
  return recipe;
}

}  // namespace

Generator read_generator(const std::string& file, std::string_view text) {
  const toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const toml::source_position at = parsed.error().source().begin;
    throw Error(ErrorCode::syntax, std::string(parsed.error().description()),
                Position{file, at.line, at.column});
  }
  Keys keys(file, parsed.table());
  Generator generator;
  keys.find("demo");
  generator.about = keys.needed_text("about");
  for (const toml::node& query : keys.array("try")) {
    generator.queries.push_back(query.value_or(std::string()));
  }
  for (const toml::node& records : keys.array("records")) {
    generator.recipes.push_back(records.is_table()
                                    ? read_recipe(file, *records.as_table())
                                    : (keys.fail("takes tables", &records), Recipe()));
  }
  keys.refuse_others();
  return generator;
}

}  // namespace millrace::server
