#include "golden/flink/lists.h"

#include <filesystem>
#include <fstream>

namespace millrace::golden {

static constexpr const char* kName = "unsupported";
static constexpr const char* kRoot = "flink";  // tests/flink: an area is a folder in it

static std::set<std::string> read(const std::string& path) {
  std::set<std::string> names;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    names.insert(line);
  }
  return names;
}

UnsupportedLists::Entry UnsupportedLists::entry_of(const std::string& case_path) {
  std::filesystem::path area = std::filesystem::path(case_path).parent_path();
  while (area.has_relative_path() && area.parent_path().filename() != kRoot) {
    area = area.parent_path();
  }
  const std::string path = (area / kName).string();
  if (!lists_.contains(path)) {
    lists_[path].names = read(path);
  }
  return {lists_[path],
          std::filesystem::path(case_path).lexically_relative(area).replace_extension().string()};
}

bool UnsupportedLists::contains(const std::string& case_path) {
  const Entry entry = entry_of(case_path);
  return entry.list.names.contains(entry.name);
}

void UnsupportedLists::remove(const std::string& case_path) {
  const Entry entry = entry_of(case_path);
  entry.list.changed = entry.list.names.erase(entry.name) > 0 || entry.list.changed;
}

void UnsupportedLists::add(const std::string& case_path) {
  const Entry entry = entry_of(case_path);
  entry.list.changed = entry.list.names.insert(entry.name).second || entry.list.changed;
}

void UnsupportedLists::save() const {
  for (const auto& [path, list] : lists_) {
    if (list.changed && list.names.empty()) {
      std::filesystem::remove(path);
    } else if (list.changed) {
      std::ofstream file(path);
      for (const std::string& name : list.names) {
        file << name << "\n";
      }
    }
  }
}

}  // namespace millrace::golden
