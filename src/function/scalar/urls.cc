// PARSE_URL: the parts of a URL, as java.net.URL has them.

#include <algorithm>

#include "function/kernel.h"
#include "function/scalar/binding.h"
#include "function/scalar/families.h"

namespace millrace::function {

namespace {

using Part = std::optional<std::string_view>;

// Each part is absent where its sign is.
struct Url {
  std::string_view protocol;
  Part authority;
  std::string_view path;
  Part query;
  Part fragment;

  std::string_view host() const {
    std::string_view host = authority.value_or("");
    host.remove_prefix(host.find('@') == std::string_view::npos ? 0 : host.find('@') + 1);
    const size_t bracket = host.rfind(']');
    const size_t port = host.rfind(':');
    const bool has_port =
        port != std::string_view::npos && (bracket == std::string_view::npos || bracket < port);
    return has_port ? host.substr(0, port) : host;
  }
  Part user() const {
    const size_t at = authority ? authority->find('@') : std::string_view::npos;
    return at == std::string_view::npos ? std::nullopt : Part(authority->substr(0, at));
  }
};

std::string_view before(std::string_view& rest, size_t end) {
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end);
  return part;
}

// Protocols that java.net.URL does not know make no URL.
std::optional<Url> parsed(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  Url url;
  url.protocol = text.substr(0, colon);
  constexpr std::string_view kKnown[] = {"http", "https", "ftp", "file", "jar", "mailto"};
  if (std::find(std::begin(kKnown), std::end(kKnown), url.protocol) == std::end(kKnown)) {
    return std::nullopt;
  }
  std::string_view rest = text.substr(colon + 1);
  if (const size_t sign = rest.find('#'); sign != std::string_view::npos) {
    url.fragment = rest.substr(sign + 1);
    rest = rest.substr(0, sign);
  }
  if (const size_t sign = rest.find('?'); sign != std::string_view::npos) {
    url.query = rest.substr(sign + 1);
    rest = rest.substr(0, sign);
  }
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    url.authority = before(rest, std::min(rest.find('/'), rest.size()));
  }
  url.path = rest;
  return url;
}

std::optional<std::string> part_of(const Url& url, std::string_view part) {
  const auto text = [](const Part& found) {
    return found ? std::optional(std::string(*found)) : std::nullopt;
  };
  if (part == "HOST") {
    return std::string(url.host());
  }
  if (part == "PATH") {
    return std::string(url.path);
  }
  if (part == "QUERY") {
    return text(url.query);
  }
  if (part == "REF") {
    return text(url.fragment);
  }
  if (part == "PROTOCOL") {
    return std::string(url.protocol);
  }
  if (part == "AUTHORITY") {
    return text(url.authority);
  }
  if (part == "FILE") {
    return std::string(url.path) + (url.query ? "?" + std::string(*url.query) : "");
  }
  return part == "USERINFO" ? text(url.user()) : std::nullopt;
}

// The value of a key in key=value&key=value.
std::optional<std::string> value_of(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const std::string_view pair = before(query, std::min(query.find('&'), query.size()));
    query.remove_prefix(query.empty() ? 0 : 1);
    const size_t sign = pair.find('=');
    if (sign != std::string_view::npos && pair.substr(0, sign) == key) {
      return std::string(pair.substr(sign + 1));
    }
  }
  return std::nullopt;
}

Column parse_url(const KernelCall& call) {
  ResultStrings result(call);
  for_each(call.rows, [&](uint32_t row) {
    for (const Column& argument : call.arguments) {
      if (argument.is_null(row)) {
        return result.set_null(row);
      }
    }
    const auto text = [&](size_t number) {
      return View<StringRef>(call.arguments[number])[row].view();
    };
    const auto url = parsed(text(0));
    const bool by_key = call.arguments.size() > 2;
    std::optional<std::string> part;
    if (url && by_key) {
      part = text(1) == "QUERY" && url->query ? value_of(*url->query, text(2)) : std::nullopt;
    } else if (url) {
      part = part_of(*url, text(1));
    }
    if (part) {
      result.set(row, *part);
    } else {
      result.set_null(row);
    }
  });
  return result.finish();
}

using Types = std::span<const Type>;

constexpr ScalarFunction kFunctions[] = {
    {"PARSE_URL", "PARSE_URL(url, part [, key])",
     "HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE or USERINFO of a URL, or the value of a "
     "key "
     "in its QUERY; NULL where there is none.",
     [](Types given) {
       return partial("PARSE_URL", fitted(given, {Accepts::text, Accepts::text, Accepts::text}, 2),
                      Type::string(), parse_url);
     }},
};

}  // namespace

std::span<const ScalarFunction> url_functions() { return kFunctions; }

}  // namespace millrace::function
