#include "server/command_line.h"

#include <algorithm>
#include <charconv>

#include "base/similar.h"

namespace millrace::server {

std::optional<std::string> Arguments::find(std::string_view flag) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? std::nullopt : std::optional(found->second);
}

std::string Arguments::get(std::string_view flag, std::string_view otherwise) const {
  return find(flag).value_or(std::string(otherwise));
}

std::optional<int64_t> Arguments::find_integer(std::string_view flag, int64_t least,
                                               int64_t most) const {
  const std::optional<std::string> text = find(flag);
  if (!text) {
    return std::nullopt;
  }
  int64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, failure] = std::from_chars(text->data(), end, value);
  if (failure != std::errc() || stop != end || value < least || value > most) {
    throw UsageError(std::string(flag) + " takes a whole number from " + std::to_string(least) +
                     " to " + std::to_string(most) + ", not '" + *text + "'");
  }
  return value;
}

namespace {

constexpr Flag kHelp{"--help", "", "show this text", "-h"};

const Flag* find_flag(const Command& command, std::string_view word) {
  const auto is_it = [&](const Flag& flag) { return flag.name == word || flag.alias == word; };
  const auto found = std::find_if(command.flags.begin(), command.flags.end(), is_it);
  if (found != command.flags.end()) {
    return &*found;
  }
  return is_it(kHelp) ? &kHelp : nullptr;
}

[[noreturn]] void unknown_flag(const Command& command, std::string_view word) {
  std::vector<std::string> known{std::string(kHelp.name)};
  for (const Flag& flag : command.flags) {
    known.emplace_back(flag.name);
  }
  const std::string verb(command.name);
  throw UsageError("'millrace " + verb + "' has no flag " + std::string(word) +
                   did_you_mean(word, known) + "; see millrace " + verb + " --help");
}

void check_operands(const Command& command, const Arguments& arguments) {
  const size_t count = arguments.operands.size();
  const std::string form = "millrace " + std::string(command.name) +
                           (command.operands.empty() ? "" : " ") + std::string(command.operands);
  if (count < command.least_operands) {
    throw UsageError("something is missing: the form is '" + form + "'");
  }
  if (std::any_of(arguments.operands.begin(), arguments.operands.end(),
                  [](const std::string& operand) { return operand.empty(); })) {
    throw UsageError("one of the words is empty: the form is '" + form + "'");
  }
  if (count > command.most_operands) {
    throw UsageError("'" + arguments.operands[command.most_operands] +
                     "' is one word too many: the form is '" + form + "'");
  }
}

}  // namespace

Arguments parse_arguments(const Command& command, std::span<const std::string> words) {
  Arguments arguments;
  bool only_operands = false;  // after "--"
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_operands || word.size() < 2 || word[0] != '-') {
      arguments.operands.push_back(word);
      continue;
    }
    if (word == "--") {
      only_operands = true;
      continue;
    }
    const size_t equals = word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::string name = word.substr(0, equals);
    const Flag* flag = find_flag(command, name);
    if (flag == nullptr) {
      unknown_flag(command, name);
    }
    const bool takes_value = !flag->value.empty();
    if (!takes_value && equals != std::string::npos) {
      throw UsageError(name + " stands alone and takes no value");
    }
    if (takes_value && equals == std::string::npos && i + 1 == words.size()) {
      throw UsageError(name + " needs a value: " + name + " " + std::string(flag->value));
    }
    const std::string value = !takes_value                  ? ""
                              : equals == std::string::npos ? words[++i]
                                                            : word.substr(equals + 1);
    arguments.flags.insert_or_assign(std::string(flag->name), value);
  }
  if (!arguments.has(kHelp.name)) {
    check_operands(command, arguments);
  }
  return arguments;
}

static std::string flag_line(const Flag& flag) {
  std::string form = "  " + std::string(flag.name);
  if (!flag.alias.empty()) {
    form += ", " + std::string(flag.alias);
  }
  if (!flag.value.empty()) {
    form += " " + std::string(flag.value);
  }
  form.resize(std::max<size_t>(form.size() + 2, 26), ' ');
  return form + std::string(flag.help) + "\n";
}

std::string help_of(const Command& command) {
  std::string text = "millrace " + std::string(command.name);
  text += (command.operands.empty() ? "" : " ") + std::string(command.operands);
  text += command.flags.empty() ? "\n\n" : " [flags]\n\n";
  text += std::string(command.about) + "\n\nFlags\n";
  for (const Flag& flag : command.flags) {
    text += flag_line(flag);
  }
  text += flag_line(kHelp);
  if (!command.examples.empty()) {
    text += "\nExamples\n" + std::string(command.examples);
  }
  return text;
}

}  // namespace millrace::server
