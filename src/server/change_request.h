#pragma once

// What a change of a pipeline is asked for with, and what is said of its comparison, in JSON.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace millrace::change {
struct TableComparison;
}

namespace millrace::server {

struct ChangeRequest {
  enum class Kind : uint8_t { apply, rollback, shadow };

  Kind kind = Kind::apply;
  std::string text;  // the SQL; a rollback finds it among the versions
  std::string file;
  std::optional<Timestamp> since;

  // Throws Error(invalid_argument) where a member is missing, or is of another kind.
  static ChangeRequest from(const Json& json);
  std::string_view name() const;  // of the kind
};

Json tables_json(const std::vector<change::TableComparison>& tables);

}  // namespace millrace::server
