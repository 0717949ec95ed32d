#include "topic/open_files.h"

namespace millrace::topic {

std::shared_ptr<io::File> OpenFiles::find(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = by_path_.find(path);
  if (found == by_path_.end()) {
    return nullptr;
  }
  order_.splice(order_.begin(), order_, found->second);
  return found->second->file;
}

std::shared_ptr<io::File> OpenFiles::opened(const std::string& path) {
  if (auto file = find(path)) {
    return file;
  }
  const std::shared_ptr<io::File> file = files_->open(path, io::OpenMode::read);
  Order closed;  // outside of the lock
  const std::lock_guard lock(mutex_);
  if (by_path_.contains(path)) {  // somebody else was as fast
    return file;
  }
  order_.push_front({path, file});
  by_path_[path] = order_.begin();
  if (order_.size() > most_) {
    by_path_.erase(order_.back().path);
    closed.splice(closed.begin(), order_, std::prev(order_.end()));
  }
  return file;
}

void OpenFiles::forget(const std::string& path) {
  Order closed;
  const std::lock_guard lock(mutex_);
  if (const auto found = by_path_.find(path); found != by_path_.end()) {
    closed.splice(closed.begin(), order_, found->second);
    by_path_.erase(found);
  }
}

}  // namespace millrace::topic
