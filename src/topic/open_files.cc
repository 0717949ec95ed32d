#include "topic/open_files.h"

namespace millrace::topic {

std::shared_ptr<io::File> OpenFiles::find(const void* owner) {
  const std::lock_guard lock(mutex_);
  const auto found = by_owner_.find(owner);
  if (found == by_owner_.end()) {
    return nullptr;
  }
  order_.splice(order_.begin(), order_, found->second);
  return found->second->file;
}

std::shared_ptr<io::File> OpenFiles::opened(const void* owner, const std::string& path) {
  if (auto file = find(owner)) {
    return file;
  }
  const std::shared_ptr<io::File> file = files_->open(path, io::OpenMode::read);
  Order closed;  // outside of the lock
  const std::lock_guard lock(mutex_);
  if (by_owner_.contains(owner)) {  // another thread was as fast
    return file;
  }
  order_.push_front({owner, file});
  by_owner_[owner] = order_.begin();
  if (order_.size() > most_) {
    by_owner_.erase(order_.back().owner);
    closed.splice(closed.begin(), order_, std::prev(order_.end()));
  }
  return file;
}

std::shared_ptr<io::File> OpenFiles::take(const void* owner) {
  const std::lock_guard lock(mutex_);
  const auto found = by_owner_.find(owner);
  if (found == by_owner_.end()) {
    return nullptr;
  }
  std::shared_ptr<io::File> file = std::move(found->second->file);
  order_.erase(found->second);
  by_owner_.erase(found);
  return file;
}

}  // namespace millrace::topic
