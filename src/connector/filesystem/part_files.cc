#include "connector/filesystem/part_files.h"

#include <array>
#include <cstdio>
#include <set>

#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "io/files.h"

namespace millrace::connector {

// Records gather here before they go to the disk: fewer, larger writes.
static constexpr size_t kBuffer = size_t{256} << 10;

static std::string uuid_text(uint64_t high, uint64_t low) {
  // Version 4, variant 1.
  high = (high & ~uint64_t{0xF000}) | 0x4000;
  low = (low & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  std::array<char, 40> text;
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xFFFF),
                static_cast<unsigned>(high & 0xFFFF), static_cast<unsigned>(low >> 48),
                static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFULL));
  return text.data();
}

PartFiles::PartFiles(exec::TaskContext& task, std::string root, std::optional<RollingPolicy> policy)
    : task_(task),
      root_(std::move(root)),
      policy_(policy),
      names_(task.state().numbers("part_files")) {
  // The first checkpoint, before any row, makes this id last: no later life draws another.
  if (!names_.find("high")) {
    names_.put("high", static_cast<int64_t>(task_.world().random->next()));
    names_.put("low", static_cast<int64_t>(task_.world().random->next()));
  }
  task_.world().files->make_directories(root_);
}

std::string PartFiles::id() const {
  return uuid_text(static_cast<uint64_t>(*names_.find("high")),
                   static_cast<uint64_t>(*names_.find("low")));
}

std::string PartFiles::directory_path(const std::string& directory) const {
  return directory.empty() ? root_ : io::join(root_, directory);
}

std::string PartFiles::path_of(const std::string& directory, const std::string& name) const {
  return io::join(directory_path(directory), name);
}

PartFiles::Part& PartFiles::open(const std::string& directory) {
  const auto found = open_.find(directory);
  if (found != open_.end()) {
    return found->second;
  }
  Part part;
  part.visible = "part-" + id() + "-0-" + std::to_string(names_.at("next")++);
  part.hidden = "." + part.visible + ".inprogress." +
                uuid_text(task_.world().random->next(), task_.world().random->next());
  part.opened = task_.world().clock->now();
  task_.world().files->make_directories(directory_path(directory));
  return open_.emplace(directory, std::move(part)).first->second;
}

void PartFiles::append(const std::string& directory, std::string_view bytes) {
  if (!taken_up_) {
    taken_up_ = true;
    remove_garbage("");
  }
  Part& part = open(directory);
  part.buffer += bytes;
  part.written = task_.world().clock->now();
  if (part.buffer.size() >= kBuffer) {
    flush(directory, part);
  }
  if (policy_ && part.length + part.buffer.size() >= static_cast<uint64_t>(policy_->size)) {
    finish(directory);
  }
}

void PartFiles::flush(const std::string& directory, Part& part) {
  if (part.buffer.empty()) {
    return;
  }
  const auto file =
      task_.world().files->open(path_of(directory, part.hidden), io::OpenMode::append);
  check(file->size() == part.length, "a file in progress is as long as what was written to it");
  file->append(part.buffer);
  part.length += part.buffer.size();
  part.buffer.clear();
  part.unsynced = true;
}

void PartFiles::sync(const std::string& directory, Part& part) {
  flush(directory, part);
  if (part.unsynced) {
    task_.world().files->open(path_of(directory, part.hidden), io::OpenMode::append)->sync();
    part.unsynced = false;
  }
}

void PartFiles::finish(const std::string& directory) {
  const auto found = open_.find(directory);
  if (found == open_.end()) {
    return;
  }
  sync(directory, found->second);
  whole_.push_back({directory, found->second.hidden, found->second.visible});
  open_.erase(found);
}

void PartFiles::finish_all() {
  while (!open_.empty()) {
    finish(open_.begin()->first);
  }
}

bool PartFiles::is_too_old(const Part& part, Timestamp now) const {
  return policy_ &&
         (now - part.opened >= policy_->age || now - part.written >= policy_->inactivity);
}

