#pragma once

// The disk, as the program sees it. LocalFiles is the machine's; SimulatedFiles (simulated_files.h)
// keeps everything in memory, forgets at a crash what was not synced, and fails on demand.
//
// Durability follows POSIX: bytes written survive a crash of the process at once, and a crash of
// the machine after sync(); a name created, renamed or removed survives a crash of the machine
// after sync_directory() of its parent.
//
// Failures throw Error: not_found, already_exists, disk_full, or io with the system's words.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::io {

// An open file. One thread appends; any thread may read what was appended.
class File {
 public:
  virtual ~File() = default;

  // All of `bytes` or an Error; after an Error the file may hold a part of them.
  virtual void append(std::string_view bytes) = 0;
  // Reads up to `size` bytes at `offset` into `to`; fewer only at the end of the file.
  virtual size_t read(uint64_t offset, char* to, size_t size) const = 0;
  virtual uint64_t size() const = 0;
  virtual void truncate(uint64_t size) = 0;
  virtual void sync() = 0;
};

enum class OpenMode : uint8_t {
  read,    // must exist
  append,  // made where missing, kept where present
};

class Files {
 public:
  virtual ~Files() = default;

  virtual std::unique_ptr<File> open(const std::string& path, OpenMode mode) = 0;
  // Makes `path` with these bytes, synced, in one step that either happened or did not: false
  // where the name was taken. This is what a Delta commit stands on.
  [[nodiscard]] virtual bool put_if_absent(const std::string& path, std::string_view bytes) = 0;
  // The same, replacing what was there (written beside, synced, renamed over, directory synced).
  virtual void replace(const std::string& path, std::string_view bytes) = 0;
  // The same for what nobody but this program's user may read.
  virtual void replace_secret(const std::string& path, std::string_view bytes) = 0;
  virtual void rename(const std::string& from, const std::string& to) = 0;
  virtual void remove(const std::string& path) = 0;  // silent where there is nothing
  virtual void remove_tree(const std::string& path) = 0;
  virtual bool exists(const std::string& path) = 0;
  virtual bool is_directory(const std::string& path) = 0;
  // Those that are missing, down to the last; what was made survives a crash of the machine.
  virtual void make_directories(const std::string& path) = 0;
  virtual void sync_directory(const std::string& path) = 0;
  // Names in a directory, sorted; empty where there is no such directory.
  virtual std::vector<std::string> list(const std::string& path) = 0;

  std::string read_all(const std::string& path);
};

class LocalFiles final : public Files {
 public:
  std::unique_ptr<File> open(const std::string& path, OpenMode mode) override;
  bool put_if_absent(const std::string& path, std::string_view bytes) override;
  void replace(const std::string& path, std::string_view bytes) override;
  void replace_secret(const std::string& path, std::string_view bytes) override;
  void rename(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;
  void remove_tree(const std::string& path) override;
  bool exists(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  void make_directories(const std::string& path) override;
  void sync_directory(const std::string& path) override;
  std::vector<std::string> list(const std::string& path) override;
};

// "a/b" from "a" and "b"; the parent of "a/b" is "a".
std::string join(std::string_view directory, std::string_view name);
std::string parent_of(std::string_view path);

}  // namespace millrace::io
