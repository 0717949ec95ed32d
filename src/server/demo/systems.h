#pragma once

// The systems of systems/, as their files were when this program was built.

#include <span>
#include <string>
#include <string_view>

namespace millrace::server {

struct System {
  std::string_view name;  // of its folder in systems/
  std::string_view pipeline;
  std::string_view generator;

  std::string pipeline_path() const;
  std::string generator_path() const;
};

std::span<const System> systems();
// Throws Error(not_found) naming those there are.
const System& find_system(std::string_view name);

}  // namespace millrace::server
