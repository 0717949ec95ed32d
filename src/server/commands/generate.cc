// millrace generate: a system's made-up records as text, the same ones for the same seed.

#include <array>

#include "base/error.h"
#include "io/files.h"
#include "server/commands.h"
#include "server/context.h"
#include "server/demo/made_up_records.h"
#include "server/demo/systems.h"

namespace millrace::server {

namespace {

constexpr std::array kFlags{
    Flag{"--records", "N", "how many (1000)"},
    Flag{"--topic", "NAME", "the records of this topic (the system's first)"},
    Flag{"--seed", "S", "other seeds give other records (1)"},
    Flag{"--from", "TIME", "the event time of the first (2026-01-01T00:00:00Z)"},
};
constexpr int64_t kSecondNs = 1'000'000'000;

struct Source {
  Generator generator;
  DemoSettings settings;
};

// A system of this program, or a generator file of the user's own.
Source read_source(const Context& context, const std::string& name) {
  const bool is_file = name.ends_with(".toml");
  const std::string path = is_file ? name : find_system(name).generator_path();
  const std::string text =
      is_file ? context.files->read_all(name) : std::string(find_system(name).generator);
  Settings settings;
  apply_demo_section(path, text, settings);
  return {read_generator(path, text), settings.demo};
}

const Recipe& find_recipe(const Generator& generator, const std::optional<std::string>& topic) {
  std::string topics;
  for (const Recipe& recipe : generator.recipes) {
    if (!topic || recipe.topic == *topic) {
      return recipe;
    }
    topics += (topics.empty() ? "" : ", ") + recipe.topic;
  }
  throw UsageError("no records are made up for topic '" + *topic + "'; there are: " + topics);
}

int run(Context& context, const Arguments& arguments) {
  const Source source = read_source(context, arguments.operands[0]);
  const Recipe& recipe = find_recipe(source.generator, arguments.find("--topic"));
  const std::string from = arguments.find("--from").value_or("2026-01-01T00:00:00Z");
  const auto start = parse_iso8601(from);
  if (!start) {
    throw UsageError("--from takes a time such as 2026-01-01T00:00:00Z, not '" + from + "'");
  }
  const auto seed = arguments.find_integer("--seed", 0, INT64_MAX).value_or(1);
  const auto count = arguments.find_integer("--records", 1, INT64_MAX).value_or(1000);
  const int64_t step_ns = kSecondNs * std::max<int64_t>(1, source.settings.speed) /
                          std::max<int64_t>(1, source.settings.events_per_second);
  MadeUpRecords records(Random(static_cast<uint64_t>(seed)), recipe, source.settings);
  for (int64_t i = 0; i < count; ++i) {
    // Milliseconds and what is left of them apart: their product would not fit for long.
    const Duration passed =
        Duration::milliseconds(step_ns / 1'000'000 * i + step_ns % 1'000'000 * i / 1'000'000);
    context.out(records.next(*start + passed) + "\n");
  }
  return 0;
}

}  // namespace

Command generate_command() {
  return {
      .name = "generate",
      .operands = "SYSTEM|FILE.toml",
      .summary = "a system's made-up records as text",
      .about =
          "Prints the records that `millrace demo` would make up for a system, one a line, with\n"
          "event times as the rates in its generator.toml space them. The same seed prints the\n"
          "same records, so that a computation elsewhere can be held against the pipeline's.",
      .flags = kFlags,
      .examples =
          "  millrace generate telecom-events --records 10000 > events.json\n"
          "  millrace generate telecom-events | millrace topic produce telecom_events\n"
          "  millrace generate my-generator.toml --seed 7\n",
      .least_operands = 1,
      .most_operands = 1,
      .run = run};
}

}  // namespace millrace::server
