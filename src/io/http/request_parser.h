#pragma once

// Bytes of a connection into HTTP/1.1 requests, however they were cut on the way. Strict where
// leniency lets two readers disagree about where a request ends (RFC 9112 section 11): no folded
// headers, no length beside chunks, no repeated length, no space before a colon.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/http/message.h"

namespace millrace::io::http {

struct Limits {
  size_t head_bytes = 32 * 1024;  // request line and headers; trailers too
  size_t headers = 100;
  size_t body_bytes = 32 * 1024 * 1024;
};

// Why a request cannot be taken; the connection is of no more use.
struct Refusal {
  int status = 400;
  std::string message;
};

class RequestParser {
 public:
  explicit RequestParser(Limits limits) : limits_(limits) {}

  // Takes bytes from the front of `bytes` and says how many. Takes none once the request is
  // complete or refused; takes all of them otherwise.
  size_t feed(std::string_view bytes);

  bool complete() const { return state_ == State::complete; }
  const std::optional<Refusal>& refusal() const { return refusal_; }
  // Nothing of a request has arrived yet.
  bool idle() const { return state_ == State::head && buffer_.empty(); }
  // The peer waits for "100 Continue" before it sends the body. True once for each request.
  bool take_wants_continue();
  // The complete request; the parser is ready for the next one.
  Request take();

 private:
  enum class State : uint8_t { head, body, chunk_size, chunk, chunk_end, trailers, complete };

  size_t feed_head(std::string_view bytes);
  size_t feed_line(std::string_view bytes);
  size_t feed_bytes(std::string_view bytes);
  void refuse(int status, std::string message);
  void parse_head(std::string_view head);
  void parse_request_line(std::string_view line);
  void parse_target(std::string_view target);
  void parse_header(std::string_view line);
  void begin_body();
  void begin_chunk(std::string_view line);
  void end_line(std::string_view line);

  Limits limits_;
  State state_ = State::head;
  std::string buffer_;  // a head or a line, until it is whole
  size_t trailer_bytes_ = 0;
  uint64_t body_left_ = 0;  // of the body or of the chunk
  bool wants_continue_ = false;
  Request request_;
  std::optional<Refusal> refusal_;
};

}  // namespace millrace::io::http
