#include "io/simulated_files.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"

namespace millrace::io {

// A file's bytes. `synced` of them survive any crash, but for what a sync failed to write: the
// system drops it and calls the next sync a success, and only a crash of the machine shows it.
struct SimulatedFiles::Node {
  std::string bytes;
  uint64_t synced = 0;
  uint64_t lost_from = 0;
  uint64_t lost_to = 0;

  void lose_unsynced() {
    lost_from = lost_from < lost_to ? std::min(lost_from, synced) : synced;
    lost_to = bytes.size();
  }
  void show_lost() {
    const uint64_t end = std::min<uint64_t>(lost_to, bytes.size());
    if (lost_from < end) {
      std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(lost_from),
                bytes.begin() + static_cast<std::ptrdiff_t>(end), '\0');
    }
    lost_from = 0;
    lost_to = 0;
  }
};

struct SimulatedFiles::NameChange {
  std::string path;
  std::shared_ptr<Node> node;  // null: the name was removed
  std::string moved_to = "";   // of a directory, with all that is in it
};

class SimulatedFiles::OpenFile final : public File {
 public:
  OpenFile(SimulatedFiles* disk, std::string path, std::shared_ptr<Node> node)
      : disk_(disk),
        path_(std::move(path)),
        node_(std::move(node)),
        generation_(disk->generation_),
        open_files_(disk->open_files_) {
    ++*open_files_;
  }
  ~OpenFile() override { --*open_files_; }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  void append(std::string_view bytes) override {
    const std::lock_guard lock(disk_->mutex_);
    check_alive();
    try {
      disk_->step();
    } catch (const SimulatedCrash&) {
      // A write torn by the crash: some of it arrived. Rethrown at once; nothing is handled here.
      node_->bytes += bytes.substr(0, disk_->random_.below(bytes.size() + 1));
      throw;
    }
    const uint64_t used = disk_->used();
    const uint64_t room = disk_->capacity_ > used ? disk_->capacity_ - used : 0;
    node_->bytes += bytes.substr(0, room);
    if (room < bytes.size()) {
      throw Error(ErrorCode::disk_full, "cannot write to '" + path_ + "': no space left on device");
    }
  }
  size_t read(uint64_t offset, char* to, size_t size) const override {
    const std::lock_guard lock(disk_->mutex_);
    check_alive();
    if (offset >= node_->bytes.size()) {
      return 0;
    }
    return node_->bytes.copy(to, size, offset);
  }
  uint64_t size() const override {
    const std::lock_guard lock(disk_->mutex_);
    return node_->bytes.size();
  }
  void truncate(uint64_t size) override {
    const std::lock_guard lock(disk_->mutex_);
    check_alive();
    disk_->step();
    node_->bytes.resize(size);
    node_->synced = std::min(node_->synced, size);
    node_->lost_to = std::min(node_->lost_to, size);
  }
  void sync() override {
    const std::lock_guard lock(disk_->mutex_);
    check_alive();
    disk_->step();
    if (!disk_->failing_syncs_.empty() && path_.ends_with(disk_->failing_syncs_)) {
      node_->lose_unsynced();
      throw Error(ErrorCode::io, "cannot sync '" + path_ + "': input/output error");
    }
    node_->synced = node_->bytes.size();
  }

 private:
  void check_alive() const {
    check(generation_ == disk_->generation_, "a file outlived the process that opened it");
  }

  SimulatedFiles* disk_;
  std::string path_;
  std::shared_ptr<Node> node_;
  uint64_t generation_;
  std::shared_ptr<std::atomic<size_t>> open_files_;
};

SimulatedFiles::SimulatedFiles(uint64_t seed) : random_(seed) {
  directories_["/"] = true;
  directories_["."] = true;
}

SimulatedFiles::~SimulatedFiles() = default;

void SimulatedFiles::step() {
  if (steps_ >= crash_at_) {
    throw SimulatedCrash{steps_};
  }
  ++steps_;
}

uint64_t SimulatedFiles::used() const {
  uint64_t bytes = 0;
  for (const auto& [path, node] : live_) {
    bytes += node->bytes.size();
  }
  return bytes;
}

SimulatedFiles::Node& SimulatedFiles::node_at(const std::string& path) {
  const auto found = live_.find(path);
  if (found == live_.end()) {
    throw Error(ErrorCode::not_found, "cannot open '" + path + "': no such file");
  }
  return *found->second;
}

void SimulatedFiles::change_name(const std::string& directory, std::string path,
                                 std::shared_ptr<Node> node) {
  if (node) {
    live_[path] = node;
  } else {
    live_.erase(path);
  }
  pending_[directory].push_back({std::move(path), std::move(node), ""});
}

std::unique_ptr<File> SimulatedFiles::open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  const auto found = live_.find(path);
  if (found != live_.end()) {
    return std::make_unique<OpenFile>(this, path, found->second);
  }
  if (mode == OpenMode::read || !directories_.contains(parent_of(path))) {
    throw Error(ErrorCode::not_found, "cannot open '" + path + "': no such file or directory");
  }
  step();
  auto node = std::make_shared<Node>();
  change_name(parent_of(path), path, node);
  return std::make_unique<OpenFile>(this, path, node);
}

