#include "io/http/server.h"

#include <doctest/doctest.h>

#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "io/asio_loop.h"
#include "io/http/client.h"

namespace millrace::io::http {

namespace {

// A server on a free port, its loop on a thread of its own.
class Serving {
 public:
  using Handler = std::function<void(AsioLoop&, const Request&, const Server::Respond&)>;

  explicit Serving(Handler handler, Limits limits = {}) {
    ServerOptions options;
    options.limits = limits;
    server_ = std::make_unique<Server>(loop_, options,
                                       [this, handler = std::move(handler)](
                                           const Request& request, const Server::Respond& respond) {
                                         handler(loop_, request, respond);
                                       });
    port_ = server_->port();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Serving() {
    loop_.post([this] {
      server_.reset();
      loop_.stop();
    });
    thread_.join();
  }
  Client client() const { return {"127.0.0.1", port_, Duration::seconds(20)}; }

 private:
  AsioLoop loop_;
  std::unique_ptr<Server> server_;
  uint16_t port_ = 0;
  std::thread thread_;
};

Response text(std::string body) {
  return {.status = 200, .content_type = "text/plain", .body = std::move(body), .headers = {}};
}

// What the server holds of a peer that reads only when the test says so.
struct Wire {
  Connection::Events events;
  size_t unsent = 0;
  bool paused = false;
};

class WireConnection final : public Connection {
 public:
  explicit WireConnection(Wire& wire) : wire_(wire) {}
  void start(Events events) override { wire_.events = std::move(events); }
  void write(std::string bytes) override { wire_.unsent += bytes.size(); }
  size_t unsent() const override { return wire_.unsent; }
  void pause_reading() override { wire_.paused = true; }
  void resume_reading() override { wire_.paused = false; }
  void close_after_writes() override {}
  const std::string& peer() const override { return peer_; }

 private:
  Wire& wire_;
  const std::string peer_ = "127.0.0.1:1";
};

// Accepts what it is given; the test runs posted tasks, and the timer that was set last.
class WireLoop final : public EventLoop {
 public:
  using Accept = std::function<void(std::unique_ptr<Connection>)>;

