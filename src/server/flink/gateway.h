#pragma once

// A session with the SQL Gateway of a Flink cluster, over its REST API (version 2 and later).
// https://nightlies.apache.org/flink/flink-docs-stable/docs/dev/table/sql-gateway/rest/

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "base/time.h"
#include "io/http/client.h"

namespace millrace::server::flink {

// Lets so much time pass; may throw to give up.
using Wait = std::function<void(Duration)>;

// What Flink said of a statement, and where in the statement, when it says.
class Refused : public Error {
 public:
  Refused(std::string message, std::optional<Position> at)
      : Error(ErrorCode::invalid_argument, std::move(message), at) {}
};

struct Answer {
  std::optional<std::string> job;  // of an INSERT or a statement set
  std::vector<std::string> columns;
  std::vector<Json> rows;  // arrays
};

struct JobState {
  std::string state;  // RUNNING, FINISHED, FAILED, CANCELED, ...
  std::string reason;

  bool is_over() const { return state == "FINISHED" || state == "FAILED" || state == "CANCELED"; }
};

class Gateway {
 public:
  // `url` is http://HOST:PORT. Opens a session. Throws Error(invalid_argument) for another form of
  // address, unavailable where nobody answers.
  Gateway(std::string_view url, Wait wait);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  std::string version() const;  // "2.3.0"

  // Waits for the whole answer; an INSERT is answered when its job has been handed to the cluster.
  // Throws Refused.
  Answer execute(std::string_view statement);
  JobState state_of(const std::string& job);
  void cancel(const std::string& job);

 private:
  Json ask(std::string_view method, const std::string& target, const Json& body = {}) const;
  std::string fault_of(const std::string& job);

  io::http::Client client_;
  Wait wait_;
  std::string session_;
};

// The message of the deepest cause in a Java stack trace, and the place in the statement that it
// names.
Refused refusal(std::string_view trace);

}  // namespace millrace::server::flink
