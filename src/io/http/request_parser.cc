#include "io/http/request_parser.h"

#include <algorithm>
#include <charconv>

#include "base/ascii_case.h"
#include "base/check.h"
#include "base/split.h"

namespace millrace::io::http {

namespace {

constexpr size_t kChunkLineBytes = 256;  // a size in hexadecimal and extensions that nobody sends

// RFC 9110 section 5.6.2: what methods and header names are made of.
bool is_token(std::string_view text) {
  static constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (to_lower(c) >= 'a' && to_lower(c) <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool is_visible_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  });
}

std::string_view without_blanks(std::string_view text) { return trimmed(text, " \t"); }

// All of `text` as a number, in digits alone: from_chars would take a sign.
std::optional<uint64_t> number(std::string_view text, int base) {
  uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  return whole && !text.empty() ? std::optional(value) : std::nullopt;
}

// "close, Upgrade" names close.
bool names(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const std::string_view element = list.substr(0, list.find(','));
    if (lower_case(without_blanks(element)) == wanted) {
      return true;
    }
    list.remove_prefix(std::min(list.size(), element.size() + 1));
  }
  return false;
}

}  // namespace

void RequestParser::refuse(int status, std::string message) {
  if (!refusal_) {
    refusal_ = Refusal{status, std::move(message)};
  }
}

size_t RequestParser::feed(std::string_view bytes) {
  size_t used = 0;
  while (used < bytes.size() && !refusal_ && state_ != State::complete) {
    const std::string_view rest = bytes.substr(used);
    switch (state_) {
      case State::head: used += feed_head(rest); break;
      case State::chunk_size:
      case State::chunk_end:
      case State::trailers: used += feed_line(rest); break;
      case State::body:
      case State::chunk: used += feed_bytes(rest); break;
      case State::complete: break;
    }
  }
  return used;
}

// Collects up to the empty line. The line breaks that some clients send after a body are skipped.
size_t RequestParser::feed_head(std::string_view bytes) {
  if (buffer_.empty() && (bytes.front() == '\r' || bytes.front() == '\n')) {
    return 1;
  }
  const size_t before = buffer_.size();
  buffer_.append(bytes.substr(0, limits_.head_bytes + 1 - std::min(before, limits_.head_bytes)));
  const size_t end = buffer_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
  if (end == std::string::npos) {
    if (buffer_.size() > limits_.head_bytes) {
      refuse(431, "request head exceeds " + std::to_string(limits_.head_bytes) + " bytes");
    }
    return buffer_.size() - before;
  }
  const std::string head = buffer_.substr(0, end + 2);
  buffer_.clear();
  parse_head(head);
  if (!refusal_) {
    begin_body();
  }
  return end + 4 - before;
}

size_t RequestParser::feed_line(std::string_view bytes) {
  const size_t newline = bytes.find('\n');
  const size_t used = newline == std::string_view::npos ? bytes.size() : newline + 1;
  if (buffer_.size() + used > kChunkLineBytes && state_ != State::trailers) {
    refuse(400, "chunk header is too long");
    return used;
  }
  buffer_.append(bytes.substr(0, used));
  if (state_ == State::trailers && (trailer_bytes_ += used) > limits_.head_bytes) {
    refuse(431, "trailers exceed " + std::to_string(limits_.head_bytes) + " bytes");
  } else if (newline != std::string_view::npos) {
    const std::string line = std::move(buffer_);
    buffer_.clear();
    if (line.size() < 2 || line[line.size() - 2] != '\r') {
      refuse(400, "a line of the chunked body does not end in CR LF");
    } else {
      end_line(std::string_view(line).substr(0, line.size() - 2));
    }
  }
  return used;
}

void RequestParser::end_line(std::string_view line) {
  if (state_ == State::chunk_size) {
    begin_chunk(line);
  } else if (state_ == State::chunk_end) {
    state_ = State::chunk_size;
    if (!line.empty()) {
      refuse(400, "a chunk is longer than it says");
    }
  } else if (line.empty()) {
    state_ = State::complete;
  }  // trailers are read over: nothing here needs one
}

size_t RequestParser::feed_bytes(std::string_view bytes) {
  const size_t used = static_cast<size_t>(std::min<uint64_t>(body_left_, bytes.size()));
  request_.body.append(bytes.substr(0, used));
  body_left_ -= used;
  if (body_left_ == 0) {
    state_ = state_ == State::body ? State::complete : State::chunk_end;
  }
  return used;
}

void RequestParser::parse_head(std::string_view head) {
  const size_t line_end = head.find("\r\n");
  parse_request_line(head.substr(0, line_end));
  head.remove_prefix(line_end + 2);
  while (!head.empty() && !refusal_) {
    const size_t end = head.find("\r\n");
    parse_header(head.substr(0, end));
    head.remove_prefix(end + 2);
  }
}

