#include "rehearsal/find_scripts.h"

#include "base/error.h"

namespace millrace::rehearsal {

static constexpr std::string_view kEnding = ".test.sql";

static void find_below(io::Files& files, const std::string& directory,
                       std::vector<std::string>& found) {
  for (const std::string& name : files.list(directory)) {
    const std::string path = io::join(directory, name);
    if (name.ends_with(kEnding)) {
      found.push_back(path);
    } else if (files.is_directory(path)) {
      find_below(files, path, found);
    }
  }
}

std::vector<std::string> find_scripts(io::Files& files, const std::string& path) {
  if (path.ends_with(kEnding)) {
    return {path};
  }
  std::vector<std::string> found;
  if (files.is_directory(path)) {
    find_below(files, path, found);
  }
  if (found.empty()) {
    throw Error(ErrorCode::not_found,
                "no pipeline tests at '" + path + "': expected files named NAME.test.sql");
  }
  return found;
}

}  // namespace millrace::rehearsal
