#pragma once

// Verbs, flags and operands of the command line, described as data: the parser, the help and the
// suggestions all read the same description.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::server {

struct Context;

// The command line itself was wrong: exit code 2.
class UsageError : public Error {
 public:
  explicit UsageError(std::string message)
      : Error(ErrorCode::invalid_argument, std::move(message)) {}
};

struct Flag {
  std::string_view name;        // "--data"
  std::string_view value;       // "DIR"; empty for a flag that stands alone
  std::string_view help;        // the default in parentheses at its end
  std::string_view alias = "";  // "-f"
};

class Arguments {
 public:
  std::vector<std::string> operands;
  std::map<std::string, std::string, std::less<>> flags;

  bool has(std::string_view flag) const { return flags.find(flag) != flags.end(); }
  std::optional<std::string> find(std::string_view flag) const;
  std::string get(std::string_view flag, std::string_view otherwise) const;
  // Throws UsageError where the value is no whole number from `least` to `most`.
  std::optional<int64_t> find_integer(std::string_view flag, int64_t least, int64_t most) const;
};

struct Command {
  std::string_view name;      // "topic create"
  std::string_view operands;  // "NAME", "FILE.sql..."
  std::string_view summary;   // a line of the list of verbs
  std::string_view about;     // what it does and when to use it
  std::span<const Flag> flags;
  std::string_view examples;  // a command line each
  size_t least_operands = 0;
  size_t most_operands = 0;
  // Null of a word that another must follow: it explains those.
  int (*run)(Context& context, const Arguments& arguments) = nullptr;
};

inline constexpr size_t kAnyNumber = 1'000'000;

// Throws UsageError, with the nearest flag where there is one.
Arguments parse_arguments(const Command& command, std::span<const std::string> words);

// The text of `millrace VERB --help`.
std::string help_of(const Command& command);

}  // namespace millrace::server
