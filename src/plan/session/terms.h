#pragma once

// The terms that a job runs on beside its plan: how the tables that it reads and writes are
// declared, and the settings that make a difference to it. State means the same on other terms.

#include <string>
#include <vector>

#include "plan/session/session.h"

namespace millrace::plan {

struct Term {
  std::string name;  // "table t: 'format'", "SET 'millrace.state.memory'"
  std::string value;
  bool is_secret = false;  // the value is not to be shown

  bool operator==(const Term&) const = default;
  std::string shown() const;  // "table t: 'format' = 'json'"
};

// Table by table and hint by hint as the plan has them, then the settings.
std::vector<Term> terms_of(const Job& job);

}  // namespace millrace::plan
