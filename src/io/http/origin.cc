#include "io/http/origin.h"

namespace millrace::io::http {

static bool is_loopback_name(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host == "::1" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

bool is_trusted(const Request& request, const std::string& listening_address) {
  const std::string* host = request.header("host");
  const std::string* origin = request.header("origin");
  if (host != nullptr && is_loopback_name(listening_address)) {
    const std::string_view name = std::string_view(*host).substr(0, host->rfind(':'));
    const bool has_port = host->rfind(':') != std::string::npos && host->back() != ']';
    if (!is_loopback_name(has_port ? name : std::string_view(*host))) {
      return false;
    }
  }
  return origin == nullptr || (host != nullptr && *origin == "http://" + *host);
}

}  // namespace millrace::io::http
