#include "server/commands/topic_settings.h"

#include <algorithm>

#include "server/command_line.h"

namespace millrace::server {

Json settings_in(std::string_view flag, const std::string& text) {
  Json settings = Json::object();
  std::string key;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view piece = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), piece.size() + 1));
    const size_t equals = piece.find('=');
    if (equals != std::string_view::npos) {
      key = piece.substr(0, equals);
      if (settings.find(key) != nullptr) {
        throw UsageError(std::string(flag) + " says '" + key + "' twice");
      }
      settings.set(key, piece.substr(equals + 1));
    } else if (!key.empty()) {
      settings.set(key, settings.at(key).as_string() + "," + std::string(piece));
    } else {
      throw UsageError(std::string(flag) + " takes KEY=VALUE,KEY=VALUE, not '" + text + "'");
    }
  }
  return settings;
}

}  // namespace millrace::server
