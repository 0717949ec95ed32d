#pragma once

// The records within a batch, read and written.
// https://kafka.apache.org/documentation/#record

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/shared_bytes.h"
#include "base/time.h"
#include "kafka/record_batch.h"

namespace millrace::kafka {

// Views into the batch, or into the Records that decompressed it.
struct Record {
  Offset offset;
  Timestamp timestamp;
  std::optional<std::string_view> key;    // null is not the same as empty
  std::optional<std::string_view> value;  // null deletes a key of a compacted topic
  int32_t header_count = 0;
  std::string_view headers;  // for headers_of()
  std::string_view bytes;    // all of it, as it stands in the batch once decompressed
};

struct Header {
  std::string_view key;
  std::optional<std::string_view> value;
};
std::vector<Header> headers_of(const Record& record);

// for (Records records(batch); const Record* record = records.next();) …
//
// Where the batch is not compressed nothing is copied: the batch's bytes must outlive this, and the
// readable bytes behind them are those behind the last value.
class Records {
 public:
  explicit Records(const BatchView& batch);

  // The next one, valid until the next call; nullptr behind the last. Throws Error(corrupt).
  const Record* next();
  bool decompressed() const { return !decompressed_.empty(); }

 private:
  BatchView batch_;
  SharedBytes decompressed_;
  std::string_view rest_;
  int32_t left_;
  Record record_;
};

// Puts records into one batch, not compressed, as append() to a log wants it.
class BatchBuilder {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  void add(Timestamp timestamp, std::optional<std::string_view> key,
           std::optional<std::string_view> value, const Headers& headers = {});
  size_t size() const { return BatchView::kHeaderBytes + records_.size(); }
  int32_t count() const { return count_; }
  bool empty() const { return count_ == 0; }

  struct Producer {
    int64_t id = kNoProducerId;
    int16_t epoch = -1;
    int32_t base_sequence = -1;
    int16_t attributes = 0;  // kTransactionalBit and kControlBit
  };
  // The batch's bytes, offsets from 0; the builder is empty again.
  std::string finish(Producer producer);
  std::string finish() { return finish(Producer{}); }

 private:
  std::string records_;
  std::string scratch_;
  int32_t count_ = 0;
  Timestamp base_timestamp_;
  Timestamp max_timestamp_;
};

}  // namespace millrace::kafka
