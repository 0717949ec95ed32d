#include "exec/layers.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "state/table_store.h"

namespace millrace::exec {

using state::GrowingTable;
using state::Layer;

// How many turns pass before state is measured again.
static constexpr uint32_t kTurnsBetween = 8;
static constexpr uint64_t kMostTimes = 2;
// Or so many bytes of changes of a table are written at once; but what takes so many for each holds
// whole sets of values, and is better not written more than once an epoch.
static constexpr uint64_t kChangedBytes = 1 << 19;
static constexpr uint64_t kMostBytesEach = 1 << 10;
static constexpr size_t kWholeAtOnce = size_t{1} << 20;
static constexpr std::string_view kPrefix = "state-";

Layers::Layers(std::string directory, io::Files* files, Limits limits, std::vector<Layer> layers)
    : directory_(std::move(directory)),
      files_(files),
      limits_(limits),
      in_use_(!layers.empty()),
      layers_(std::move(layers)) {
  std::vector<std::string> known;
  for (const Layer& layer : layers_) {
    known.push_back(state::layer_path(directory_, layer.epoch));
    present_.push_back(layer.epoch);
    whole_ += layer.bytes;
  }
  whole_ /= kMostTimes;
  for (const std::string& name : files_->list(directory_)) {
    const std::string path = io::join(directory_, name);
    if (name.starts_with(kPrefix) && std::find(known.begin(), known.end(), path) == known.end()) {
      files_->remove(path);
    }
  }
}

bool Layers::is_large(const state::TableStore& store) {
  return turns_++ % kTurnsBetween == 0 && store.memory() >= limits_.large;
}

bool Layers::is_small(const state::TableStore& store) const {
  return store.memory() < limits_.large / 4 && store.spilled() == 0;
}

state::LayerWriter& Layers::writer(Epoch next) {
  if (!writer_) {
    writer_.emplace(files_, state::layer_path(directory_, next));
    present_.push_back(next);
  }
  return *writer_;
}

void Layers::begin(state::TableStore& store, Epoch next) {
  in_use_ = true;
  store.begin_tracking();
  while (store.sweep(kWholeAtOnce, writer(next)) == GrowingTable::Around::no) {
  }
  set_whole(writer_->bytes(), store);
}

void Layers::drop(state::TableStore& store, Epoch next) {
  store.end_tracking();
  in_use_ = false;
  layers_.clear();
  last_ = next;
  last_bytes_ = 0;
  writer_.reset();
  sweep_began_.reset();
  came_around_ = false;
}

void Layers::after_turn(state::TableStore& store, Epoch next) {
  if (!in_use_) {
    if (is_large(store)) {
      begin(store, next);
    }
    return;
  }
  store.save_changes({limits_.changes, kChangedBytes, kMostBytesEach},
                     [&]() -> state::LayerWriter& { return writer(next); });
  if (sweep_began_ && !came_around_) {
    const uint64_t before = writer(next).bytes();
    came_around_ = store.sweep(limits_.sweep_bytes, *writer_) == GrowingTable::Around::yes;
    swept_ += writer_->bytes() - before;
  }
}

bool Layers::save_all(state::TableStore& store, Epoch next) {
  if (limits_.large == SIZE_MAX) {
    return false;
  }
  if (!in_use_) {
    begin(store, next);
  } else {
    store.save_changes({}, [&]() -> state::LayerWriter& { return writer(next); });
  }
  return true;
}

static size_t size_of(const state::TableStore& store) {
  return std::max<size_t>(store.memory() + store.spilled(), 1);
}

void Layers::set_whole(uint64_t bytes, const state::TableStore& store) {
  whole_ = bytes;
  whole_size_ = size_of(store);
}

// What grows has nothing in layers that is written twice: a sweep of it would be for nothing.
uint64_t Layers::whole(const state::TableStore& store) const {
  const double grown = static_cast<double>(size_of(store)) / static_cast<double>(whole_size_);
  return static_cast<uint64_t>(static_cast<double>(whole_) * std::max(grown, 1.0));
}

bool Layers::wants_sweep(const state::TableStore& store) const {
  const uint64_t bytes =
      std::accumulate(layers_.begin(), layers_.end(), uint64_t{0},
                      [](uint64_t sum, const Layer& layer) { return sum + layer.bytes; });
  return bytes > whole(store) * kMostTimes + limits_.slack || layers_.size() > limits_.most;
}

const std::vector<Layer>& Layers::finish(state::TableStore& store, Epoch next) {
  last_ = next;
  last_bytes_ = 0;
  if (in_use_ && is_small(store)) {
    drop(store, next);
  }
  if (!in_use_) {
    return layers_;
  }
  if (whole_size_ == 0) {  // of layers that were loaded
    set_whole(whole_, store);
  }
  store.save_changes({}, [&]() -> state::LayerWriter& { return writer(next); });
  if (writer_) {
    last_bytes_ = writer_->bytes();
    layers_.push_back({next, last_bytes_});
    finished_ = std::exchange(writer_, std::nullopt);
  }
  if (came_around_) {
    std::erase_if(layers_, [&](const Layer& layer) { return layer.epoch < *sweep_began_; });
    set_whole(swept_, store);
    sweep_began_.reset();
    came_around_ = false;
  } else if (!sweep_began_ && wants_sweep(store)) {
    sweep_began_ = next + 1;
    swept_ = 0;
  }
  return layers_;
}

std::optional<state::LayerWriter> Layers::take_finished() {
  return std::exchange(finished_, std::nullopt);
}

void Layers::remove_others() {
  std::erase_if(present_, [&](Epoch epoch) {
    const bool counts =
        epoch > last_ || std::any_of(layers_.begin(), layers_.end(),
                                     [&](const Layer& layer) { return layer.epoch == epoch; });
    if (!counts) {
      files_->remove(state::layer_path(directory_, epoch));
    }
    return !counts;
  });
}

}  // namespace millrace::exec
