#pragma once

// A disk in memory that behaves as badly as a real one may. For simulations and tests.
//
// What is on it in a crash of the machine: every synced byte; of the unsynced tail of a file an
// arbitrary prefix, and of unsynced names (created, renamed, removed) an arbitrary choice by
// directory, in order, as a journalling file system does. crash() draws those choices from the
// seed. kill() is the gentler crash of the process alone: everything written stays.
//
// Every operation that changes the disk counts as a step. Faults are asked for by step: a crash
// before step N takes place, or a full disk. A step that crashes throws SimulatedCrash, which is
// not an Error, so that nothing in the product handles it.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/random.h"
#include "io/files.h"

namespace millrace::io {

struct SimulatedCrash {
  uint64_t step;
};

class SimulatedFiles final : public Files {
 public:
  explicit SimulatedFiles(uint64_t seed);
  ~SimulatedFiles() override;

  std::unique_ptr<File> open(const std::string& path, OpenMode mode) override;
  bool put_if_absent(const std::string& path, std::string_view bytes) override;
  void replace(const std::string& path, std::string_view bytes) override;
  void replace_secret(const std::string& path, std::string_view bytes) override {
    replace(path, bytes);  // all that is here is one program's
  }
  void rename(const std::string& from, const std::string& to) override;
  void remove(const std::string& path) override;
  void remove_tree(const std::string& path) override;
  bool exists(const std::string& path) override;
  bool is_directory(const std::string& path) override;
  void make_directories(const std::string& path) override;
  void sync_directory(const std::string& path) override;
  std::vector<std::string> list(const std::string& path) override;

  // How many files are open now.
  size_t open_files() const { return *open_files_; }
  // Steps taken so far. A run without faults tells how many places there are to crash at.
  uint64_t steps() const;
  // The next time `steps()` would pass `step`, throw SimulatedCrash instead, before or, for an
  // append, in the middle of the operation.
  void crash_at(uint64_t step);
  // Appends beyond this many bytes in all fail with Error(disk_full). UINT64_MAX for no limit.
  void set_capacity(uint64_t bytes);
  // Syncs of files whose names end so throw Error(io) and make nothing durable, and what they
  // should have written is lost, though it can be read until the machine dies. "" for none.
  void fail_syncs(std::string of);

  // The process died: open files are closed, written bytes stay.
  void kill();
  // The machine died: unsynced bytes and names are lost in part, as the seed decides.
  void crash();

 private:
  struct Node;
  class OpenFile;
  struct NameChange;

  void step();
  Node& node_at(const std::string& path);
  void change_name(const std::string& directory, std::string name, std::shared_ptr<Node> node);
  void move_directory(const std::string& from, const std::string& to);
  void make_durable(const NameChange& change);
  uint64_t used() const;

  mutable std::mutex mutex_;
  Random random_;
  // Names as the running process sees them, and as a crash of the machine would leave them at
  // worst; the changes in between, by directory and in order.
  std::map<std::string, std::shared_ptr<Node>> live_;
  std::map<std::string, std::shared_ptr<Node>> durable_;
  std::map<std::string, std::vector<NameChange>> pending_;
  std::map<std::string, bool> directories_;
  uint64_t steps_ = 0;
  uint64_t crash_at_ = UINT64_MAX;
  uint64_t capacity_ = UINT64_MAX;
  std::string failing_syncs_;
  // Shared with the files, which may outlive this.
  std::shared_ptr<std::atomic<size_t>> open_files_ = std::make_shared<std::atomic<size_t>>(0);
  uint64_t generation_ = 0;  // of the process: files opened before a kill are dead
};

}  // namespace millrace::io
