#pragma once

// Our errors in Postgres' words. https://www.postgresql.org/docs/15/errcodes-appendix.html

#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::query::pgwire {

std::string_view sql_state_of(const Error& error);
// The ErrorResponse message, whole. Its position counts the characters of the statement and those
// that the client sent before it.
std::string error_response(const Error& error, std::string_view severity, std::string_view sql,
                           size_t characters_before);
std::string error_response(std::string_view severity, std::string_view sql_state,
                           std::string_view message);

}  // namespace millrace::query::pgwire
