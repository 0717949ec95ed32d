#include "state/spilled_blocks.h"

#include <numeric>

namespace millrace::state {

// Below so many bytes a file is not worth writing anew.
static constexpr uint64_t kSlack = 16 << 20;

SpilledBlocks::SpilledBlocks(SpillSpace* space, size_t blocks)
    : space_(space), file_(space->new_file()), places_(blocks), in_memory_(blocks) {
  std::iota(in_memory_.begin(), in_memory_.end(), 0U);
}

void SpilledBlocks::add(size_t block) {
  places_.emplace_back();
  in_memory_.push_back(static_cast<uint32_t>(block));
}

void SpilledBlocks::all_changed() {
  for (const uint32_t block : in_memory_) {
    places_[block].changed = true;
  }
}

size_t SpilledBlocks::take_first() {
  const uint32_t block = in_memory_.front();
  in_memory_.pop_front();
  return block;
}

void SpilledBlocks::write(size_t block, std::string_view bytes) {
  Place& place = places_[block];
  of_use_ -= place.on_disk.bytes;
  place = {bytes.empty() ? SpillFile::Place() : file_->append(bytes), false};
  of_use_ += bytes.size();
}

std::string_view SpilledBlocks::read_back(size_t block) {
  const SpillFile::Place& place = places_[block].on_disk;
  buffer_.clear();
  if (place.bytes > 0) {
    file_->read(place, buffer_);
  }
  in_memory_.push_back(static_cast<uint32_t>(block));
  return buffer_;
}

void SpilledBlocks::forget_all() {
  for (Place& place : places_) {
    place.on_disk = {};
    place.changed = true;
  }
  of_use_ = 0;
  file_ = space_->new_file();
}

void SpilledBlocks::drop_garbage() {
  if (file_->size() <= 2 * of_use_ + kSlack) {
    return;
  }
  auto anew = space_->new_file();
  for (Place& place : places_) {
    if (place.on_disk.bytes > 0) {
      file_->read(place.on_disk, buffer_);
      place.on_disk = anew->append(buffer_);
    }
  }
  file_ = std::move(anew);
}

}  // namespace millrace::state
