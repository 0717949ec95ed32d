#include "topic/producers.h"

#include <limits>

#include "base/bytes.h"
#include "base/hash.h"

namespace millrace::topic {

using kafka::BatchView;
using kafka::ErrorCode;

namespace {

constexpr std::string_view kMagic = "MRPRODU1";

// Sequences run from 0 to 2³¹−1 and begin again at 0.
int32_t advance(int32_t sequence, int32_t by) {
  constexpr int64_t kPeriod = 1LL << 31;
  return static_cast<int32_t>((int64_t{sequence} + by) % kPeriod);
}

int32_t last_sequence(const BatchView& batch) {
  return advance(batch.base_sequence(), batch.last_offset_delta());
}

}  // namespace

Producers::Verdict Producers::judge(const BatchView& batch) const {
  const auto found = producers_.find(batch.producer_id());
  if (batch.producer_id() < 0 || found == producers_.end()) {
    // A producer that we forgot, or that begins in the middle after its partition was made anew,
    // may go on: refusing would stop it for good (KIP-360).
    return {};
  }
  const Producer& known = found->second;
  const auto text_of = [&batch](std::string_view what) {
    return "producer " + std::to_string(batch.producer_id()) + " " + std::string(what);
  };
  if (batch.producer_epoch() < known.epoch) {
    return {ErrorCode::invalid_producer_epoch,
            text_of("has epoch ") + std::to_string(known.epoch) + ", batch has " +
                std::to_string(batch.producer_epoch()),
            {}};
  }
  if (batch.producer_epoch() > known.epoch) {
    if (batch.base_sequence() == 0) {
      return {};
    }
    return {ErrorCode::out_of_order_sequence_number,
            text_of("must begin its new epoch with sequence 0, batch has ") +
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
            text_of("should go on with sequence ") + std::to_string(expected) + ", batch has " +
                std::to_string(batch.base_sequence()),
            {}};
  }
  return {};
}

void Producers::note(const BatchView& placed, Timestamp now) {
  if (placed.producer_id() < 0) {
    return;
  }
  Producer& producer = producers_[placed.producer_id()];
  if (producer.epoch != placed.producer_epoch()) {
    producer.epoch = placed.producer_epoch();
    producer.sent.clear();
  }
  producer.last_seen = now;
  if (producer.sent.size() == kRemembered) {
    producer.sent.erase(producer.sent.begin());
  }
  producer.sent.push_back({placed.base_sequence(), last_sequence(placed), placed.base_offset()});
}

void Producers::note_refused(const BatchView& batch, Timestamp now) {
  if (batch.producer_id() < 0 || producers_.contains(batch.producer_id())) {
    return;  // a known one's next sequence stands already
  }
  Producer& producer = producers_[batch.producer_id()];
  producer.epoch = batch.producer_epoch();
  producer.last_seen = now;
  producer.begins_with = batch.base_sequence();
}

void Producers::forget_silent_since(Timestamp time) {
  std::erase_if(producers_, [time](const auto& entry) { return entry.second.last_seen < time; });
}

std::string Producers::to_bytes() const {
  ByteWriter out;
  out.write_bytes(kMagic);
  out.write(static_cast<uint32_t>(producers_.size()));
  for (const auto& [id, producer] : producers_) {
    out.write(id);
    out.write(producer.epoch);
    out.write(producer.last_seen.ms);
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
    Producer& producer = read.producers_[in.read<int64_t>()];
    producer.epoch = in.read<int16_t>();
    producer.last_seen = {in.read<int64_t>()};
    for (auto batches = in.read<uint8_t>(); batches > 0; --batches) {
      Sent& sent = producer.sent.emplace_back();
      sent.first_sequence = in.read<int32_t>();
      sent.last_sequence = in.read<int32_t>();
      sent.base = Offset(in.read<int64_t>());
    }
  }
  return read;
}

}  // namespace millrace::topic
