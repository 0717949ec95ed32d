#include "broker/session.h"

#include <algorithm>

#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "broker/access/credentials.h"
#include "broker/broker.h"
#include "broker/handlers.h"
#include "broker/handlers/sasl_authenticate.h"
#include "broker/metrics.h"
#include "broker/quotas/quotas.h"
#include "kafka/messages/api_versions.h"

namespace millrace::broker {

using kafka::ApiKey;
using kafka::RequestHeader;

// For the log.
static std::string text_of(const RequestHeader& header) {
  const std::string_view name = name_of(header.api_key);
  return (name.empty() ? "API " + std::to_string(static_cast<int>(header.api_key))
                       : std::string(name)) +
         " version " + std::to_string(header.api_version) + ", client id '" +
         header.client_id.value_or("") + "'";
}

static std::string text_of(const SharedBytes& frame) {
  try {
    kafka::Reader in(frame);
    return text_of(RequestHeader::decode(in));
  } catch (const Error&) {  // that is what the log has to say, then
    return "without a header";
  }
}

kafka::Frame Answer::frame_of(const Encode& encode, Duration held_back, size_t& size) const {
  kafka::Writer out;
  out.write<int32_t>(0);  // the length, below
  encode_response_header(header_, out);
  encode(out, held_back);
  size = out.size();
  out.patch_int32(0, static_cast<int32_t>(size - sizeof(int32_t)));
  return out.take_frame();
}

// Part of the place where requests end: the answer may come long after receive() has returned.
void Answer::send_encoded(const Encode& encode) const {
  const auto session = session_.lock();
  if (!session) {
    return;
  }
  try {
    size_t size = 0;
    kafka::Frame frame = frame_of(encode, {}, size);
    const Duration held_back = session->charge(number_, header_.client_id.value_or(""), size);
    if (held_back.ms() > 0) {
      frame = frame_of(encode, held_back, size);
    }
    session->complete(number_, std::move(frame));
  } catch (const Error& error) {
    session->give_up(text_of(header_), error.message());
  }
}

void Answer::send_nothing() const {
  if (const auto session = session_.lock()) {
    session->charge(number_, header_.client_id.value_or(""), 0);
    session->complete(number_, {});
  }
}

void Answer::conclude_login(Authentication::Step step) const {
  const auto session = session_.lock();
  if (!session) {
    return;
  }
  const kafka::SaslAuthenticateResponse response = session->login_.conclude(
      std::move(step), form_ == Form::bare ? int16_t{0} : header_.api_version,
      session->broker_.world().clock->monotonic());
  if (form_ == Form::framed) {
    send(response);
  } else if (!session->login_.has_failed()) {
    kafka::Writer out;
    out.write<int32_t>(static_cast<int32_t>(response.auth_bytes.size()));
    session->complete(number_, kafka::Frame(out.take() + response.auth_bytes));
  }
  session->close_if_refused();
}

void Answer::keep(std::shared_ptr<void> waiting) const {
  if (const auto session = session_.lock()) {
    if (Session::Pending* pending = session->find(number_)) {
      pending->waiting = std::move(waiting);
    }
  }
}

void Answer::give_up(std::string_view why) const {
  if (const auto session = session_.lock()) {
    session->give_up(text_of(header_), why);
  }
}

size_t Answer::request_bytes() const {
  const auto session = session_.lock();
  const Session::Pending* pending = session ? session->find(number_) : nullptr;
  return pending == nullptr ? 0 : pending->bytes;
}

Session::Session(Broker& broker, const Endpoint& endpoint, std::string peer, Events events)
    : broker_(broker),
      endpoint_(endpoint),
      peer_(std::move(peer)),
      host_(peer_.substr(0, peer_.rfind(':'))),
      login_(endpoint.login, broker.options().login_lifetime),
      events_(std::move(events)) {}

void Session::end() {
  events_ = {};
  first_number_ += pending_.size();
  // What waits may look at us while it goes.
  const std::deque<Pending> dropped = std::move(pending_);
  pending_.clear();
}

Session::Pending* Session::find(uint64_t number) {
  if (number < first_number_ || number - first_number_ >= pending_.size()) {
    return nullptr;
  }
  return &pending_[number - first_number_];
}

// One of the five places that catch: a request ends here.
void Session::receive(SharedBytes frame) {
  const auto self = shared_from_this();  // closing may let go of us
  const bool is_bare_step = login_.expects_bare_step();
  try {
    if (is_bare_step) {
      serve_bare_step(frame);
    } else {
      serve(frame);
    }
    close_if_refused();  // by a handshake
  } catch (const Error& error) {
    give_up(is_bare_step ? "a step of a login" : text_of(frame), error.message());
  }
}

void Session::give_up(std::string_view request, std::string_view why) {
  broker_.world().log->warning("broker", "request refused, connection closed",
                               {{"peer", peer_}, {"request", request}, {"error", why}});
  broker_.metrics().closed_for_fault.add();
  if (events_.close) {
    events_.close();
  }
}

void Session::serve(const SharedBytes& frame) {
  const size_t bytes = frame.size();
  kafka::Reader in(frame);
  RequestHeader header = RequestHeader::decode(in);
  const Handler* handler = find_handler(header.api_key);
  if (handler == nullptr) {
    throw Error(millrace::ErrorCode::unsupported,
                "there is no API " + std::to_string(static_cast<int>(header.api_key)));
  }
  const Instant received = broker_.world().clock->monotonic();
  if (!login_.admits(header.api_key, received)) {
    throw Error(millrace::ErrorCode::unauthorized,
                std::string(name_of(header.api_key)) + (login_.is_done()
                                                            ? " is not for whose login is over"
                                                            : " is not for who has not logged in"));
  }
  const uint64_t number = first_number_ + pending_.size();
  pending_.push_back({false, {}, nullptr, handler, received, bytes});
  if (header.api_version < handler->min_version || header.api_version > handler->max_version) {
    refuse_version(header);
    return;
  }
  const Caller caller{header.api_version,
                      header.client_id.value_or(""),
                      host_,
                      Access(broker_.acls(), login_.principal(), host_),
                      &login_,
                      &endpoint_};
  const Instant started = broker_.world().clock->monotonic();
  handler->serve(broker_, caller, in, Answer(weak_from_this(), number, std::move(header)));
  charge_time(caller.client_id, broker_.world().clock->monotonic() - started);
}

void Session::charge_time(std::string_view client_id, Duration spent) {
  constexpr double kPercent = 100;  // of the loop's thread
  if (!broker_.quotas().are_none()) {
    broker_.quotas().use(Quota::request_percentage, {login_.user(), client_id},
                         spent.as_seconds() * kPercent);
  }
}

Duration Session::charge(uint64_t number, std::string_view client_id, size_t answer_bytes) {
  Quotas& quotas = broker_.quotas();
  const Pending* pending = find(number);
  if (quotas.are_none() || pending == nullptr) {
    return {};
  }
  const Quotas::Client client{login_.user(), client_id};
  // The time of this request comes on top when it is known.
  Duration wait = quotas.use(Quota::request_percentage, client, 0);
  if (pending->handler->key == ApiKey::produce) {
    wait = std::max(wait,
                    quotas.use(Quota::producer_bytes, client, static_cast<double>(pending->bytes)));
  } else if (pending->handler->key == ApiKey::fetch) {
    wait = std::max(wait,
                    quotas.use(Quota::consumer_bytes, client, static_cast<double>(answer_bytes)));
  }
  if (wait.ms() > 0) {
    broker_.metrics().held_back.add();
    if (events_.hold_back) {
      events_.hold_back(wait);
    }
  }
  return wait;
}

// After SaslHandshake 0 a client sends nothing else until it is through.
void Session::serve_bare_step(const SharedBytes& frame) {
  const Handler* handler = find_handler(ApiKey::sasl_authenticate);
  const uint64_t number = first_number_ + pending_.size();
  pending_.push_back(
      {false, {}, nullptr, handler, broker_.world().clock->monotonic(), frame.size()});
  const Caller caller{0,       "",        host_, Access(broker_.acls(), login_.principal(), host_),
                      &login_, &endpoint_};
  sasl_authenticate(broker_, caller, {std::string(frame.view())},
                    Answer(weak_from_this(), number, {}, Answer::Form::bare));
}

void Session::close_if_refused() {
  if (!login_.has_failed() || !events_.close || std::exchange(is_refused_, true)) {
    return;
  }
  broker_.world().log->warning(
      "broker", "login refused, connection closed",
      {{"peer", peer_}, {"port", int64_t{endpoint_.port}}, {"error", login_.failure()}});
  broker_.metrics().refused_logins.add();
  events_.close();
}

// A client that asks ApiVersions in a version from the future is told, in the oldest layout, which
// versions there are, and asks again. Whoever asks anything else in an unknown version did not ask
// before, and there is no layout to tell it in.
void Session::refuse_version(const RequestHeader& header) {
  if (header.api_key != ApiKey::api_versions) {
    throw Error(millrace::ErrorCode::unsupported, std::string(name_of(header.api_key)) +
                                                      " has no version " +
                                                      std::to_string(header.api_version) + " here");
  }
  kafka::ApiVersionsResponse response = api_versions_answer();
  response.error_code = ErrorCode::unsupported_version;
  RequestHeader oldest = header;
  oldest.api_version = 0;
  const uint64_t number = first_number_ + pending_.size() - 1;
  Answer(weak_from_this(), number, std::move(oldest)).send(response);
}

void Session::complete(uint64_t number, kafka::Frame frame) {
  Pending* pending = find(number);
  if (pending == nullptr) {
    return;  // the connection ended meanwhile
  }
  check(!pending->ready, "a request is answered once");
  pending->ready = true;
  pending->frame = std::move(frame);
  const auto waiting = std::move(pending->waiting);
  broker_.request_time(*pending->handler)
      .observe(broker_.world().clock->monotonic() - pending->received);
  while (!pending_.empty() && pending_.front().ready) {
    kafka::Frame ready = std::move(pending_.front().frame);
    pending_.pop_front();
    ++first_number_;
    if (!ready.empty() && events_.send) {
      events_.send(std::move(ready));
    }
  }
}

}  // namespace millrace::broker
