#include "io/http/request_parser.h"

#include <doctest/doctest.h>

namespace millrace::io::http {

namespace {

// Feeds `bytes` in steps of `step`; what was complete on the way.
std::vector<Request> parse(RequestParser& parser, std::string_view bytes, size_t step) {
  std::vector<Request> requests;
  std::string pending;
  for (size_t at = 0; at < bytes.size() && !parser.refusal(); at += step) {
    pending += bytes.substr(at, step);
    while (!pending.empty() && !parser.refusal()) {
      const size_t used = parser.feed(pending);
      pending.erase(0, used);
      if (parser.complete()) {
        requests.push_back(parser.take());
      } else if (used == 0) {
        break;
      }
    }
  }
  return requests;
}

int refusal_of(std::string_view bytes, Limits limits = {}) {
  RequestParser parser(limits);
  parse(parser, bytes, 7);
  return parser.refusal() ? parser.refusal()->status : 0;
}

}  // namespace

TEST_CASE("requests arrive whole however the bytes were cut") {
  const std::string_view bytes =
      "GET /api/v1/sql?q=a+b%3D&empty HTTP/1.1\r\nHost: x\r\n\r\n"
      "POST /t HTTP/1.1\r\nhost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"
      "\r\nPOST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: z\r\n\r\n"
      "GET / HTTP/1.0\r\n\r\n";
  for (const size_t step : {size_t{1}, size_t{3}, size_t{17}, bytes.size()}) {
    CAPTURE(step);
    RequestParser parser{Limits{}};
    const std::vector<Request> requests = parse(parser, bytes, step);
    REQUIRE(requests.size() == 4);
    CHECK(requests[0].method == "GET");
    CHECK(requests[0].path == "/api/v1/sql");
    CHECK(*requests[0].parameter("q") == "a b=");
    CHECK(requests[0].parameter("empty")->empty());
    CHECK(requests[0].parameter("other") == nullptr);
    CHECK(requests[0].keep_alive);
    CHECK(requests[1].body == "hello");
    CHECK(!requests[1].keep_alive);
    CHECK(requests[2].body == "abc0123456789");
    CHECK(requests[2].keep_alive);
    CHECK(!requests[3].keep_alive);
  }
}

TEST_CASE("what could be read in two ways is refused") {
  CHECK(refusal_of("nonsense\r\n\r\n") == 400);
  CHECK(refusal_of("GET /\r\n\r\n") == 400);
  CHECK(refusal_of("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == 505);
  CHECK(refusal_of("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(refusal_of("GET /?a=%zz HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
  CHECK(refusal_of("GET / HTTP/1.1\r\n\r\n") == 400);  // no host
  CHECK(refusal_of("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n") == 400);
  CHECK(refusal_of("GET / HTTP/1.1\r\nHost : x\r\n\r\n") == 400);
  CHECK(refusal_of("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n") == 400);
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
  CHECK(refusal_of(post + "Content-Length: +1\r\n\r\n") == 400);
  CHECK(refusal_of(post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n") == 400);
  CHECK(refusal_of(post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(refusal_of(post + "Transfer-Encoding: gzip, chunked\r\n\r\n") == 501);
  CHECK(refusal_of(post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n") == 400);
  CHECK(refusal_of(post + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n") == 400);
  CHECK(refusal_of(post + "Transfer-Encoding: chunked\r\n\r\n1\nab") == 400);
}

TEST_CASE("limits hold before the bytes are kept") {
  const Limits limits{.head_bytes = 200, .headers = 3, .body_bytes = 10};
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  CHECK(refusal_of(head + "A: " + std::string(300, 'a'), limits) == 431);
  CHECK(refusal_of(head + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n", limits) == 431);
  CHECK(refusal_of(head + "Content-Length: 11\r\n\r\n", limits) == 413);
  CHECK(refusal_of(head + "Content-Length: 99999999999999999999\r\n\r\n", limits) == 400);
  const std::string chunked = head + "Transfer-Encoding: chunked\r\n\r\n";
  CHECK(refusal_of(chunked + "8\r\n01234567\r\n3\r\n", limits) == 413);
  CHECK(refusal_of(chunked + "FFFFFFFFFFFFFFFF\r\n", limits) == 413);
  CHECK(refusal_of(chunked + "0\r\nT: " + std::string(300, 'a') + "\r\n", limits) == 431);
  CHECK(refusal_of(head + "Content-Length: 10\r\n\r\n0123456789", limits) == 0);
}

TEST_CASE("a peer that expects 100 Continue is told once") {
  RequestParser parser{Limits{}};
  parser.feed("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(parser.take_wants_continue());
  CHECK(!parser.take_wants_continue());
  parser.feed("ab");
  CHECK(parser.take().body == "ab");
  CHECK(parser.idle());
}

}  // namespace millrace::io::http
