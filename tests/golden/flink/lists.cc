#include "golden/flink/lists.h"

#include <filesystem>
#include <fstream>

namespace millrace::golden {

static constexpr const char* kName = "unsupported";
static constexpr const char* kRoot = "flink";  // tests/flink: an area is a folder in it

// A line is a name, and perhaps why its answer stays another one: `name # why`.
static std::map<std::string, std::string> read(const std::string& path) {
  std::map<std::string, std::string> reasons;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t space = line.find(' ');
    reasons[line.substr(0, space)] = space == std::string::npos ? "" : line.substr(space);
  }
  return reasons;
}

UnsupportedLists::Entry UnsupportedLists::entry_of(const std::string& case_path) {
  std::filesystem::path area = std::filesystem::path(case_path).parent_path();
  while (area.has_relative_path() && area.parent_path().filename() != kRoot) {
    area = area.parent_path();
  }
  const std::string path = (area / kName).string();
  if (!lists_.contains(path)) {
    lists_[path].reasons = read(path);
  }
  return {lists_[path],
          std::filesystem::path(case_path).lexically_relative(area).replace_extension().string()};
}

bool UnsupportedLists::contains(const std::string& case_path) {
  const Entry entry = entry_of(case_path);
  return entry.list.reasons.contains(entry.name);
}

void UnsupportedLists::remove(const std::string& case_path) {
  const Entry entry = entry_of(case_path);
  entry.list.changed = entry.list.reasons.erase(entry.name) > 0 || entry.list.changed;
}

void UnsupportedLists::add(const std::string& case_path) {
  const Entry entry = entry_of(case_path);
  entry.list.changed = entry.list.reasons.try_emplace(entry.name).second || entry.list.changed;
}

void UnsupportedLists::save() const {
  for (const auto& [path, list] : lists_) {
    if (list.changed && list.reasons.empty()) {
      std::filesystem::remove(path);
    } else if (list.changed) {
      std::ofstream file(path);
      for (const auto& [name, reason] : list.reasons) {
        file << name << reason << "\n";
      }
    }
  }
}

}  // namespace millrace::golden
