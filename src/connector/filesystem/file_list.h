#pragma once

// The files of a table, by Flink's rules: whatever begins with '.' or '_', file or directory, is
// not there; partitions are directories "name=value", and a file outside of them is not read.

#include <string>
#include <vector>

#include "catalog/table.h"
#include "connector/filesystem/options.h"

namespace millrace::io {
class Files;
}

namespace millrace::connector {

struct TableFile {
  std::string path;
  std::vector<std::string> partition;  // values of the partition columns
};

// In the order of their paths, numbers in them by their size: part-2 before part-10. Throws
// Error(not_found) where the table's path is not there, and Error(unsupported) for a compressed
// file.
std::vector<TableFile> list_files(io::Files& files, const catalog::Table& table,
                                  const FilesystemOptions& options);

// The paths of all files below a directory of a table that are there by these rules, in any order.
std::vector<std::string> files_below(io::Files& files, const std::string& directory);

// The values of the partition columns in a file's path.
std::vector<std::string> partition_of(const std::string& path, const catalog::Table& table,
                                      const FilesystemOptions& options);

}  // namespace millrace::connector
