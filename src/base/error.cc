#include "base/error.h"

#include "base/check.h"

namespace millrace {

std::string_view name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::syntax: return "syntax";
    case ErrorCode::not_found: return "not_found";
    case ErrorCode::already_exists: return "already_exists";
    case ErrorCode::type_mismatch: return "type_mismatch";
    case ErrorCode::unsupported: return "unsupported";
    case ErrorCode::io: return "io";
    case ErrorCode::disk_full: return "disk_full";
    case ErrorCode::corrupt: return "corrupt";
    case ErrorCode::conflict: return "conflict";
    case ErrorCode::timeout: return "timeout";
    case ErrorCode::unavailable: return "unavailable";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::unauthorized: return "unauthorized";
    case ErrorCode::forbidden: return "forbidden";
    case ErrorCode::internal: return "internal";
  }
  check(false, "error code outside the enumeration");
  return "";
}

static std::string text_of(const std::string& message, const std::optional<Position>& position) {
  if (!position) {
    return message;
  }
  std::string text;
  if (!position->file.empty()) {
    text += position->file + ":";
  }
  text += std::to_string(position->line) + ":" + std::to_string(position->column) + ": ";
  return text + message;
}

Error::Error(ErrorCode code, std::string message, std::optional<Position> position)
    : code_(code),
      message_(std::move(message)),
      position_(std::move(position)),
      text_(text_of(message_, position_)) {}

}  // namespace millrace
