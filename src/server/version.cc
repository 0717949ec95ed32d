#include "server/version.h"

namespace millrace::server {

const std::string_view kVersion = MILLRACE_VERSION;

}  // namespace millrace::server