std::optional<Instant> PartFiles::due_at() const {
  std::optional<Instant> first;
  if (!policy_) {
    return first;
  }
  const Timestamp now = task_.world().clock->now();
  for (const auto& [directory, part] : open_) {
    const Duration left =
        std::min(policy_->age - (now - part.opened), policy_->inactivity - (now - part.written));
    const Instant at = task_.world().clock->monotonic() + left;
    first = first ? std::min(*first, at) : at;
  }
  return first;
}

Json PartFiles::prepare() {
  const Timestamp now = task_.world().clock->now();
  std::vector<std::string> old;
  for (const auto& [directory, part] : open_) {
    if (is_too_old(part, now)) {
      old.push_back(directory);
    }
  }
  for (const std::string& directory : old) {
    finish(directory);
  }
  std::set<std::string> directories;
  Json open = Json::array();
  for (auto& [directory, part] : open_) {
    sync(directory, part);
    directories.insert(directory);
    open.push(Json::object({{"directory", directory},
                            {"hidden", part.hidden},
                            {"visible", part.visible},
                            {"length", part.length},
                            {"opened", part.opened.ms},
                            {"written", part.written.ms}}));
  }
  Json whole = Json::array();
  for (const Whole& each : whole_) {
    directories.insert(each.directory);
    whole.push(Json::array({each.directory, each.hidden, each.visible}));
  }
  for (const std::string& directory : directories) {
    task_.world().files->sync_directory(directory_path(directory));
  }
  if (open_.empty() && whole_.empty()) {
    return {};
  }
  whole_.clear();
  return Json::object({{"whole", std::move(whole)}, {"open", std::move(open)}});
}

void PartFiles::publish(const Json& token) {
  io::Files& files = *task_.world().files;
  std::set<std::string> directories;
  for (const Json& each : token.at("whole").as_array()) {
    const std::string& directory = each.as_array()[0].as_string();
    const std::string from = path_of(directory, each.as_array()[1].as_string());
    if (files.exists(from)) {  // else it is in place, or was, and somebody took it
      files.rename(from, path_of(directory, each.as_array()[2].as_string()));
      directories.insert(directory);
    }
  }
  for (const std::string& directory : directories) {
    files.sync_directory(directory_path(directory));
  }
  if (!taken_up_) {
    taken_up_ = true;
    take_up(token.at("open"));
  }
}

// After a restart: the files in progress as they were at the checkpoint, and nothing else of ours.
void PartFiles::take_up(const Json& open) {
  for (const Json& each : open.as_array()) {
    const std::string& directory = each.at("directory").as_string();
    Part part;
    part.hidden = each.at("hidden").as_string();
    part.visible = each.at("visible").as_string();
    part.length = static_cast<uint64_t>(each.at("length").as_int());
    part.opened = {each.at("opened").as_int()};
    part.written = {each.at("written").as_int()};
    const std::string path = path_of(directory, part.hidden);
    const auto file = task_.world().files->open(path, io::OpenMode::append);
    if (file->size() < part.length) {
      throw Error(ErrorCode::corrupt, "cannot go on with '" + path + "': expected at least " +
                                          std::to_string(part.length) + " bytes, found " +
                                          std::to_string(file->size()));
    }
    file->truncate(part.length);
    open_.emplace(directory, std::move(part));
  }
  remove_garbage("");
}

// Hidden files of ours that no checkpoint knows.
void PartFiles::remove_garbage(const std::string& directory) {
  io::Files& files = *task_.world().files;
  const std::string prefix = ".part-" + id() + "-";
  const auto part = open_.find(directory);
  for (const std::string& name : files.list(directory_path(directory))) {
    const bool known = part != open_.end() && part->second.hidden == name;
    if (name.starts_with(prefix) && !known) {
      files.remove(path_of(directory, name));
    } else if (name.find('=') != std::string::npos &&
               files.is_directory(path_of(directory, name))) {
      remove_garbage(directory.empty() ? name : io::join(directory, name));
    }
  }
}

}  // namespace millrace::connector
