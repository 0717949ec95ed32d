#pragma once

// For the tests of this layer: the broker without sockets, on a disk and a clock that the test
// owns, and a client of it.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "broker/broker.h"
#include "broker/session.h"
#include "io/simulated_files.h"
#include "io/simulated_loop.h"
#include "kafka/header.h"

namespace millrace::broker {

// A machine, and the broker that runs on it from start() to crash().
struct Machine {
  explicit Machine(uint64_t seed = 1) : random(seed), files(seed) {}

  io::World world() { return {&clock, &random, &files, &log, &metrics}; }

  void start() {
    loop = std::make_unique<io::SimulatedLoop>(&clock);
    store = std::make_unique<topic::Store>(world(), "data/topics");
    syncer = std::make_unique<topic::Syncer>(world());
    broker = std::make_unique<Broker>(world(), loop.get(), store.get(), syncer.get(), options);
  }
  void stop() {
    broker.reset();
    syncer.reset();
    store.reset();
    loop.reset();
    files.kill();
  }
  void crash() {
    stop();
    files.crash();
  }
  // Everything that can happen without the syncs of records or the passing of time.
  void settle() {
    while (loop->run_ready() || broker->worker().step()) {
    }
  }
  void sync() {
    syncer->step();
    settle();
  }
  // Everything that can happen without the passing of time.
  void settle_and_sync() {
    settle();
    while (syncer->step()) {
      settle();
    }
  }
  void pass(Duration time) {
    clock.advance(time);
    settle();
  }

  Options options{.directory = "data/broker"};
  ManualClock clock{Timestamp{1'700'000'000'000}};
  Random random;
  io::SimulatedFiles files;
  std::string logged;
  Log log{&clock, LogLevel::info, [this](const LogEntry& entry) { logged += entry.to_json(); }};
  Metrics metrics;
  std::unique_ptr<io::SimulatedLoop> loop;
  std::unique_ptr<topic::Store> store;
  std::unique_ptr<topic::Syncer> syncer;
  std::unique_ptr<Broker> broker;
};

// The latest version in which requests name topics, and do not number them.
template <typename Message>
constexpr int16_t version_to_speak() {
  constexpr kafka::ApiKey kKey = Message::kApiKey;
  if constexpr (kKey == kafka::ApiKey::produce || kKey == kafka::ApiKey::fetch) {
    return std::min<int16_t>(12, Message::kMaxVersion);
  } else if constexpr (kKey == kafka::ApiKey::offset_commit ||
                       kKey == kafka::ApiKey::offset_fetch) {
    return 9;
  } else {
    return Message::kMaxVersion;
  }
}

class Client {
 public:
  explicit Client(Machine& machine, std::string name = "test",
                  LoginPolicy login = LoginPolicy::anybody)
      : machine_(machine),
        name_(std::move(name)),
        endpoint_{.login = login},
        session_(std::make_shared<Session>(
            *machine.broker, endpoint_, "127.0.0.1:1",
            Session::Events{[this](kafka::Frame frame) { answers_.push_back(frame.take_flat()); },
                            [this] { closed_ = true; }})) {}
  ~Client() { session_->end(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  template <typename Request>
  void send(const Request& request, int16_t version = version_to_speak<Request>()) {
    send_only(request, version);
    machine_.settle();
  }
  // And what is not done as the request comes in is left undone.
  template <typename Request>
  void send_only(const Request& request, int16_t version = version_to_speak<Request>()) {
    kafka::Writer out;
    kafka::RequestHeader{Request::kApiKey, version, ++sent_, name_}.encode(out);
    request.encode(out, version);
    session_->receive(SharedBytes::copy_of(out.take()));
  }
  size_t answered() const { return answers_.size(); }
  bool closed() const { return closed_; }
  // The oldest answer that was not taken yet.
  template <typename Response>
  Response take(int16_t version = version_to_speak<Response>()) {
    check(!answers_.empty(), "an answer has come");
    kafka::Reader in(SharedBytes::copy_of(std::string_view(answers_.front()).substr(4)));
    answers_.erase(answers_.begin());
    check(kafka::decode_response_header(Response::kApiKey, version, in) == ++taken_,
          "answers come in order");
    Response response = Response::decode(in, version);
    check(in.empty(), "nothing follows an answer");
    return response;
  }
  template <typename Response, typename Request>
  Response ask(const Request& request, int16_t version = version_to_speak<Request>()) {
    send(request, version);
    return take<Response>(version);
  }
  std::string take_raw() {
    check(!answers_.empty(), "an answer has come");
    std::string answer = std::move(answers_.front());
    answers_.erase(answers_.begin());
    return answer;
  }
  void receive_raw(std::string_view bytes) { session_->receive(SharedBytes::copy_of(bytes)); }

 private:
  Machine& machine_;
  const std::string name_;
  const Endpoint endpoint_;
  std::shared_ptr<Session> session_;
  std::vector<std::string> answers_;
  int32_t sent_ = 0;
  int32_t taken_ = 0;
  bool closed_ = false;
};

}  // namespace millrace::broker
