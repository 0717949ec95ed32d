#pragma once

// One client's connection as the protocol sees it: requests in, answers out in the order of the
// requests, though some are ready sooner than others.

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/shared_bytes.h"
#include "base/time.h"
#include "broker/access/access.h"
#include "broker/access/login.h"
#include "broker/endpoint.h"
#include "kafka/header.h"
#include "kafka/wire.h"

namespace millrace::broker {

class Broker;
class Session;
struct Handler;

// The place of one answer among those of its connection. Copies share it. Where the connection is
// gone, what is sent goes nowhere.
class Answer {
 public:
  // A bare step of a login came without a header, and so is its answer.
  enum class Form : uint8_t { framed, bare };
  Answer(std::weak_ptr<Session> session, uint64_t number, kafka::RequestHeader header,
         Form form = Form::framed)
      : session_(std::move(session)), number_(number), header_(std::move(header)), form_(form) {}

  // An answer that the protocol cannot express ends the connection instead.
  template <typename Response>
  void send(const Response& response) const {
    send_encoded([&](kafka::Writer& out, Duration held_back) {
      if constexpr (requires { response.throttle_time_ms; }) {
        if (held_back.ms() > 0) {
          Response told = response;
          told.throttle_time_ms = static_cast<int32_t>(held_back.ms());
          told.encode(out, header_.api_version);
          return;
        }
      }
      response.encode(out, header_.api_version);
    });
  }
  // For requests that expect no answer (acks=0).
  void send_nothing() const;
  // Keeps what waits on behalf of the request until it is answered or its connection ends.
  void keep(std::shared_ptr<void> waiting) const;
  // Tells the client how its step went, and ends its connection where it has failed.
  void conclude_login(Authentication::Step step) const;
  // There is none: ends the connection, and logs why.
  void give_up(std::string_view why) const;
  // Of the request that waits for it.
  size_t request_bytes() const;

 private:
  using Encode = std::function<void(kafka::Writer& out, Duration held_back)>;
  void send_encoded(const Encode& encode) const;
  kafka::Frame frame_of(const Encode& encode, Duration held_back, size_t& size) const;

  std::weak_ptr<Session> session_;
  uint64_t number_;
  kafka::RequestHeader header_;
  Form form_;
};

// Who asks, as far as handlers care.
struct Caller {
  int16_t version = 0;
  std::string client_id;
  std::string host;
  Access access;
  Login* login = nullptr;  // the connection's; says who it is
  const Endpoint* endpoint = nullptr;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  struct Events {
    std::function<void(kafka::Frame frame)> send;       // a whole answer, with its length before it
    std::function<void()> close;                        // the client cannot be talked to any more
    std::function<void(Duration time)> hold_back = {};  // it is over its quota: nothing is read
  };
  // `broker` and `endpoint` outlive it. `peer` is "address:port".
  Session(Broker& broker, const Endpoint& endpoint, std::string peer, Events events);

  // A request, without the length before it.
  void receive(SharedBytes frame);
  // The connection ended: nothing is sent any more, and what waits is dropped.
  void end();

  // It has logged in, or need not.
  bool is_known() const { return login_.is_done(); }
  // Requests without an answer yet: a measure of when to stop reading.
  size_t unanswered() const { return pending_.size(); }

 private:
  friend class Answer;
  struct Pending {
    bool ready = false;
    kafka::Frame frame;  // empty: nothing is sent
    std::shared_ptr<void> waiting;
    const Handler* handler = nullptr;
    Instant received;
    size_t bytes = 0;  // of the request
  };

  void serve(const SharedBytes& frame);
  void serve_bare_step(const SharedBytes& frame);
  void close_if_refused();
  void refuse_version(const kafka::RequestHeader& header);
  void give_up(std::string_view request, std::string_view why);
  // How long the client has to wait by its quotas, with this answer counted.
  Duration charge(uint64_t number, std::string_view client_id, size_t answer_bytes);
  void charge_time(std::string_view client_id, Duration spent);
  void complete(uint64_t number, kafka::Frame frame);
  Pending* find(uint64_t number);

  Broker& broker_;
  const Endpoint& endpoint_;
  const std::string peer_;
  const std::string host_;
  Login login_;
  bool is_refused_ = false;
  Events events_;
  std::deque<Pending> pending_;
  uint64_t first_number_ = 0;  // of the front of pending_
};

}  // namespace millrace::broker
