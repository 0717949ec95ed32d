#include "topic/compaction.h"

#include <algorithm>

#include "base/hash.h"

namespace millrace::topic {

using kafka::BatchView;

namespace {

// An entry of the table, besides its key's bytes.
constexpr size_t kEntryBytes = 80;

}  // namespace

size_t LatestOffsets::KeyHash::operator()(std::string_view key) const { return hash_bytes(key); }

void LatestOffsets::add(const BatchView& batch) {
  kafka::Records records(batch);
  while (const kafka::Record* record = records.next()) {
    if (!record->key) {
      continue;
    }
    const auto found = offsets_.find(*record->key);
    if (found != offsets_.end()) {
      found->second = record->offset;
    } else {
      offsets_.emplace(*record->key, record->offset);
      bytes_ += record->key->size() + kEntryBytes;
    }
  }
}

bool LatestOffsets::is_superseded(const kafka::Record& record) const {
  if (!record.key) {
    return true;  // from before the topic was compacted: no later record can stand for it
  }
  const auto found = offsets_.find(*record.key);
  return found != offsets_.end() && found->second > record.offset;
}

std::string without_superseded(const BatchView& batch,
                               const std::function<bool(const kafka::Record&)>& keeps) {
  std::string kept_records;
  int32_t kept = 0;
  kafka::Records records(batch);
  while (const kafka::Record* record = records.next()) {
    if (keeps(*record)) {
      kept_records += record->bytes;
      ++kept;
    }
  }
  if (kept == 0) {
    return "";
  }
  if (kept == batch.record_count()) {
    std::string whole(batch.bytes());
    kafka::rewrite_header(whole, {.transactional = false});
    return whole;
  }
  std::string smaller(batch.bytes().substr(0, BatchView::kHeaderBytes));
  smaller += kept_records;
  kafka::rewrite_header(smaller,
                        {.transactional = false, .compressed = false, .record_count = kept});
  return smaller;
}

}  // namespace millrace::topic
