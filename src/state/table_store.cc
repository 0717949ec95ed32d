#include "state/table_store.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"

namespace millrace::state {

// Behind the name of a table of references, what they refer to.
static constexpr const char* kRowsBeside = "/rows";

static std::string read_text(ByteReader& in) { return std::string(in.take(in.read_varint())); }

static void write_text(std::string_view text, ByteWriter& out) {
  out.write_varint(text.size());
  out.write_bytes(text);
}

TableStore::TableStore(std::string_view snapshot, std::vector<LayerReader> layers)
    : layers_(std::move(layers)), in_layers_(!layers_.empty()) {
  for (size_t layer = 0; layer < layers_.size(); ++layer) {
    for (const LayerReader::Place& block : layers_[layer].blocks()) {
      written_[block.table].push_back({layer, block});
    }
  }
  ByteReader in(snapshot);
  for (uint64_t left = in.read_varint(); left > 0; --left) {
    const std::string name = read_text(in);
    Saved saved{read_text(in), in.read<uint16_t>(), {}};
    const auto crc = in.read<uint32_t>();
    saved.bytes = read_text(in);
    if (crc32c(saved.bytes) != crc) {
      throw Error(ErrorCode::corrupt,
                  "cannot load state table '" + name + "': its checksum is wrong");
    }
    saved_.emplace(name, std::move(saved));
  }
  if (!in.empty()) {
    throw Error(ErrorCode::corrupt, "cannot load state: bytes after the last table");
  }
}

[[noreturn]] static void refuse(const std::string& name, const std::string& place,
                                const std::string& why) {
  throw Error(ErrorCode::corrupt,
              "cannot load state table '" + name + "'" + place + ": " + why +
                  "; the release that wrote it can go on from it, and a pipeline without its "
                  "directory begins anew");
}

static std::string said(std::string_view kind, uint16_t version) {
  return std::string(kind) + " version " + std::to_string(version);
}

static void check_kind(const std::string& name, const std::string& place, const Table& table,
                       std::string_view kind, uint16_t version) {
  if (kind != table.kind() || !table.reads(version)) {
    refuse(name, place,
           "expected " + said(table.kind(), table.version()) + ", found " + said(kind, version));
  }
}

void TableStore::load_whole(const std::string& name, const Saved& saved, Table& table) {
  check_kind(name, "", table, saved.kind, saved.version);
  ByteReader in(saved.bytes);
  table.load(in);
  if (!in.empty()) {
    throw Error(ErrorCode::corrupt, "cannot load state table '" + name + "': bytes left over");
  }
}

void TableStore::load_layers(const std::string& name, GrowingTable& table) {
  if (const auto node = written_.extract(name)) {
    uint64_t bytes = 0;
    for (const Written& written : node.mapped()) {
      bytes += written.block.entries;
    }
    table.begin_loading(bytes);
    for (const Written& written : node.mapped()) {
      LayerReader& layer = layers_[written.layer];
      const Block block = layer.read(written.block);
      const std::string place =
          " from " + layer.path() + " at byte " + std::to_string(written.block.at);
      check_kind(name, place, table, block.kind, block.version);
      if (block.description != table.describe()) {
        refuse(name, place, "expected " + table.describe() + ", found " + block.description);
      }
      ByteReader in(block.bytes);
      table.load_entries(in);
    }
  }
  table.loaded();
  table.begin_tracking();
  if (written_.empty()) {
    layers_.clear();
  }
}

void TableStore::adopt(const std::string& name, std::unique_ptr<Table> table) {
  table->spill_to(space_);
  if (const auto node = saved_.extract(name)) {
    load_whole(name, node.mapped(), *table);
  } else if (in_layers_ && table->growing() != nullptr) {
    load_layers(name, *table->growing());
  }
  check(tables_.emplace(name, std::move(table)).second, "a state table has one owner");
}

template <typename T, typename... Parts>
T& TableStore::make(const std::string& name, Parts&&... parts) {
  auto table = std::make_unique<T>(std::forward<Parts>(parts)...);
  T& made = *table;
  adopt(name, std::move(table));
  return made;
}

Numbers& TableStore::numbers(const std::string& name) { return make<Numbers>(name); }

TimedTable& TableStore::timed_table(const std::string& name, std::vector<Type> keys,
                                    std::shared_ptr<const SlotKind> slots) {
  return make<TimedTable>(name, std::move(keys), std::move(slots));
}

RowStore& TableStore::rows(const std::string& name, std::vector<Type> types, size_t header_bytes) {
  return make<RowStore>(name, std::move(types), header_bytes);
}

RowMultimap& TableStore::row_multimap(const std::string& name, RowMultimapShape shape) {
  return make<RowMultimap>(name, std::move(shape));
}

SessionTable& TableStore::session_table(const std::string& name, std::vector<Type> keys,
                                        std::shared_ptr<const SlotKind> slots) {
  return make<SessionTable>(name, std::move(keys), std::move(slots));
}

RankedRows& TableStore::ranked_rows(const std::string& name, RankedRowsShape shape) {
  RowStore& stored = rows(name + kRowsBeside, shape.types);
  return make<RankedRows>(name, std::move(shape), &stored);
}

WaitingRows& TableStore::waiting_rows(const std::string& name, std::vector<Type> types) {
  return make<WaitingRows>(name, &rows(name + kRowsBeside, std::move(types)));
}

RowRuns& TableStore::row_runs(const std::string& name, RowRunsShape shape) {
  RowStore& stored = rows(name + kRowsBeside, shape.types);
  return make<RowRuns>(name, std::move(shape), &stored);
}

KeyedTable& TableStore::keyed_table(const std::string& name, std::vector<Type> keys,
                                    std::shared_ptr<const SlotKind> slots,
                                    KeyedTable::Numbers numbers) {
  auto table = std::make_unique<KeyedTable>(std::move(keys), std::move(slots), numbers);
  KeyedTable& made = *table;
  adopt(name, std::move(table));
  return made;
}

Recency& TableStore::recency(const std::string& name) { return make<Recency>(name); }

void TableStore::count_beside(const std::string& name, std::function<size_t()> bytes) {
  check(beside_.emplace(name, std::move(bytes)).second, "what is beside tables counts once");
}

size_t TableStore::memory() const {
  size_t sum = 0;
  for (const auto& [name, bytes] : beside_) {
    sum += bytes();
  }
  for (const auto& [name, table] : tables_) {
    sum += table->memory();
  }
  return sum;
}

std::vector<TableStore::Size> TableStore::sizes() const {
  std::vector<Size> sizes;
  for (const auto& [name, table] : tables_) {
    sizes.push_back({name, table->memory()});
  }
  for (const auto& [name, measure] : beside_) {
    sizes.push_back({name, measure()});
  }
  std::stable_sort(sizes.begin(), sizes.end(),
                   [](const Size& a, const Size& b) { return a.bytes > b.bytes; });
  return sizes;
}

void TableStore::spill(size_t bytes) {
  std::vector<std::pair<size_t, std::string_view>> by_size;
  for (const auto& [name, table] : tables_) {
    by_size.emplace_back(table->memory(), name);
  }
  std::sort(by_size.begin(), by_size.end(), std::greater());
  size_t freed = 0;
  for (const auto& [memory, name] : by_size) {
    if (freed >= bytes) {
      break;
    }
    Table* table = tables_.find(std::string(name))->second.get();
    table->spill(bytes - freed);
    freed += memory - std::min(memory, table->memory());
  }
}

uint64_t TableStore::spilled() const {
  uint64_t sum = 0;
  for (const auto& [name, table] : tables_) {
    sum += table->spilled();
  }
  return sum;
}

std::string TableStore::snapshot(Which which) const {
  std::vector<std::pair<std::string_view, const Table*>> chosen;
  for (const auto& [name, table] : tables_) {
    if (which == Which::all || table->growing() == nullptr) {
      chosen.emplace_back(name, table.get());
    }
  }
  ByteWriter out;
  out.write_varint(chosen.size());
  for (const auto& [name, table] : chosen) {
    ByteWriter bytes;
    table->save(bytes);
    write_text(name, out);
    write_text(table->kind(), out);
    out.write<uint16_t>(table->version());
    out.write<uint32_t>(crc32c(bytes.bytes()));
    write_text(bytes.bytes(), out);
  }
  return out.take();
}

void TableStore::begin_tracking() {
  sweep_at_.clear();
  for (const auto& [name, table] : tables_) {
    if (GrowingTable* growing = table->growing()) {
      growing->begin_tracking();
    }
  }
}

void TableStore::end_tracking() {
  for (const auto& [name, table] : tables_) {
    if (GrowingTable* growing = table->growing()) {
      growing->end_tracking();
    }
  }
}

void TableStore::save_changes(const Due& due, const std::function<LayerWriter&()>& layer) {
  for (const auto& [name, table] : tables_) {
    GrowingTable* growing = table->growing();
    const size_t changed = growing != nullptr ? growing->changed() : 0;
    if (changed == 0) {
      continue;
    }
    uint64_t& each = entry_bytes_[name];
    if (each > due.most_bytes_each || (changed < due.changes && changed * each < due.bytes)) {
      continue;
    }
    Entries entries([&](std::string_view bytes) { layer().append(name, *growing, bytes); });
    growing->save_changes(entries);
    entries.hand_over();
    each = entries.bytes() / changed;
  }
}

GrowingTable::Around TableStore::sweep(size_t bytes, LayerWriter& layer) {
  using Around = GrowingTable::Around;
  size_t done = 0;
  for (auto at = tables_.lower_bound(sweep_at_); at != tables_.end(); ++at) {
    GrowingTable* growing = at->second->growing();
    if (growing == nullptr) {
      continue;
    }
    sweep_at_ = at->first;
    if (done >= bytes) {
      return Around::no;
    }
    ByteWriter entries;
    const Around around = growing->sweep(bytes - done, entries);
    layer.append(at->first, *growing, entries.bytes());
    done += entries.size();
    if (around == Around::no) {
      return Around::no;
    }
  }
  sweep_at_.clear();
  return Around::yes;
}

std::vector<std::string> TableStore::unclaimed() const {
  std::vector<std::string> names;
  for (const auto& [name, saved] : saved_) {
    names.push_back(name);
  }
  for (const auto& [name, written] : written_) {
    names.push_back(name);
  }
  return names;
}

}  // namespace millrace::state
