#pragma once

// Records that a recipe describes: mostly good, some out of order, some late, some bad. The same
// seed, rates and times give the same records.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "server/demo/recipe.h"
#include "server/settings.h"

namespace millrace::server {

class MadeUpRecords {
 public:
  MadeUpRecords(Random random, Recipe recipe, const DemoSettings& settings);

  // A record of about `now` (in event time), as JSON.
  std::string next(Timestamp now);

  // The event time of a record that next() made; nothing where it has none.
  std::optional<Timestamp> time_of(std::string_view record) const;

 private:
  using Made = std::vector<std::pair<std::string_view, std::string>>;  // name, value as JSON

  // Each makes one field's value, as JSON; nothing where the field is left out.
  std::optional<std::string> make(const Choice& choice, const Made& before);
  std::optional<std::string> make(const ChoiceBy& choice, const Made& before);
  std::optional<std::string> make(const Counted& counted, const Made& before);
  std::optional<std::string> make(const Digits& digits, const Made& before);
  std::optional<std::string> make(const Number& number, const Made& before);
  std::optional<std::string> make(const Scaled& scaled, const Made& before);
  std::optional<std::string> make(const Time& time, const Made& before);

  Made good_record();
  std::string spoiled(Made record);
  Timestamp time_near(Timestamp now);
  bool of_thousand(int64_t n) { return static_cast<int64_t>(random_.below(1000)) < n; }

  Random random_;
  const Recipe recipe_;
  const DemoSettings settings_;
  const std::string time_name_;  // "\"timestamp\":\""
  Timestamp at_;                 // of the record being made
  uint64_t number_ = 0;
  std::string last_;
};

}  // namespace millrace::server