void RequestParser::parse_request_line(std::string_view line) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first))) {
    refuse(400, "the request line is not 'METHOD target HTTP/1.1'");
    return;
  }
  const std::string_view version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool is_http = version.substr(0, 5) == "HTTP/";
    refuse(is_http ? 505 : 400, "only HTTP/1.1 and HTTP/1.0 are spoken here");
    return;
  }
  request_.method = line.substr(0, first);
  request_.keep_alive = version == "HTTP/1.1";
  parse_target(line.substr(first + 1, last - first - 1));
}

void RequestParser::parse_target(std::string_view target) {
  const bool printable = std::all_of(target.begin(), target.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
  });
  if (target.empty() || target.front() != '/' || !printable) {
    refuse(400, "the request target is not a path");
    return;
  }
  const size_t question = target.find('?');
  request_.path = target.substr(0, question);
  std::string_view rest =
      question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  while (!rest.empty() && !refusal_) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const size_t equals = std::min(pair.find('='), pair.size());
    auto name = percent_decoded(pair.substr(0, equals), true);
    auto value = percent_decoded(pair.substr(std::min(pair.size(), equals + 1)), true);
    if (!name || !value) {
      refuse(400, "the query holds a broken % escape");
    } else if (!pair.empty()) {
      request_.query.emplace_back(std::move(*name), std::move(*value));
    }
  }
}

void RequestParser::parse_header(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)) ||
      !is_visible_text(line)) {
    refuse(400, "a header is not 'Name: value'");
  } else if (request_.headers.size() == limits_.headers) {
    refuse(431, "more than " + std::to_string(limits_.headers) + " headers");
  } else {
    request_.headers.push_back(
        {lower_case(line.substr(0, colon)), std::string(without_blanks(line.substr(colon + 1)))});
  }
}

// Decides how the body is delimited (RFC 9112 section 6.3).
void RequestParser::begin_body() {
  const auto count = [this](std::string_view name) {
    return std::count_if(request_.headers.begin(), request_.headers.end(),
                         [&](const Header& header) { return header.name == name; });
  };
  const std::string* length = request_.header("content-length");
  const std::string* encoding = request_.header("transfer-encoding");
  const bool is_1_1 = request_.keep_alive;
  if (const std::string* connection = request_.header("connection")) {
    request_.keep_alive = is_1_1 ? !names(*connection, "close") : names(*connection, "keep-alive");
  }
  if (is_1_1 && count("host") != 1) {
    return refuse(400, "exactly one Host header is needed");
  }
  if (encoding != nullptr) {
    if (length != nullptr || count("transfer-encoding") != 1 || !is_1_1) {
      return refuse(400, "Transfer-Encoding beside Content-Length, repeated, or in HTTP/1.0");
    }
    if (lower_case(*encoding) != "chunked") {
      return refuse(501, "the only transfer encoding understood is chunked");
    }
    state_ = State::chunk_size;
  } else if (length != nullptr) {
    const std::optional<uint64_t> bytes = number(*length, 10);
    if (count("content-length") != 1 || !bytes) {
      return refuse(400, "Content-Length is not one number");
    }
    if (*bytes > limits_.body_bytes) {
      return refuse(413, "the body exceeds " + std::to_string(limits_.body_bytes) + " bytes");
    }
    body_left_ = *bytes;
    state_ = *bytes == 0 ? State::complete : State::body;
  } else {
    state_ = State::complete;
  }
  const std::string* expect = request_.header("expect");
  wants_continue_ = expect != nullptr && lower_case(*expect) == "100-continue" &&
                    state_ != State::complete && is_1_1;
}

void RequestParser::begin_chunk(std::string_view line) {
  const std::string_view digits = without_blanks(line.substr(0, line.find(';')));
  const std::optional<uint64_t> bytes = number(digits, 16);
  if (!bytes) {
    refuse(400, "a chunk's size is not a hexadecimal number");
  } else if (*bytes > limits_.body_bytes - request_.body.size()) {
    refuse(413, "the body exceeds " + std::to_string(limits_.body_bytes) + " bytes");
  } else {
    body_left_ = *bytes;
    state_ = *bytes == 0 ? State::trailers : State::chunk;
  }
}

bool RequestParser::take_wants_continue() { return std::exchange(wants_continue_, false); }

Request RequestParser::take() {
  check(complete(), "a request is taken once it is complete");
  state_ = State::head;
  trailer_bytes_ = 0;
  wants_continue_ = false;
  return std::exchange(request_, {});
}

}  // namespace millrace::io::http
