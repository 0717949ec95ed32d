#include "state/table_store.h"

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"

namespace millrace::state {

static std::string read_text(ByteReader& in) { return std::string(in.take(in.read_varint())); }

static void write_text(std::string_view text, ByteWriter& out) {
  out.write_varint(text.size());
  out.write_bytes(text);
}

TableStore::TableStore(std::string_view snapshot) {
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

void TableStore::adopt(const std::string& name, std::unique_ptr<Table> table) {
  if (auto node = saved_.extract(name)) {
    const Saved& saved = node.mapped();
    if (saved.kind != table->kind() || saved.version != table->version()) {
      throw Error(ErrorCode::corrupt, "cannot load state table '" + name + "': expected " +
                                          std::string(table->kind()) + " version " +
                                          std::to_string(table->version()) + ", found " +
                                          saved.kind + " version " + std::to_string(saved.version));
    }
    ByteReader in(saved.bytes);
    table->load(in);
    if (!in.empty()) {
      throw Error(ErrorCode::corrupt, "cannot load state table '" + name + "': bytes left over");
    }
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
  return make<RankedRows>(name, std::move(shape));
}

WaitingRows& TableStore::waiting_rows(const std::string& name, std::vector<Type> types) {
  return make<WaitingRows>(name, std::move(types));
}

RowRuns& TableStore::row_runs(const std::string& name, RowRunsShape shape) {
  return make<RowRuns>(name, std::move(shape));
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

std::string TableStore::snapshot() const {
  ByteWriter out;
  out.write_varint(tables_.size());
  for (const auto& [name, table] : tables_) {
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

std::vector<std::string> TableStore::unclaimed() const {
  std::vector<std::string> names;
  for (const auto& [name, saved] : saved_) {
    names.push_back(name);
  }
  return names;
}

}  // namespace millrace::state