  void post(std::function<void()> task) override { posted.push_back(std::move(task)); }
  std::unique_ptr<Timer> run_after(Duration, std::function<void()> task) override {
    timer = std::move(task);
    return nullptr;
  }
  void expire() { std::exchange(timer, nullptr)(); }
  std::unique_ptr<Listener> listen(const std::string&, uint16_t, Accept on_accept) override {
    accept = std::move(on_accept);
    return nullptr;
  }
  Accept accept;
  std::vector<std::function<void()>> posted;
  std::function<void()> timer;
};

}  // namespace

TEST_CASE("a request is answered at once or later") {
  Serving serving([](AsioLoop&, const Request& request, const Server::Respond& respond) {
    respond(text(request.method + " " + request.path + " " + request.body));
  });
  const Response response = serving.client().send("POST", "/x?y=1", "hello");
  CHECK(response.status == 200);
  CHECK(response.body == "POST /x hello");
  CHECK(response.content_type == "text/plain");

  Serving later([](AsioLoop& loop, const Request& request, const Server::Respond& respond) {
    loop.post([respond, body = request.body] { respond(text(body)); });
  });
  CHECK(later.client().send("PUT", "/", "after").body == "after");
}

TEST_CASE("a large body goes both ways and an oversized one is refused") {
  Serving serving([](AsioLoop&, const Request& request,
                     const Server::Respond& respond) { respond(text(request.body)); },
                  {.body_bytes = 3'000'000});
  const std::string large(3'000'000, 'x');
  CHECK(serving.client().send("POST", "/", large).body == large);
  const std::string too_large(100, 'x');
  Serving small(
      [](AsioLoop&, const Request&, const Server::Respond& respond) { respond(text("")); },
      {.body_bytes = 99});
  CHECK(small.client().send("POST", "/", too_large).status == 413);
}

TEST_CASE("requests wait while their peer does not read the answers before") {
  constexpr size_t kAnswer = 600'000;
  size_t requests = 0;
  std::vector<Server::Respond> later;
  bool at_once = true;
  WireLoop loop;
  Server server(loop, {}, [&](const Request&, const Server::Respond& respond) {
    ++requests;
    at_once ? respond(text(std::string(kAnswer, 'x'))) : later.push_back(respond);
  });
  Wire wire;
  loop.accept(std::make_unique<WireConnection>(wire));
  std::string pipelined;
  for (int i = 0; i < 5; ++i) {
    pipelined += "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  wire.events.on_data(pipelined);
  CHECK(requests == 2);  // the second passes 1 MiB
  CHECK(wire.paused);
  CHECK(wire.unsent < 2 * kAnswer + 1000);

  wire.unsent = 0;
  wire.events.on_drained();
  CHECK(requests == 4);
  CHECK(wire.paused);

  at_once = false;
  wire.unsent = 0;
  wire.events.on_drained();
  CHECK(requests == 5);
  CHECK(wire.paused);  // its answer is awaited
  later.front()(text(std::string(2 * kAnswer, 'x')));
  CHECK(wire.paused);
  wire.unsent = 0;
  wire.events.on_drained();
  CHECK(!wire.paused);
  wire.events.on_data("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(requests == 6);
}

TEST_CASE("a peer that reads nothing of its answers is let go, and one that reads slowly is not") {
  for (const bool keeps_alive : {true, false}) {
    WireLoop loop;
    Server server(loop, {}, [](const Request&, const Server::Respond& respond) {
      respond(text(std::string(2 << 20, 'x')));
    });
    Wire wire;
    loop.accept(std::make_unique<WireConnection>(wire));
    wire.events.on_data(std::string("GET / HTTP/1.1\r\nHost: x\r\n") +
                        (keeps_alive ? "\r\n" : "Connection: close\r\n\r\n"));
    REQUIRE(loop.timer);
    wire.unsent -= 1;
    loop.expire();
    CHECK(loop.posted.empty());
    REQUIRE(loop.timer);
    loop.expire();
    REQUIRE(loop.posted.size() == 1);
    loop.posted.front()();
    CHECK(server.connections() == 0);
  }
}

TEST_CASE("nobody listening is an error that names the address") {
  uint16_t port = 0;
  {
    Serving serving(
        [](AsioLoop&, const Request&, const Server::Respond& respond) { respond(text("")); });
    AsioLoop loop;
    port = loop.listen("127.0.0.1", 0, [](auto) {})->port();
  }
  CHECK_THROWS_WITH_AS(
      Client("127.0.0.1", port, Duration::seconds(5)).send("GET", "/"),
      ("cannot connect to 127.0.0.1:" + std::to_string(port) + ": Connection refused").c_str(),
      Error);
}

TEST_CASE("an answer that was cut short is not taken for whole") {
  CHECK(parse_response("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nab").status == 404);
  CHECK_THROWS_AS(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"), Error);
  CHECK_THROWS_AS(parse_response("HTTP/1.1 200 OK\r\n"), Error);
  CHECK_THROWS_AS(parse_response("220 smtp ready, at your service\r\n\r\n"), Error);
}

TEST_CASE("paths and escapes") {
  CHECK(path_segments("/a/b%2Fc/") == std::vector<std::string>{"a", "b/c", ""});
  CHECK(!path_segments("/a%2").has_value());
  CHECK(percent_decoded("a+b%20c", true) == "a b c");
  CHECK(percent_decoded("a+b", false) == "a+b");
  CHECK(percent_encoded("a b/ü.x") == "a%20b%2F%C3%BC.x");
  CHECK(percent_decoded(percent_encoded("a b/ü.x"), false) == "a b/ü.x");
}

}  // namespace millrace::io::http
