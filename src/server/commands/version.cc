#include "server/version.h"

#include "server/commands.h"
#include "server/context.h"

namespace millrace::server {

static int run(Context& context, const Arguments&) {
  context.out("millrace " + std::string(kVersion) + "\n");
  return 0;
}

Command version_command() {
  return {.name = "version",
          .operands = "",
          .summary = "print the version",
          .about = "Prints the version of this program.",
          .flags = {},
          .examples = "",
          .run = run};
}

}  // namespace millrace::server
