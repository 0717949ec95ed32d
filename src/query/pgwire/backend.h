#pragma once

// One client's conversation after start-up, apart from sockets and threads: a message in, bytes
// out.
//
// Rows come in portions: where handle() leaves work, resume() goes on once the client has taken
// what it got, so that a large result occupies neither memory nor a worker.

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "query/engine.h"
#include "query/pgwire/messages.h"
#include "query/pgwire/session_statement.h"
#include "query/pgwire/types.h"

namespace millrace::query::pgwire {

enum class Progress : uint8_t { done, more };

// One thread at a time, but for interrupt().
class Backend {
 public:
  explicit Backend(Engine& engine);

  Progress handle(const Message& message, std::string& out);
  Progress resume(std::string& out);
  // What runs now ends with SQLSTATE 57014.
  void interrupt() { session_.interrupt(); }

 private:
  struct Prepared {
    std::string sql;
    std::optional<SessionStatement> session;  // answered without the engine
    std::optional<Statement> statement;       // nothing for an empty text
    std::vector<uint32_t> parameter_oids;
  };
  struct Portal {
    std::shared_ptr<const Prepared> prepared;
    std::vector<Parameter> parameters;
    std::vector<Format> formats;  // a column each
    std::optional<Cursor> cursor;
    // What the cursor gave and the client has not got.
    Batch rows;
    size_t next_row = 0;
    uint64_t sent = 0;
    bool finished = false;
  };
  // What is being sent: of a Query, statement by statement, or of one Execute.
  struct Running {
    std::string sql;                           // of the whole Query
    std::vector<std::string_view> statements;  // into it: those still to come
    std::string portal;
    bool sending = false;
    int64_t left = -1;  // rows until the portal is suspended; negative for no bound
    bool simple = false;
  };
  // Where the position of an error counts from.
  struct Place {
    std::string sql;               // the statement
    size_t characters_before = 0;  // in what the client sent
  };

  Progress dispatch(const Message& message, std::string& out);
  Progress handle(const Query& query, std::string& out);
  void handle(const Parse& parse, std::string& out);
  void handle(const Bind& bind, std::string& out);
  void handle(const Describe& describe, std::string& out);
  Progress handle(const Execute& execute, std::string& out);
  void handle(const Close& close, std::string& out);

  std::shared_ptr<const Prepared> prepare(const std::string& sql, std::vector<uint32_t> oids);
  Portal make_portal(std::shared_ptr<const Prepared> prepared, const Bind& bind) const;
  std::shared_ptr<const Prepared> prepared_named(const std::string& name) const;
  Portal& portal_named(const std::string& name);
  void check_transaction(const Prepared& prepared) const;

  Progress go_on(std::string& out);
  void start_statement(std::string& out);
  Progress send_portal(std::string& out);
  void send_session_answer(const Prepared& prepared, std::string& out);
  bool fetch(Portal& portal);
  void send_ready(std::string& out) const;
  void fail(const Error& error, std::string& out);

  Session session_;
  SessionSettings settings_;
  TransactionState transaction_ = TransactionState::idle;
  bool skipping_to_sync_ = false;
  std::map<std::string, std::shared_ptr<const Prepared>> statements_;
  std::map<std::string, Portal> portals_;
  std::unique_ptr<Running> running_;
  Place place_;
};

}  // namespace millrace::query::pgwire
