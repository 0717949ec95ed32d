#pragma once

// One client's socket: start-up, the order of its messages, and the pace of its results. What the
// messages mean is backend.h's.

#include <deque>
#include <memory>
#include <string>

#include "io/event_loop.h"
#include "query/pgwire/backend.h"
#include "query/pgwire/messages.h"

namespace millrace::query::pgwire {

class Server;

// Loop thread only; the backend is on a worker while busy_.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Server* server, std::unique_ptr<io::Connection> socket, int32_t process,
             int32_t secret);

  void start();
  // From the server: another connection asked for it.
  void cancel(int32_t secret);
  // The server ends: what runs is told to stop, nothing is called back.
  void abandon();

 private:
  void on_data(std::string_view bytes);
  void read_startup();
  void handle(const StartupMessage& message);
  void begin_session(const Startup& startup);
  void read_messages();
  void run(Message message);
  void resume();
  void submit(std::function<Progress(Backend&, std::string&)> work);
  void on_done(Progress progress, std::string bytes);
  void on_drained();
  void refuse(std::string_view sql_state, std::string_view message);
  void end();

  Server* server_;
  std::unique_ptr<io::Connection> socket_;
  int32_t process_;
  int32_t secret_;
  MessageReader reader_;
  std::shared_ptr<Backend> backend_;  // from the end of start-up on; shared with its worker
  bool busy_ = false;                 // a worker has the backend
  bool more_ = false;                 // rows wait until the client has taken some
  bool ending_ = false;
};

}  // namespace millrace::query::pgwire
