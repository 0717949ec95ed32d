#pragma once

// Whether a request may come from where it says. A page of any website can make a browser send
// requests to this machine; it cannot forge Host or Origin.

#include <string>

#include "io/http/message.h"

namespace millrace::io::http {

// While the address listened at is a loopback one, Host must name this machine, and an Origin,
// where there is one, must be Host's.
bool is_trusted(const Request& request, const std::string& listening_address);

}  // namespace millrace::io::http
