#pragma once

// Statements about the session itself, which drivers send and no table answers: transactions, SET,
// SHOW, DISCARD and their like. The lake is read-only, so a transaction changes nothing; its state
// is kept because clients ask for it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::query::pgwire {

// As ReadyForQuery says it.
enum class TransactionState : char { idle = 'I', open = 'T', failed = 'E' };

enum class SessionVerb : uint8_t {
  begin,
  commit,
  rollback,
  other_transaction,  // SAVEPOINT, RELEASE: accepted
  rollback_to,
  set,
  reset,
  show,
  deallocate,
  deallocate_all,
  other,  // LISTEN, UNLISTEN, CLOSE, DISCARD: accepted
};

struct SessionStatement {
  SessionVerb verb;
  std::string tag;    // of CommandComplete
  std::string name;   // of a setting or statement
  std::string value;  // of SET
};

// Nothing for a statement that is for the engine.
std::optional<SessionStatement> session_statement(std::string_view sql);

// What SHOW answers.
class SessionSettings {
 public:
  SessionSettings();
  void set(const std::string& name, std::string value);
  void reset(const std::string& name);
  // Throws Error(not_found) for one that there is not.
  const std::string& show(const std::string& name) const;
  const std::map<std::string, std::string>& all() const { return values_; }

 private:
  std::map<std::string, std::string> values_;  // by name in small letters
};

}  // namespace millrace::query::pgwire
