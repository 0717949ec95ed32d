#include "topic/producers.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/hash.h"

namespace millrace::topic {

using kafka::BatchView;
using kafka::ErrorCode;

namespace {

constexpr std::string_view kMagic = "MRPRODU2";

// Sequences run from 0 to 2³¹−1 and begin again at 0.
int32_t advance(int32_t sequence, int32_t by) {
  constexpr int64_t kPeriod = 1LL << 31;
  return static_cast<int32_t>((int64_t{sequence} + by) % kPeriod);
}

int32_t last_sequence(const BatchView& batch) {
  return advance(batch.base_sequence(), batch.last_offset_delta());
}

std::string text_of(int64_t producer_id, std::string_view what) {
  return "producer " + std::to_string(producer_id) + " " + std::string(what);
}

// How an absent number stands in a .producers file.
constexpr int64_t kAbsent = -1;

}  // namespace

Producers::Verdict Producers::judge(const BatchView& batch) const {
  const auto found = producers_.find(batch.producer_id());
  if (batch.producer_id() < 0 || found == producers_.end()) {
    // A producer that we forgot, or that begins in the middle after its partition was made anew,
    // may go on: refusing would stop it for good (KIP-360).
    return {};
  }
  const Producer& known = found->second;
  if (batch.producer_epoch() < known.epoch) {
    return {ErrorCode::invalid_producer_epoch,
            text_of(batch.producer_id(), "has epoch ") + std::to_string(known.epoch) +
                ", batch has " + std::to_string(batch.producer_epoch()),
            {}};
  }
  if (known.transaction && !batch.is_transactional()) {
    return {ErrorCode::invalid_txn_state,
            text_of(batch.producer_id(), "has a transaction open, the batch is of none"),
            {}};
  }
  if (batch.base_sequence() < 0) {
    return {};  // the coordinator's, which does not number its batches
  }
  if (batch.producer_epoch() > known.epoch) {
    if (batch.base_sequence() == 0) {
      return {};
    }
    return {ErrorCode::out_of_order_sequence_number,
            text_of(batch.producer_id(), "must begin its new epoch with sequence 0, batch has ") +
                std::to_string(batch.base_sequence()),
            {}};
  }
  for (const Sent& sent : known.sent) {
    if (sent.first_sequence == batch.base_sequence() &&
        sent.last_sequence == last_sequence(batch)) {
      return {ErrorCode::none, "", sent.base};
    }
  }
  const int32_t expected = known.sent.empty() ? known.begins_with.value_or(batch.base_sequence())
                                              : advance(known.sent.back().last_sequence, 1);
  if (batch.base_sequence() != expected) {
    return {ErrorCode::out_of_order_sequence_number,
            text_of(batch.producer_id(), "should go on with sequence ") + std::to_string(expected) +
                ", batch has " + std::to_string(batch.base_sequence()),
            {}};
  }
  return {};
}

Producers::Verdict Producers::judge(const kafka::EndMarker& marker) const {
  const auto found = producers_.find(marker.producer_id);
  if (found == producers_.end()) {
    return {};
  }
  const Producer& known = found->second;
  if (marker.producer_epoch < known.epoch) {
    return {ErrorCode::invalid_producer_epoch,
            text_of(marker.producer_id, "has epoch ") + std::to_string(known.epoch) +
                ", the end of its transaction has " + std::to_string(marker.producer_epoch),
            {}};
  }
  if (marker.coordinator_epoch < known.coordinator_epoch) {
    return {ErrorCode::transaction_coordinator_fenced,
            text_of(marker.producer_id, "is coordinated in epoch ") +
                std::to_string(known.coordinator_epoch) + ", the end of its transaction has " +
                std::to_string(marker.coordinator_epoch),
            {}};
  }
  return {};
}

std::optional<AbortedTransaction> Producers::note(const BatchView& placed, Timestamp now) {
  if (placed.producer_id() < 0) {
    return std::nullopt;
  }
  if (placed.is_control()) {
    const auto marker = kafka::end_marker_in(placed);
    return marker ? note_marker(*marker, placed.base_offset(), now) : std::nullopt;
  }
  Producer& producer = producers_[placed.producer_id()];
  if (producer.epoch != placed.producer_epoch()) {
    producer.epoch = placed.producer_epoch();
    producer.sent.clear();
  }
  producer.last_seen = now;
  if (placed.base_sequence() >= 0) {
    producer.begins_with.reset();
    if (producer.sent.size() == kRemembered) {
      producer.sent.erase(producer.sent.begin());
    }
    producer.sent.push_back({placed.base_sequence(), last_sequence(placed), placed.base_offset()});
  }
  if (placed.is_transactional() && !producer.transaction) {
    producer.transaction = placed.base_offset();
    open_[placed.base_offset()] = placed.producer_id();
  }
  return std::nullopt;
}

std::optional<AbortedTransaction> Producers::note_marker(const kafka::EndMarker& marker, Offset at,
                                                         Timestamp now) {
  Producer& producer = producers_[marker.producer_id];
  if (marker.producer_epoch > producer.epoch) {
    // Whoever goes on has a new epoch, and begins it anew: late batches of before stay out.
    producer.epoch = marker.producer_epoch;
    producer.sent.clear();
  }
  if (producer.sent.empty()) {
    producer.begins_with = 0;
  }
  producer.last_seen = now;
  producer.coordinator_epoch = marker.coordinator_epoch;
  if (!producer.transaction) {
    return std::nullopt;
  }
  const Offset first = *producer.transaction;
  producer.transaction.reset();
  open_.erase(first);
  if (marker.result == kafka::TransactionResult::commit) {
    return std::nullopt;
  }
  return AbortedTransaction{marker.producer_id, first, at, first_open().value_or(at + 1)};
}

std::optional<Offset> Producers::first_open() const {
  return open_.empty() ? std::nullopt : std::optional<Offset>(open_.begin()->first);
}

std::vector<ProducerStatus> Producers::list() const {
  std::vector<ProducerStatus> all;
  for (const auto& [id, producer] : producers_) {
    all.push_back({id, producer.epoch,
                   producer.sent.empty() ? -1 : producer.sent.back().last_sequence,
                   producer.last_seen, producer.coordinator_epoch, producer.transaction});
  }
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

void Producers::note_refused(const BatchView& batch, Timestamp now) {
  if (batch.producer_id() < 0 || batch.base_sequence() < 0 ||
      producers_.contains(batch.producer_id())) {
    return;  // nothing to go on from, or a known one's next sequence stands already
  }
  Producer& producer = producers_[batch.producer_id()];
  producer.epoch = batch.producer_epoch();
  producer.last_seen = now;
  producer.begins_with = batch.base_sequence();
}

void Producers::forget_silent_since(Timestamp time) {
  std::erase_if(producers_, [time](const auto& entry) {
    return entry.second.last_seen < time && !entry.second.transaction;
  });
}

std::string Producers::to_bytes() const {
  ByteWriter out;
  out.write_bytes(kMagic);
  out.write(static_cast<uint32_t>(producers_.size()));
  for (const auto& [id, producer] : producers_) {
    out.write(id);
    out.write(producer.epoch);
    out.write(producer.last_seen.ms);
    out.write(producer.coordinator_epoch);
    out.write(producer.transaction ? producer.transaction->value : kAbsent);
    out.write(static_cast<int64_t>(producer.begins_with.value_or(kAbsent)));
    out.write(static_cast<uint8_t>(producer.sent.size()));
    for (const Sent& sent : producer.sent) {
      out.write(sent.first_sequence);
      out.write(sent.last_sequence);
      out.write(sent.base.value);
    }
  }
  out.write(crc32c(out.bytes()));
  return out.take();
}

std::optional<Producers> Producers::from_bytes(std::string_view bytes) {
  if (bytes.size() < kMagic.size() + 8 || !bytes.starts_with(kMagic) ||
      crc32c(bytes.substr(0, bytes.size() - 4)) !=
          load<uint32_t, Endian::little>(bytes.data() + bytes.size() - 4)) {
    return std::nullopt;
  }
  ByteReader in(bytes.substr(kMagic.size()));
  Producers read;
  for (auto left = in.read<uint32_t>(); left > 0; --left) {
    const auto id = in.read<int64_t>();
    Producer& producer = read.producers_[id];
    producer.epoch = in.read<int16_t>();
    producer.last_seen = {in.read<int64_t>()};
    producer.coordinator_epoch = in.read<int32_t>();
    if (const auto first = in.read<int64_t>(); first != kAbsent) {
      producer.transaction = Offset(first);
      read.open_[Offset(first)] = id;
    }
    if (const auto sequence = in.read<int64_t>(); sequence != kAbsent) {
      producer.begins_with = static_cast<int32_t>(sequence);
    }
    for (auto batches = in.read<uint8_t>(); batches > 0; --batches) {
      Sent& sent = producer.sent.emplace_back();
      sent.first_sequence = in.read<int32_t>();
      sent.last_sequence = in.read<int32_t>();
      sent.base = Offset(in.read<int64_t>());
    }
  }
  return read;
}

bool is_aborted(const BatchView& batch, const std::vector<AbortedTransaction>& aborted) {
  return batch.is_transactional() &&
         std::any_of(aborted.begin(), aborted.end(), [&](const AbortedTransaction& transaction) {
           return transaction.producer_id == batch.producer_id() &&
                  transaction.first <= batch.base_offset() &&
                  batch.base_offset() < transaction.last;
         });
}

}  // namespace millrace::topic
