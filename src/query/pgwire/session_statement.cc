#include "query/pgwire/session_statement.h"

#include <algorithm>
#include <array>

#include "base/ascii_case.h"
#include "base/error.h"
#include "query/sql_text.h"

namespace millrace::query::pgwire {

static std::string unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"');
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

namespace {

struct Known {
  std::string_view first;
  SessionVerb verb;
  std::string_view tag;
};

constexpr std::array<Known, 15> kKnown = {{
    {"begin", SessionVerb::begin, "BEGIN"},
    {"commit", SessionVerb::commit, "COMMIT"},
    {"end", SessionVerb::commit, "COMMIT"},
    {"rollback", SessionVerb::rollback, "ROLLBACK"},
    {"abort", SessionVerb::rollback, "ROLLBACK"},
    {"savepoint", SessionVerb::other_transaction, "SAVEPOINT"},
    {"release", SessionVerb::other_transaction, "RELEASE"},
    {"set", SessionVerb::set, "SET"},
    {"reset", SessionVerb::reset, "RESET"},
    {"show", SessionVerb::show, "SHOW"},
    {"listen", SessionVerb::other, "LISTEN"},
    {"unlisten", SessionVerb::other, "UNLISTEN"},
    {"discard", SessionVerb::other, "DISCARD ALL"},
    {"close", SessionVerb::other, "CLOSE CURSOR"},
    {"deallocate", SessionVerb::deallocate, "DEALLOCATE"},
}};

// SET [SESSION | LOCAL] name { = | TO } value; SET TIME ZONE value; SET TRANSACTION ...
void read_set(const std::vector<Token>& tokens, SessionStatement& statement) {
  size_t at = 1;
  if (tokens.size() > 2 && (is_word(tokens[1], "session") || is_word(tokens[1], "local"))) {
    at = 2;
  }
  if (at + 2 < tokens.size() && is_word(tokens[at], "time") && is_word(tokens[at + 1], "zone")) {
    statement.name = "timezone";
    statement.value = unquoted(tokens[at + 2].text);
    return;
  }
  if (at + 2 >= tokens.size() || is_word(tokens[at], "transaction") ||
      is_word(tokens[at], "characteristics")) {
    return;
  }
  statement.name = lower_case(unquoted(tokens[at].text));
  for (size_t i = at + 2; i < tokens.size(); ++i) {
    statement.value += (i > at + 2 ? " " : "") + unquoted(tokens[i].text);
  }
}

void read_name(const std::vector<Token>& tokens, SessionStatement& statement) {
  for (size_t i = 1; i < tokens.size(); ++i) {
    statement.name += (i > 1 ? " " : "") + lower_case(unquoted(tokens[i].text));
  }
  if (statement.name == "transaction isolation level") {
    statement.name = "transaction_isolation";
  } else if (statement.name == "time zone") {
    statement.name = "timezone";
  }
}

}  // namespace

std::optional<SessionStatement> session_statement(std::string_view sql) {
  const std::vector<Token> tokens = tokens_of(sql);
  if (tokens.empty()) {
    return std::nullopt;
  }
  if (tokens.size() > 1 && is_word(tokens[0], "start") && is_word(tokens[1], "transaction")) {
    return SessionStatement{SessionVerb::begin, "START TRANSACTION", "", ""};
  }
  const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& candidate) {
    return is_word(tokens[0], candidate.first);
  });
  if (known == kKnown.end()) {
    return std::nullopt;
  }
  SessionStatement statement{known->verb, std::string(known->tag), "", ""};
  const auto has = [&](std::string_view word) {
    return std::any_of(tokens.begin() + 1, tokens.end(),
                       [&](const Token& token) { return is_word(token, word); });
  };
  if (statement.verb == SessionVerb::set) {
    read_set(tokens, statement);
  } else if (statement.verb == SessionVerb::rollback && has("to")) {
    statement.verb = SessionVerb::rollback_to;
  } else if (statement.verb == SessionVerb::deallocate) {
    statement.verb = has("all") ? SessionVerb::deallocate_all : SessionVerb::deallocate;
    statement.tag = has("all") ? "DEALLOCATE ALL" : "DEALLOCATE";
    statement.name = unquoted(tokens.back().text);
  } else {
    read_name(tokens, statement);
  }
  return statement;
}

SessionSettings::SessionSettings()
    : values_({{"application_name", ""},
               {"bytea_output", "hex"},
               {"client_encoding", "UTF8"},
               {"client_min_messages", "notice"},
               {"datestyle", "ISO, MDY"},
               {"default_transaction_isolation", "repeatable read"},
               {"default_transaction_read_only", "on"},
               {"extra_float_digits", "1"},
               {"in_hot_standby", "off"},
               {"integer_datetimes", "on"},
               {"intervalstyle", "postgres"},
               {"is_superuser", "off"},
               {"jit", "off"},
               {"lc_collate", "C.UTF-8"},
               {"max_identifier_length", "63"},
               {"search_path", "\"$user\", public"},
               {"server_encoding", "UTF8"},
               {"server_version", "15.0 (Millrace)"},
               {"server_version_num", "150000"},
               {"session_authorization", "millrace"},
               {"standard_conforming_strings", "on"},
               {"statement_timeout", "0"},
               {"timezone", "UTC"},
               {"transaction_isolation", "repeatable read"},
               {"transaction_read_only", "on"}}) {}

void SessionSettings::set(const std::string& name, std::string value) {
  if (!name.empty()) {
    values_[name] = std::move(value);
  }
}

void SessionSettings::reset(const std::string& name) {
  const SessionSettings fresh;
  if (name == "all") {
    values_ = fresh.values_;
  } else if (const auto known = fresh.values_.find(name); known != fresh.values_.end()) {
    values_[name] = known->second;
  }
}

const std::string& SessionSettings::show(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) {
    throw Error(ErrorCode::not_found, "unrecognized configuration parameter \"" + name + "\"");
  }
  return found->second;
}

}  // namespace millrace::query::pgwire
