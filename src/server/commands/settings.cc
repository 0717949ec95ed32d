#include "server/settings.h"

#include <array>

#include "server/commands.h"
#include "server/context.h"
#include "server/print.h"

namespace millrace::server {

static constexpr std::array kFlags{Flag{"--output", "FORM", "table, json or markdown (table)"},
                                   kConfigFlag, kDataFlag};

static int run(Context& context, const Arguments& arguments) {
  if (arguments.get("--output", "table") == "markdown") {
    context.out(settings_page());
    return 0;
  }
  const OutputFormat format = output_format(arguments, "table|json|markdown");
  const Settings settings = load_settings(context, arguments);
  TextTable table{.columns = {"key", "value", "default", "help"}, .rows = {}};
  for (const SettingDescription& description : setting_descriptions()) {
    table.rows.push_back({description.key, setting_text(description, settings),
                          setting_text(description, Settings()), description.help});
  }
  context.out(rendered(table, format));
  return 0;
}

Command settings_command() {
  return {.name = "settings",
          .operands = "",
          .summary = "show every setting, its value here and its default",
          .about =
              "Shows every setting of millrace.toml with the value that a server started here\n"
              "would use. Unknown keys in the file are errors.",
          .flags = kFlags,
          .examples = "  millrace settings\n  millrace settings --config /etc/millrace.toml\n",
          .run = run};
}

}  // namespace millrace::server
