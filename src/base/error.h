#pragma once

// Exceptions end a unit of work: a statement, a protocol request, an HTTP request, a pipeline
// task, or main. Those five places catch Error and map its code to their own vocabulary (SQLSTATE,
// Kafka code, HTTP status, exit code). Everywhere else it passes through.

#include <cstdint>
#include <exception>
#include <optional>
#include <string>

namespace millrace {

enum class ErrorCode : uint8_t {
  invalid_argument,  // a value or option that cannot be used
  syntax,            // SQL text that cannot be parsed
  not_found,         // a table, topic, file or column that does not exist
  already_exists,
  type_mismatch,  // SQL that parses but does not type-check
  unsupported,    // understood, and not offered
  io,             // disk or network said no
  disk_full,      // the disk said no for want of space
  corrupt,        // bytes read back are not the bytes written
  conflict,       // somebody else changed it first
  timeout,        // a deadline passed
  unavailable,    // a peer or a part is not there now
  cancelled,      // asked to stop
  unauthorized,   // who are you
  forbidden,      // you may not
  internal,       // ours to mend
};

std::string_view name_of(ErrorCode code);

// A place in a text that a person wrote. Lines and columns count from 1; a column counts bytes.
struct Position {
  std::string file;  // empty for text that has no file
  uint32_t line = 0;
  uint32_t column = 0;
};

class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message, std::optional<Position> position = std::nullopt);

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::optional<Position>& position() const { return position_; }
  // "file:line:column: message", as far as the position is known.
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  ErrorCode code_;
  std::string message_;
  std::optional<Position> position_;
  std::string text_;
};

}  // namespace millrace
