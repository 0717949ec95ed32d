// The program: the process's own surroundings, handed to the command line.

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "io/files.h"
#include "io/terminal.h"
#include "server/commands.h"
#include "server/context.h"

int main(int argc, char** argv) {
  using namespace millrace;
  io::raise_open_file_limit();
  const SystemClock clock;
  Random random(io::system_seed());
  io::LocalFiles files;
  server::Context context{
      .clock = &clock,
      .random = &random,
      .files = &files,
      .out = [](std::string_view text) { io::write_to(io::Stream::out, text); },
      .err = [](std::string_view text) { io::write_to(io::Stream::err, text); },
      .out_is_terminal = io::is_terminal(io::Stream::out),
      .err_is_terminal = io::is_terminal(io::Stream::err),
      .variable = io::environment_variable,
  };
  const std::vector<std::string> words(argv + 1, argv + argc);
  return server::run_command_line(context, words);
}
