#include "api/router.h"

#include <charconv>

#include "api/route.h"

namespace millrace::api {

using io::http::Request;
using io::http::Response;

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::syntax:
    case ErrorCode::type_mismatch: return 400;
    case ErrorCode::unauthorized: return 401;
    case ErrorCode::forbidden: return 403;
    case ErrorCode::not_found: return 404;
    case ErrorCode::already_exists:
    case ErrorCode::conflict: return 409;
    case ErrorCode::unsupported: return 422;
    case ErrorCode::unavailable:
    case ErrorCode::cancelled: return 503;
    case ErrorCode::timeout: return 504;
    case ErrorCode::disk_full: return 507;
    case ErrorCode::io:
    case ErrorCode::corrupt:
    case ErrorCode::internal: return 500;
  }
  return 500;
}

Response json(const Json& body, int status) {
  return {.status = status,
          .content_type = "application/json",
          .body = body.dump() + "\n",
          .headers = {}};
}

Response error_response(const Error& error) {
  Json body = Json::object({{"code", name_of(error.code())}, {"message", error.message()}});
  if (error.position()) {
    Json position = Json::object(
        {{"line", int64_t{error.position()->line}}, {"column", int64_t{error.position()->column}}});
    if (!error.position()->file.empty()) {
      position.set("file", error.position()->file);
    }
    body.set("position", std::move(position));
  }
  return json(Json::object({{"error", std::move(body)}}), status_of(error.code()));
}

Json Call::body() const { return Json::parse(request.body); }

const Json& Call::required(const Json& body, std::string_view member) {
  const Json* found = body.find(member);
  if (found == nullptr) {
    throw Error(ErrorCode::invalid_argument,
                "the body lacks the member '" + std::string(member) + "'");
  }
  return *found;
}

int64_t Call::number(std::string_view parameter, int64_t otherwise, int64_t most) const {
  const std::string* text = request.parameter(parameter);
  if (text == nullptr) {
    return otherwise;
  }
  int64_t value = -1;
  const char* end = text->data() + text->size();
  const auto [stop, failure] = std::from_chars(text->data(), end, value);
  if (failure != std::errc() || stop != end || value < 0 || value > most) {
    throw Error(ErrorCode::invalid_argument, "'" + std::string(parameter) +
                                                 "' takes a number from 0 to " +
                                                 std::to_string(most) + ", not '" + *text + "'");
  }
  return value;
}

// The segments at the braces where `path` has the form of `pattern`.
static std::optional<std::vector<std::string>> match(std::string_view pattern,
                                                     const std::vector<std::string>& path) {
  const auto form = *io::http::path_segments(pattern);
  std::vector<std::string> captured;
  if (form.size() != path.size()) {
    return std::nullopt;
  }
  for (size_t i = 0; i < form.size(); ++i) {
    if (form[i].starts_with('{') && !path[i].empty()) {
      captured.push_back(path[i]);
    } else if (form[i] != path[i]) {
      return std::nullopt;
    }
  }
  return captured;
}

Response Router::dispatch(const Request& request) const {
  const auto path = io::http::path_segments(request.path);
  if (!path) {
    throw Error(ErrorCode::invalid_argument, "the path holds a broken % escape");
  }
  const std::string_view method =
      request.method == "HEAD" ? std::string_view("GET") : request.method;
  std::string allowed;
  for (const Route& route : routes()) {
    std::optional<std::vector<std::string>> captured = match(route.pattern, *path);
    if (captured && route.method == method) {
      return route.answer({services_, request, std::move(*captured)});
    }
    if (captured) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
    }
  }
  if (allowed.empty()) {
    throw Error(ErrorCode::not_found,
                "there is nothing at " + request.path + "; GET /openapi.json lists what there is");
  }
  Response response = error_response(
      Error(ErrorCode::invalid_argument, request.path + " answers to " + allowed + " alone"));
  response.status = 405;
  response.headers.push_back({"Allow", allowed});
  return response;
}

Response Router::answer(const Request& request) const {
  try {
    return dispatch(request);
  } catch (const Error& error) {
    // The place where an HTTP request's errors end.
    return error_response(error);
  }
}

}  // namespace millrace::api
