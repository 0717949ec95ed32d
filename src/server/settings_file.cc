// millrace.toml, checked against the table of settings. The one file that includes toml++.

#define TOML_ENABLE_FORMATTERS 0
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/error.h"
#include "base/similar.h"
#include "server/settings.h"

namespace millrace::server {

namespace {

class Reader {
 public:
  Reader(const std::string& file, Settings& settings) : file_(file), settings_(settings) {}

  void read(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string name = prefix + std::string(key.str());
      if (const toml::table* inner = node.as_table(); inner != nullptr && is_section(name)) {
        read(*inner, name + ".");
      } else {
        apply(name, node, key.source().begin);
      }
    }
  }

 private:
  static bool is_section(const std::string& name) {
    const auto known = setting_descriptions();
    return std::any_of(known.begin(), known.end(), [&](const SettingDescription& description) {
      return description.key.starts_with(name + ".");
    });
  }

  [[noreturn]] void fail(const toml::source_position& at, const std::string& message) const {
    throw Error(ErrorCode::invalid_argument, message, Position{file_, at.line, at.column});
  }

  void apply(const std::string& name, const toml::node& node, const toml::source_position& at) {
    const auto known = setting_descriptions();
    const auto found = std::find_if(
        known.begin(), known.end(),
        [&](const SettingDescription& description) { return description.key == name; });
    if (found == known.end()) {
      std::vector<std::string> keys;
      for (const SettingDescription& description : known) {
        keys.emplace_back(node.is_table() ? description.key.substr(0, description.key.find('.'))
                                          : description.key);
      }
      fail(at, "there is no setting '" + name + "'" + did_you_mean(name, keys));
    }
    if (!assign(found->field(settings_), found->choices, node)) {
      fail(at, "'" + name + "' takes a value of type " + setting_type(*found) + ", as in " +
                   name.substr(name.find('.') + 1) + " = " + setting_text(*found, Settings()));
    }
  }

  // False where the value is not one of this field's.
  static bool assign(const SettingField& field, std::string_view choices, const toml::node& node) {
    if (const auto* text = std::get_if<std::string*>(&field)) {
      const auto value = node.value_exact<std::string>();
      const bool fits = value && (choices.empty() || is_one_of(*value, choices));
      **text = fits ? *value : **text;
      return fits;
    }
    if (const auto* duration = std::get_if<Duration*>(&field)) {
      const auto value = node.value_exact<std::string>();
      const auto parsed = value ? parse_duration(*value) : std::nullopt;
      **duration = parsed.value_or(**duration);
      return parsed.has_value();
    }
    if (const auto* truth = std::get_if<bool*>(&field)) {
      const auto value = node.value_exact<bool>();
      **truth = value.value_or(**truth);
      return value.has_value();
    }
    const auto value = node.value_exact<int64_t>();
    if (const auto* port = std::get_if<uint16_t*>(&field)) {
      const bool fits = value && *value >= 0 && *value <= 65535;
      **port = fits ? static_cast<uint16_t>(*value) : **port;
      return fits;
    }
    const bool fits = value && *value >= 0;
    int64_t& number = *std::get<int64_t*>(field);
    number = fits ? *value : number;
    return fits;
  }

  static bool is_one_of(std::string_view value, std::string_view choices) {
    while (!choices.empty()) {
      const std::string_view choice = choices.substr(0, choices.find('|'));
      if (choice == value) {
        return true;
      }
      choices.remove_prefix(std::min(choices.size(), choice.size() + 1));
    }
    return false;
  }

  const std::string& file_;
  Settings& settings_;
};

}  // namespace

static toml::parse_result parse(const std::string& file, std::string_view text) {
  toml::parse_result parsed = toml::parse(text, file);
  if (!parsed) {
    const toml::source_position at = parsed.error().source().begin;
    throw Error(ErrorCode::syntax, std::string(parsed.error().description()),
                Position{file, at.line, at.column});
  }
  return parsed;
}

void apply_toml(const std::string& file, std::string_view text, Settings& settings) {
  Reader(file, settings).read(parse(file, text).table(), "");
}

void apply_demo_section(const std::string& file, std::string_view text, Settings& settings) {
  const toml::parse_result parsed = parse(file, text);
  if (const toml::table* section = parsed.table()["demo"].as_table()) {
    Reader(file, settings).read(*section, "demo.");
  }
}

}  // namespace millrace::server
