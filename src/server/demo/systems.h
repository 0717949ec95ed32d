#pragma once

// The systems of systems/, as their files were when this program was built.

#include <span>
#include <string>
#include <string_view>

namespace millrace::io {
class Files;
}

namespace millrace::server {

struct System {
  struct Beside {
    std::string_view path;  // from the system's folder
    std::string_view text;
  };
  std::string_view name;  // of its folder in systems/
  std::string_view pipeline;
  std::string_view generator;
  std::span<const Beside> beside = {};  // what the pipeline reads

  std::string pipeline_path() const;
  std::string generator_path() const;
};

// Puts the pipeline and what it reads into `directory`, as in the system's folder. Returns where
// the pipeline is.
std::string lay_out(const System& system, io::Files& files, const std::string& directory);

std::span<const System> systems();
// Throws Error(not_found) naming those there are.
const System& find_system(std::string_view name);

}  // namespace millrace::server
