#pragma once

// Whether a Flink cluster would take SQL files, found without one: their statements are planned
// here, one after another in one session as Flink would, and looked through for what is not
// Flink's.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plan/session/session.h"
#include "server/flink/portability.h"
#include "sql/token_stream.h"

namespace millrace::server::flink {

class Check {
 public:
  explicit Check(const catalog::Connections& connections);

  // What there is to say of a file's statements, in their order. Those of files before it hold. Of
  // a text that cannot be parsed there is only that.
  std::vector<Finding> findings_in(std::string_view text, const std::string& file,
                                   const Places& places);
  std::vector<Finding> findings_in(std::vector<sql::Statement> statements, const Places& places);

 private:
  std::vector<Finding> planned(sql::Statement statement, const Places& places);
  bool follows(const Error& error, sql::TokenStream statement) const;

  plan::Session session_;
  std::set<std::string> missing_;  // names, in upper case, whose definition could not be taken
};

}  // namespace millrace::server::flink
