#include "server/demo/systems.h"

#include <array>

#include "base/error.h"
#include "base/similar.h"
#include "io/files.h"

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
MILLRACE_EMBED_SYSTEM(call_records, "call-records");
MILLRACE_EMBED_SYSTEM(ml_inference, "ml-inference");
MILLRACE_EMBED(millrace_ml_inference_users, "systems/ml-inference/dims/users/users.csv");
MILLRACE_EMBED_SYSTEM(fleet, "fleet");
MILLRACE_EMBED(millrace_fleet_cars, "systems/fleet/dims/cars/cars.csv");
MILLRACE_EMBED(millrace_fleet_models, "systems/fleet/dims/car_models/car_models.csv");
MILLRACE_EMBED(millrace_fleet_colors, "systems/fleet/dims/car_colors/car_colors.csv");

namespace millrace::server {

static const std::array kBesideMlInference{System::Beside{
    "dims/users/users.csv", {millrace_ml_inference_users_begin, millrace_ml_inference_users_end}}};
static const std::array kBesideFleet{
    System::Beside{"dims/cars/cars.csv", {millrace_fleet_cars_begin, millrace_fleet_cars_end}},
    System::Beside{"dims/car_models/car_models.csv",
                   {millrace_fleet_models_begin, millrace_fleet_models_end}},
    System::Beside{"dims/car_colors/car_colors.csv",
                   {millrace_fleet_colors_begin, millrace_fleet_colors_end}}};

static const std::array kSystems{
    System{"telecom-events",
           {millrace_telecom_events_pipeline_begin, millrace_telecom_events_pipeline_end},
           {millrace_telecom_events_generator_begin, millrace_telecom_events_generator_end}},
    System{"telecom-lakehouse",
           {millrace_telecom_lakehouse_pipeline_begin, millrace_telecom_lakehouse_pipeline_end},
           {millrace_telecom_lakehouse_generator_begin, millrace_telecom_lakehouse_generator_end}},
    System{"call-records",
           {millrace_call_records_pipeline_begin, millrace_call_records_pipeline_end},
           {millrace_call_records_generator_begin, millrace_call_records_generator_end}},
    System{"ml-inference",
           {millrace_ml_inference_pipeline_begin, millrace_ml_inference_pipeline_end},
           {millrace_ml_inference_generator_begin, millrace_ml_inference_generator_end},
           kBesideMlInference},
    System{"fleet",
           {millrace_fleet_pipeline_begin, millrace_fleet_pipeline_end},
           {millrace_fleet_generator_begin, millrace_fleet_generator_end},
           kBesideFleet},
};

std::string System::pipeline_path() const {
  return "systems/" + std::string(name) + "/pipeline.sql";
}

std::string System::generator_path() const {
  return "systems/" + std::string(name) + "/generator.toml";
}

std::string lay_out(const System& system, io::Files& files, const std::string& directory) {
  const auto put = [&](std::string_view path, std::string_view text) {
    const std::string at = io::join(directory, path);
    files.make_directories(io::parent_of(at));
    files.replace(at, text);
    return at;
  };
  for (const System::Beside& file : system.beside) {
    put(file.path, file.text);
  }
  return put("pipeline.sql", system.pipeline);
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
