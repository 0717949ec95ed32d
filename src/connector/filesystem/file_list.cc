#include "connector/filesystem/file_list.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "connector/filesystem/partitions.h"
#include "io/files.h"

namespace millrace::connector {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The digits at `at` without leading zeros.
std::string_view number_at(std::string_view text, size_t& at) {
  while (at < text.size() && text[at] == '0') {
    ++at;
  }
  const size_t from = at;
  while (at < text.size() && is_digit(text[at])) {
    ++at;
  }
  return text.substr(from, at - from);
}

bool comes_before(std::string_view a, std::string_view b) {
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      const std::string_view left = number_at(a, i);
      const std::string_view right = number_at(b, j);
      if (left != right) {
        return left.size() != right.size() ? left.size() < right.size() : left < right;
      }
    } else if (a[i] != b[j]) {
      return static_cast<uint8_t>(a[i]) < static_cast<uint8_t>(b[j]);
    } else {
      ++i;
      ++j;
    }
  }
  // Where only leading zeros differ, any order will do that is always the same.
  return a.size() - i != b.size() - j ? a.size() - i < b.size() - j : a < b;
}

bool is_hidden(std::string_view name) { return name.starts_with('.') || name.starts_with('_'); }

void refuse_compressed(const std::string& path) {
  constexpr std::array<std::string_view, 6> kEndings = {".gz",  ".gzip", ".deflate",
                                                        ".bz2", ".xz",   ".zst"};
  for (const std::string_view ending : kEndings) {
    if (path.ends_with(ending)) {
      throw Error(ErrorCode::unsupported,
                  "cannot read '" + path + "': compressed files are not read yet");
    }
  }
}

class Lister {
 public:
  Lister(io::Files& files, const catalog::Table& table, const FilesystemOptions& options)
      : files_(files), pattern_(options.path_pattern, RE2::Quiet) {
    for (const size_t column : options.partition_columns) {
      names_.push_back(table.columns[column].name);
    }
  }

  void visit(const std::string& path, TableFile at) {
    if (!files_.is_directory(path)) {
      if (at.partition.size() == names_.size() &&
          (pattern_.pattern().empty() || RE2::FullMatch(path, pattern_))) {
        refuse_compressed(path);
        at.path = path;
        found.push_back(std::move(at));
      }
      return;
    }
    for (const std::string& name : files_.list(path)) {
      if (is_hidden(name)) {
        continue;
      }
      TableFile below = at;
      if (at.partition.size() < names_.size()) {
        const auto value = partition_value(name, names_[at.partition.size()]);
        if (!value) {
          continue;
        }
        below.partition.push_back(*value);
      }
      visit(io::join(path, name), std::move(below));
    }
  }

  std::vector<TableFile> found;

 private:
  io::Files& files_;
  RE2 pattern_;
  std::vector<std::string> names_;  // of partition columns
};

}  // namespace

std::vector<TableFile> list_files(io::Files& files, const catalog::Table& table,
                                  const FilesystemOptions& options) {
  if (!files.exists(options.path)) {
    throw Error(ErrorCode::not_found,
                "table '" + table.name + "' cannot be read: there is no '" + options.path + "'");
  }
  Lister lister(files, table, options);
  lister.visit(options.path, {});
  std::sort(lister.found.begin(), lister.found.end(),
            [](const TableFile& a, const TableFile& b) { return comes_before(a.path, b.path); });
  return std::move(lister.found);
}

std::vector<std::string> files_below(io::Files& files, const std::string& directory) {
  std::vector<std::string> found;
  for (const std::string& name : files.list(directory)) {
    const std::string path = io::join(directory, name);
    if (is_hidden(name)) {
      continue;
    }
    if (!files.is_directory(path)) {
      found.push_back(path);
      continue;
    }
    for (std::string& below : files_below(files, path)) {
      found.push_back(std::move(below));
    }
  }
  return found;
}

std::vector<std::string> partition_of(const std::string& path, const catalog::Table& table,
                                      const FilesystemOptions& options) {
  std::vector<std::string> values;
  size_t from = options.path.size() + 1;
  for (const size_t column : options.partition_columns) {
    const size_t slash = path.find('/', from);
    const auto value = partition_value(std::string_view(path).substr(from, slash - from),
                                       table.columns[column].name);
    values.push_back(value.value_or(""));
    from = slash + 1;
  }
  return values;
}

}  // namespace millrace::connector
