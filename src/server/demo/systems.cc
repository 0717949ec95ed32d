#include "server/demo/systems.h"

#include <array>

#include "base/error.h"
#include "base/similar.h"

// Puts a file of the repository into the program, between two symbols.
#define MILLRACE_EMBED(symbol, path)      \
  asm(".section .rodata\n"                \
      ".global " #symbol                  \
      "_begin\n"                          \
      ".global " #symbol "_end\n" #symbol \
      "_begin:\n"                         \
      ".incbin \"" path "\"\n" #symbol    \
      "_end:\n"                           \
      ".byte 0\n"                         \
      ".previous\n");                     \
  extern "C" const char symbol##_begin[]; \
  extern "C" const char symbol##_end[]

#define MILLRACE_EMBED_SYSTEM(symbol, folder)                                      \
  MILLRACE_EMBED(millrace_##symbol##_pipeline, "systems/" folder "/pipeline.sql"); \
  MILLRACE_EMBED(millrace_##symbol##_generator, "systems/" folder "/generator.toml")

MILLRACE_EMBED_SYSTEM(telecom_events, "telecom-events");
MILLRACE_EMBED_SYSTEM(telecom_lakehouse, "telecom-lakehouse");

namespace millrace::server {

static const std::array kSystems{
    System{"telecom-events",
           {millrace_telecom_events_pipeline_begin, millrace_telecom_events_pipeline_end},
           {millrace_telecom_events_generator_begin, millrace_telecom_events_generator_end}},
    System{"telecom-lakehouse",
           {millrace_telecom_lakehouse_pipeline_begin, millrace_telecom_lakehouse_pipeline_end},
           {millrace_telecom_lakehouse_generator_begin, millrace_telecom_lakehouse_generator_end}},
};

std::string System::pipeline_path() const {
  return "systems/" + std::string(name) + "/pipeline.sql";
}

std::string System::generator_path() const {
  return "systems/" + std::string(name) + "/generator.toml";
}

std::span<const System> systems() { return kSystems; }

const System& find_system(std::string_view name) {
  std::vector<std::string> names;
  std::string list;
  for (const System& system : systems()) {
    if (system.name == name) {
      return system;
    }
    names.emplace_back(system.name);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  throw Error(ErrorCode::not_found, "there is no system '" + std::string(name) + "'" +
                                        did_you_mean(name, names) + "; there are: " + list);
}

}  // namespace millrace::server
