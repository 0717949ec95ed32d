#include "io/http/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/error.h"

namespace millrace::io::http {

namespace {

class Socket {
 public:
  Socket(const std::string& address, uint16_t port, Duration timeout)
      : peer_(address + ":" + std::to_string(port)),
        descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    if (descriptor_ < 0 || ::inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1) {
      throw Error(ErrorCode::invalid_argument, "cannot connect to '" + peer_ + "'");
    }
    const timeval limit{.tv_sec = timeout.ns / 1'000'000'000,
                        .tv_usec = timeout.ns % 1'000'000'000 / 1000};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
      const int error = errno;
      ::close(descriptor_);
      throw Error(ErrorCode::unavailable,
                  "cannot connect to " + peer_ + ": " + std::strerror(error));
    }
  }
  ~Socket() { ::close(descriptor_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EINTR) {
        fail("send to");
      }
      bytes.remove_prefix(sent < 0 ? 0 : static_cast<size_t>(sent));
    }
  }
  std::string read_to_end() {
    std::string bytes;
    char part[64 * 1024];
    while (true) {
      const ssize_t got = ::recv(descriptor_, part, sizeof(part), 0);
      if (got == 0) {
        return bytes;
      }
      if (got < 0 && errno != EINTR) {
        fail("receive from");
      }
      bytes.append(part, got < 0 ? 0 : static_cast<size_t>(got));
    }
  }

 private:
  [[noreturn]] void fail(std::string_view attempt) {
    const bool late = errno == EAGAIN || errno == EWOULDBLOCK;
    throw Error(late ? ErrorCode::timeout : ErrorCode::unavailable,
                "cannot " + std::string(attempt) + " " + peer_ + ": " +
                    (late ? "it took too long" : std::strerror(errno)));
  }

  std::string peer_;
  int descriptor_;
};

[[noreturn]] void not_http(std::string_view why) {
  throw Error(ErrorCode::corrupt, "the answer is not HTTP: " + std::string(why));
}

}  // namespace

Response Client::send(std::string_view method, std::string_view target, std::string_view body,
                      std::string_view content_type) const {
  Socket socket(address_, port_, timeout_);
  std::string head = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
  head += "Host: " + address_ + ":" + std::to_string(port_) + "\r\nConnection: close\r\n";
  if (!body.empty()) {
    head += "Content-Type: " + std::string(content_type) + "\r\n";
  }
  head += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  socket.write(head + std::string(body));
  return parse_response(socket.read_to_end());
}

Response parse_response(std::string_view bytes) {
  const size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string_view::npos || bytes.substr(0, 7) != "HTTP/1." || bytes.size() < 12) {
    not_http("it has no head");
  }
  Response response;
  const auto [end, failure] = std::from_chars(bytes.data() + 9, bytes.data() + 12, response.status);
  if (failure != std::errc() || response.status < 100) {
    not_http("it has no status");
  }
  std::string_view head = bytes.substr(0, head_end);
  response.body = bytes.substr(head_end + 4);
  for (size_t at = head.find("\r\n"); at != std::string_view::npos; at = head.find("\r\n")) {
    head.remove_prefix(at + 2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos) {
      not_http("a header has no value");
    }
    Header header{std::string(line.substr(0, colon)), std::string(line.substr(colon + 2))};
    for (char& c : header.name) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    }
    if (header.name == "content-length" && header.value != std::to_string(response.body.size())) {
      not_http("it was cut short");
    }
    if (header.name == "content-type") {
      response.content_type = header.value;
    }
    response.headers.push_back(std::move(header));
  }
  return response;
}

}  // namespace millrace::io::http
