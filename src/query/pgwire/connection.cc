#include "query/pgwire/connection.h"

#include "base/bytes.h"
#include "base/error.h"
#include "query/pgwire/server.h"
#include "query/pgwire/sql_state.h"

namespace millrace::query::pgwire {

// Unread bytes beyond this stop the reading while a statement runs.
static constexpr size_t kMaxWaiting = 1 << 20;
// More rows are computed once the socket holds no more than this.
static constexpr size_t kMaxUnsent = 512 << 10;

Connection::Connection(Server* server, std::unique_ptr<io::Connection> socket, int32_t process,
                       int32_t secret)
    : server_(server), socket_(std::move(socket)), process_(process), secret_(secret) {}

void Connection::start() {
  socket_->start({.on_data = [this](std::string_view bytes) { on_data(bytes); },
                  .on_close = [this](std::string_view) { end(); },
                  .on_drained = [this] { on_drained(); }});
}

void Connection::cancel(int32_t secret) {
  if (secret == secret_ && busy_) {
    backend_->interrupt();
  }
}

void Connection::abandon() {
  if (busy_) {
    backend_->interrupt();
  }
  socket_.reset();
}

// The worker's answer finds nobody any more.
void Connection::end() {
  const std::shared_ptr<Connection> alive = shared_from_this();
  ending_ = true;
  abandon();
  server_->forget(process_);
}

void Connection::refuse(std::string_view sql_state, std::string_view message) {
  ending_ = true;
  socket_->write(error_response("FATAL", sql_state, message));
  socket_->close_after_writes();
}

void Connection::on_data(std::string_view bytes) {
  if (ending_) {
    return;
  }
  reader_.append(bytes);
  if (busy_ && reader_.buffered() > kMaxWaiting) {
    socket_->pause_reading();
  }
  try {
    backend_ ? read_messages() : read_startup();
  } catch (const Error& error) {
    // The end of a conversation that cannot be understood.
    refuse("08P01", error.message());
  }
}

void Connection::read_startup() {
  while (!backend_ && !ending_) {
    const std::optional<StartupMessage> message = reader_.next_startup();
    if (!message) {
      return;
    }
    handle(*message);
  }
  if (!ending_) {
    read_messages();
  }
}

void Connection::handle(const StartupMessage& message) {
  if (const auto* cancel = std::get_if<CancelRequest>(&message)) {
    server_->cancel(cancel->process, cancel->secret);
    ending_ = true;
    socket_->close_after_writes();
  } else if (const auto* startup = std::get_if<Startup>(&message)) {
    begin_session(*startup);
  } else {
    socket_->write("N");  // neither TLS nor GSS; the client goes on in plain text
  }
}

static void append_parameter(std::string_view name, std::string_view value, std::string& out) {
  append_message('S', with_zero(name) + with_zero(value), out);
}

// A client of a later minor version is told that we speak 3.0, and which options we do not know.
static void append_negotiation(const Startup& startup, std::string& out) {
  NetworkWriter payload;
  std::string unknown;
  int32_t count = 0;
  for (const auto& [name, value] : startup.parameters) {
    if (name.starts_with("_pq_.")) {
      unknown += with_zero(name);
      ++count;
    }
  }
  if (startup.minor_version == 0 && count == 0) {
    return;
  }
  payload.write(int32_t{3 << 16});
  payload.write(count);
  payload.write_bytes(unknown);
  append_message('v', payload.bytes(), out);
}

void Connection::begin_session(const Startup& startup) {
  const auto value_of = [&](const std::string& name) {
    const auto found = startup.parameters.find(name);
    return found != startup.parameters.end() ? found->second : std::string();
  };
  const std::string user = value_of("user");
  if (user != server_->options_.user) {
    return refuse("28000", "role \"" + user + "\" does not exist");
  }
  if (server_->connections_.size() > server_->options_.max_connections) {
    return refuse("53300", "sorry, too many clients already");
  }
  std::string out;
  append_negotiation(startup, out);
  append_message('R', std::string(4, '\0'), out);  // AuthenticationOk
  const SessionSettings settings;
  append_parameter("application_name", value_of("application_name"), out);
  for (const auto& [shown, name] :
       std::map<std::string, std::string>{{"DateStyle", "datestyle"},
                                          {"IntervalStyle", "intervalstyle"},
                                          {"TimeZone", "timezone"}}) {
    append_parameter(shown, settings.show(name), out);
  }
  for (const char* name : {"client_encoding", "default_transaction_read_only", "in_hot_standby",
                           "integer_datetimes", "is_superuser", "server_encoding", "server_version",
                           "session_authorization", "standard_conforming_strings"}) {
    append_parameter(name, settings.show(name), out);
  }
  NetworkWriter key;
  key.write(process_);
  key.write(secret_);
  append_message('K', key.bytes(), out);
  append_message('Z', "I", out);
  socket_->write(std::move(out));
  backend_ = std::make_shared<Backend>(server_->engine_);
}

void Connection::read_messages() {
  while (!busy_ && !more_ && !ending_) {
    std::optional<Message> message = reader_.next();
    if (!message) {
      return;
    }
    if (std::holds_alternative<Terminate>(*message)) {
      ending_ = true;
      socket_->close_after_writes();
      return;
    }
    run(std::move(*message));
  }
}

void Connection::run(Message message) {
  submit([message = std::move(message)](Backend& backend, std::string& out) {
    return backend.handle(message, out);
  });
}

void Connection::resume() {
  more_ = false;
  submit([](Backend& backend, std::string& out) { return backend.resume(out); });
}

void Connection::submit(std::function<Progress(Backend&, std::string&)> work) {
  busy_ = true;
  server_->workers_.submit([self = weak_from_this(), backend = backend_, loop = &server_->loop_,
                            work = std::move(work)] {
    std::string bytes;
    const Progress progress = work(*backend, bytes);
    loop->post([self, progress, bytes = std::move(bytes)]() mutable {
      if (const std::shared_ptr<Connection> connection = self.lock()) {
        connection->on_done(progress, std::move(bytes));
      }
    });
  });
}

void Connection::on_done(Progress progress, std::string bytes) {
  busy_ = false;
  if (ending_) {
    return;
  }
  more_ = progress == Progress::more;
  if (!bytes.empty()) {
    socket_->write(std::move(bytes));
  }
  if (more_ && socket_->unsent() <= kMaxUnsent) {
    return resume();
  }
  if (!more_) {
    socket_->resume_reading();
    on_data("");
  }
}

void Connection::on_drained() {
  if (more_ && !busy_ && !ending_) {
    resume();
  }
}

}  // namespace millrace::query::pgwire
