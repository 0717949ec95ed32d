#include "server/log_sink.h"

#include "base/error.h"
#include "io/files.h"
#include "server/context.h"

namespace millrace::server {

LogLevel log_level(std::string_view name) {
  return name == "debug"     ? LogLevel::debug
         : name == "warning" ? LogLevel::warning
         : name == "error"   ? LogLevel::error
                             : LogLevel::info;
}

std::string readable(std::string_view line) {
  const Json entry = Json::parse(line);
  const std::string& level = entry.at("level").as_string();
  std::string text = entry.at("at").as_string().substr(11, 8) + " ";
  text += (level == "info" ? "" : level + " ") + entry.at("part").as_string() + ": ";
  text += entry.at("what").as_string();
  constexpr size_t kHead = 4;  // at, level, part, what
  const auto& members = entry.as_members();
  for (size_t i = kHead; i < members.size(); ++i) {
    const auto& [name, value] = members[i];
    text += " " + name + "=" + (value.is_string() ? value.as_string() : value.dump());
  }
  return text;
}

Log::Sink make_log_sink(const Context& context, const std::string& file) {
  if (!file.empty()) {
    const std::shared_ptr<io::File> opened = context.files->open(file, io::OpenMode::append);
    return [opened, err = context.err](std::string_view line) {
      try {
        opened->append(std::string(line) + "\n");
      } catch (const Error& error) {
        // A log that cannot be written must not end the work it reports on.
        err(std::string(error.what()) + "\n" + std::string(line) + "\n");
      }
    };
  }
  if (context.err_is_terminal) {
    return [err = context.err](std::string_view line) { err(readable(line) + "\n"); };
  }
  return [err = context.err](std::string_view line) { err(std::string(line) + "\n"); };
}

}  // namespace millrace::server
