#include "io/http/origin.h"

#include <doctest/doctest.h>

namespace millrace::io::http {

TEST_CASE("another website's page is turned away") {
  const auto trusted = [](std::string host, std::string origin, const std::string& address) {
    Request request;
    request.headers.push_back({"host", std::move(host)});
    if (!origin.empty()) {
      request.headers.push_back({"origin", std::move(origin)});
    }
    return is_trusted(request, address);
  };
  CHECK(trusted("localhost:8080", "", "127.0.0.1"));
  CHECK(trusted("127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1"));
  CHECK(trusted("[::1]:8080", "", "127.0.0.1"));
  CHECK(trusted("localhost", "", "127.0.0.1"));
  CHECK(!trusted("evil.example:8080", "", "127.0.0.1"));
  CHECK(!trusted("127.evil.example", "", "127.0.0.1"));
  CHECK(!trusted("127.0.0.1:8080", "http://evil.example", "127.0.0.1"));
  CHECK(!trusted("127.0.0.1:8080", "null", "127.0.0.1"));
  CHECK(trusted("streams.example:8080", "", "0.0.0.0"));
  CHECK(!trusted("streams.example:8080", "https://evil.example", "0.0.0.0"));
}

}  // namespace millrace::io::http