bool SimulatedFiles::put_if_absent(const std::string& path, std::string_view bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (live_.contains(path)) {
      return false;
    }
  }
  replace(path, bytes);
  return true;
}

void SimulatedFiles::replace(const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  remove(temporary);
  {
    const auto file = open(temporary, OpenMode::append);
    file->append(bytes);
    file->sync();
  }
  rename(temporary, path);
  sync_directory(parent_of(path));
}

// Gives what begins with one prefix another one.
template <typename Values>
static void move_names(Values& values, const std::string& from, const std::string& to) {
  Values moved;
  for (auto& [name, value] : values) {
    const bool is_inside = name == from || name.starts_with(join(from, ""));
    moved[is_inside ? to + name.substr(from.size()) : name] = std::move(value);
  }
  values = std::move(moved);
}

void SimulatedFiles::move_directory(const std::string& from, const std::string& to) {
  step();
  move_names(live_, from, to);
  move_names(directories_, from, to);
  move_names(pending_, from, to);
  for (auto& [directory, changes] : pending_) {
    for (NameChange& change : changes) {
      if (directory == to || directory.starts_with(join(to, ""))) {
        change.path = to + change.path.substr(from.size());
      }
    }
  }
  pending_[parent_of(to)].push_back({from, nullptr, to});
}

void SimulatedFiles::make_durable(const NameChange& change) {
  if (!change.moved_to.empty()) {
    move_names(durable_, change.path, change.moved_to);
  } else if (change.node) {
    durable_[change.path] = change.node;
  } else {
    durable_.erase(change.path);
  }
}

void SimulatedFiles::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  if (directories_.contains(from)) {
    move_directory(from, to);
    return;
  }
  node_at(from);
  step();
  const std::shared_ptr<Node> node = live_[from];
  // The new name first, so that no crash leaves the file without either.
  change_name(parent_of(to), to, node);
  change_name(parent_of(from), from, nullptr);
}

void SimulatedFiles::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  if (live_.contains(path)) {
    step();
    change_name(parent_of(path), path, nullptr);
  }
}

void SimulatedFiles::remove_tree(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const std::string prefix = join(path, "");
  std::vector<std::string> doomed;
  for (const auto& [name, node] : live_) {
    if (name.starts_with(prefix)) {
      doomed.push_back(name);
    }
  }
  for (const std::string& name : doomed) {
    step();
    change_name(parent_of(name), name, nullptr);
  }
  std::erase_if(directories_, [&](const auto& entry) {
    return entry.first == path || entry.first.starts_with(prefix);
  });
}

bool SimulatedFiles::exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return live_.contains(path) || directories_.contains(path);
}

bool SimulatedFiles::is_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return directories_.contains(path);
}

void SimulatedFiles::make_directories(const std::string& path) {
  const std::lock_guard lock(mutex_);
  for (std::string at = path; at != "." && at != "/"; at = parent_of(at)) {
    directories_[at] = true;
  }
}

void SimulatedFiles::sync_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  step();
  for (const NameChange& change : pending_[path]) {
    make_durable(change);
  }
  pending_.erase(path);
}

std::vector<std::string> SimulatedFiles::list(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const std::string prefix = join(path, "");
  std::vector<std::string> names;
  const auto consider = [&](const std::string& full) {
    if (full.starts_with(prefix) && full.size() > prefix.size()) {
      names.push_back(full.substr(prefix.size(), full.find('/', prefix.size()) - prefix.size()));
    }
  };
  for (const auto& [full, node] : live_) {
    consider(full);
  }
  for (const auto& [full, present] : directories_) {
    consider(full);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

uint64_t SimulatedFiles::steps() const {
  const std::lock_guard lock(mutex_);
  return steps_;
}

void SimulatedFiles::crash_at(uint64_t step) {
  const std::lock_guard lock(mutex_);
  crash_at_ = step;
}

void SimulatedFiles::set_capacity(uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

void SimulatedFiles::fail_syncs(std::string of) {
  const std::lock_guard lock(mutex_);
  failing_syncs_ = std::move(of);
}

void SimulatedFiles::kill() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  crash_at_ = UINT64_MAX;
}

void SimulatedFiles::crash() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  crash_at_ = UINT64_MAX;
  for (auto& [directory, changes] : pending_) {
    const uint64_t survived = random_.below(changes.size() + 1);
    for (uint64_t i = 0; i < survived; ++i) {
      make_durable(changes[i]);
    }
  }
  pending_.clear();
  live_ = durable_;
  for (auto& [path, node] : live_) {
    const uint64_t unsynced = node->bytes.size() - node->synced;
    node->bytes.resize(node->synced + random_.below(unsynced + 1));
    node->show_lost();
    node->synced = node->bytes.size();
  }
}

}  // namespace millrace::io
