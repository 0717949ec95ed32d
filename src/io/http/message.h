#pragma once

// Requests and responses of HTTP/1.1 (RFC 9112), as values.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::io::http {

struct Header {
  std::string name;  // in lower case
  std::string value;
};

struct Request {
  std::string method;  // "GET"
  std::string path;    // "/api/v1/topics/a%20b", as sent, without the query
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  std::vector<Header> headers;
  std::string body;
  bool keep_alive = true;
  std::string peer;  // "127.0.0.1:51234"; empty where it did not come over a connection

  // The first header or query parameter of that name, or nullptr.
  const std::string* header(std::string_view lower_case_name) const;
  const std::string* parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<Header> headers;
};

// "Not Found" of 404.
std::string_view reason_of(int status);
// With %41 and, in a query, '+' replaced by what they stand for; nothing where an escape is broken.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);
// Everything but letters, digits and -._~ as %XX.
std::string percent_encoded(std::string_view text);
// The decoded parts between the slashes of a path: "/a/b%2Fc" is {"a", "b/c"}.
std::optional<std::vector<std::string>> path_segments(std::string_view path);

}  // namespace millrace::io::http
