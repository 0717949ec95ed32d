#pragma once

// What a command is run with: the world, and where it speaks. main() makes it from the process's
// own; a test hands in its own.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {
class Clock;
class Random;
namespace io {
class Files;
}
}  // namespace millrace

namespace millrace::server {

struct Context {
  const Clock* clock = nullptr;
  Random* random = nullptr;
  io::Files* files = nullptr;
  std::function<void(std::string_view)> out;  // results
  std::function<void(std::string_view)> err;  // progress and complaints
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  std::function<std::optional<std::string>(const std::string&)> variable;  // of the environment
};

}  // namespace millrace::server
