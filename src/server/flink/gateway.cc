#include "server/flink/gateway.h"

#include <charconv>

namespace millrace::server::flink {

namespace {

constexpr Duration kTimeout = Duration::seconds(120);

struct Address {
  std::string host;
  uint16_t port;
};

Address address_of(std::string_view url) {
  static constexpr std::string_view kScheme = "http://";
  const auto fail = [&]() -> Address {
    throw Error(ErrorCode::invalid_argument,
                "'" + std::string(url) + "' is no address such as http://127.0.0.1:8083");
  };
  if (!url.starts_with(kScheme)) {
    return fail();
  }
  std::string_view rest = url.substr(kScheme.size());
  rest = rest.substr(0, rest.find('/'));
  const size_t colon = rest.rfind(':');
  uint16_t port = 0;
  if (colon == std::string_view::npos ||
      std::from_chars(rest.data() + colon + 1, rest.data() + rest.size(), port).ec != std::errc()) {
    return fail();
  }
  const std::string_view host = rest.substr(0, colon);
  return {host == "localhost" ? "127.0.0.1" : std::string(host), port};
}

// The number behind `word` in the text, as in "line 13, column 11".
std::optional<uint32_t> number_after(std::string_view text, std::string_view word) {
  const size_t at = text.find(word);
  uint32_t number = 0;
  if (at == std::string_view::npos ||
      std::from_chars(text.data() + at + word.size(), text.data() + text.size(), number).ec !=
          std::errc()) {
    return std::nullopt;
  }
  return number;
}

constexpr Duration kShortestPause = Duration::milliseconds(5);
constexpr Duration kLongestPause = Duration::milliseconds(200);

}  // namespace

Refused refusal(std::string_view trace) {
  static constexpr std::string_view kCause = "Caused by: ";
  const size_t last = trace.rfind(kCause);
  std::string_view cause =
      last == std::string_view::npos ? trace : trace.substr(last + kCause.size());
  cause = cause.substr(0, cause.find("\n\tat "));
  // The exception's class is of no use to the reader of a SQL file.
  const size_t colon = cause.find(": ");
  if (colon != std::string_view::npos &&
      cause.substr(0, colon).find(' ') == std::string_view::npos) {
    cause.remove_prefix(colon + 2);
  }
  std::optional<Position> at;
  const auto line = number_after(trace, "line ");
  const auto column = number_after(trace, "column ");
  if (line && column) {
    at = Position{"", *line, *column};
  }
  return {std::string(cause), at};
}

Gateway::Gateway(std::string_view url, Wait wait)
    : client_(address_of(url).host, address_of(url).port, kTimeout), wait_(std::move(wait)) {
  session_ =
      "/v2/sessions/" + ask("POST", "/v2/sessions", Json::object({{"sessionName", "millrace"}}))
                            .at("sessionHandle")
                            .as_string();
}

Gateway::~Gateway() {
  try {
    ask("DELETE", session_);
  } catch (const Error&) {  // a destructor has nobody to tell; the gateway ends idle sessions
  }
}

Json Gateway::ask(std::string_view method, const std::string& target, const Json& body) const {
  const io::http::Response response =
      client_.send(method, target, body.is_null() ? "" : body.dump());
  const Json answer = response.body.empty() ? Json() : Json::parse(response.body);
  if (const Json* errors = answer.find("errors")) {
    throw refusal(errors->as_array().back().as_string());
  }
  if (response.status >= 400) {
    throw Error(ErrorCode::unavailable, "the SQL Gateway answered " +
                                            std::to_string(response.status) + " to " +
                                            std::string(method) + " " + target);
  }
  return answer;
}

std::string Gateway::version() const { return ask("GET", "/v2/info").at("version").as_string(); }

Answer Gateway::execute(std::string_view statement) {
  const std::string operation =
      ask("POST", session_ + "/statements", Json::object({{"statement", std::string(statement)}}))
          .at("operationHandle")
          .as_string();
  Answer answer;
  Duration pause = kShortestPause;
  std::string next = session_ + "/operations/" + operation + "/result/0?rowFormat=JSON";
  while (!next.empty()) {
    const Json page = ask("GET", next);
    const std::string& kind = page.at("resultType").as_string();
    if (kind == "NOT_READY") {
      wait_(pause);
      pause = std::min(pause * 2, kLongestPause);
      continue;
    }
    if (const Json* results = page.find("results")) {
      answer.columns.clear();
      for (const Json& column : results->at("columns").as_array()) {
        answer.columns.push_back(column.at("name").as_string());
      }
      for (const Json& row : results->at("data").as_array()) {
        answer.rows.push_back(row.at("fields"));
      }
    }
    const Json* more = page.find("nextResultUri");
    next = kind != "EOS" && more != nullptr && more->is_string() ? more->as_string() : "";
  }
  if (answer.columns == std::vector<std::string>{"job id"} && !answer.rows.empty()) {
    answer.job = answer.rows[0].as_array()[0].as_string();
  }
  return answer;
}

JobState Gateway::state_of(const std::string& job) {
  const Answer answer = execute("DESCRIBE JOB '" + job + "'");
  JobState state;
  for (size_t i = 0; i < answer.columns.size() && !answer.rows.empty(); ++i) {
    const Json& value = answer.rows[0].as_array()[i];
    if (answer.columns[i] == "status" && value.is_string()) {
      state.state = value.as_string();
    }
  }
  if (state.state == "FAILED") {
    state.reason = fault_of(job);
  }
  return state;
}

// The cluster's own REST address stands among the session's settings.
std::string Gateway::fault_of(const std::string& job) {
  const Json settings = ask("GET", session_).at("properties");
  const auto setting = [&](std::string_view key, const std::string& otherwise) {
    const Json* value = settings.find(key);
    return value != nullptr && value->is_string() ? value->as_string() : otherwise;
  };
  const Address address = address_of("http://" + setting("rest.address", "127.0.0.1") + ":" +
                                     setting("rest.port", "8081"));
  const io::http::Client cluster(address.host, address.port, kTimeout);
  const Json answer = Json::parse(cluster.send("GET", "/jobs/" + job + "/exceptions").body);
  const Json* history = answer.find("exceptionHistory");
  const Json* entries = history != nullptr ? history->find("entries") : nullptr;
  if (entries == nullptr || entries->as_array().empty()) {
    return "the cluster keeps no reason";
  }
  return refusal(entries->as_array()[0].at("stacktrace").as_string()).message();
}

void Gateway::cancel(const std::string& job) { execute("STOP JOB '" + job + "'"); }

}  // namespace millrace::server::flink
