#pragma once

// How the records of a demo are made up, as a system's generator.toml says it. docs/generators.md
// explains each key.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::server {

// Each value as it stands in JSON, drawn in proportion to its weight.
struct Choice {
  std::vector<std::string> values;
  std::vector<uint64_t> weights;  // as many as values
};

struct Counted {
  std::string prefix;  // "evt-" gives "evt-0", "evt-1", ...
};
struct ChoiceBy {
  std::string field;  // an earlier one, whose value decides what is chosen from
  std::map<std::string, Choice> choices;
};
struct Digits {
  std::string pattern;     // each # is a digit: "+7701#######"
  uint64_t different = 0;  // how many different texts there are; 0 for any
};
struct Number {
  double least = 0;
  double most = 0;
  int decimals = 0;
};
struct Scaled {
  std::string field;  // an earlier number
  double by = 1;
  int decimals = 0;
};
enum class TimeFormat : uint8_t { iso8601, sql };
struct Time {
  TimeFormat format = TimeFormat::iso8601;
  std::string after;  // an earlier number, of seconds, that is added; empty for the time itself
};

struct FieldRecipe {
  std::string name;
  std::variant<Counted, Choice, ChoiceBy, Digits, Number, Scaled, Time> kind;
  // The field is there only where this earlier field has one of these values; empty for always.
  std::string where;
  std::vector<std::string> is;
};

// One way in which a bad record is bad.
struct Cut {};       // ends in the middle
struct Repeated {};  // is the record before, once more
struct Set {
  std::string field;
  std::string value;  // as it stands in JSON
};
struct Negated {
  std::string field;  // -1 where the record has no such field
};
struct Removed {
  std::string field;
};
using Fault = std::variant<Cut, Repeated, Set, Negated, Removed>;

// The records of one topic.
struct Recipe {
  std::string topic;
  uint64_t weight = 1;  // this topic's share of all records
  std::string time;     // the field that holds the event time
  std::vector<FieldRecipe> fields;
  std::vector<Fault> faults;  // each as likely as the others
};

// What a generator.toml says beside the rates, which are settings ([demo]).
struct Generator {
  std::string about;                 // a sentence or two on what happens
  std::vector<Recipe> recipes;       // [[records]]
  std::vector<std::string> queries;  // worth trying while it runs
};

// Throws Error with file, line and column.
Generator read_generator(const std::string& file, std::string_view text);

}  // namespace millrace::server
