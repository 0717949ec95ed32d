#include "broker/offsets.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "broker/broker.h"
#include "io/event_loop.h"

namespace millrace::broker {

namespace {

constexpr int16_t kKeyVersion = 1;
constexpr int16_t kValueVersion = 3;
constexpr size_t kReadBytes = 1 << 20;

void write_string(std::string_view text, NetworkWriter& out) {
  check(text.size() <= INT16_MAX, "requests hold no longer strings");
  out.write(static_cast<int16_t>(text.size()));
  out.write_bytes(text);
}

std::string_view read_string(NetworkReader& in) {
  return in.take(static_cast<size_t>(in.read<int16_t>()));
}

std::string key_of(const std::string& group, const Offsets::Place& place) {
  NetworkWriter out;
  out.write(kKeyVersion);
  write_string(group, out);
  write_string(place.topic, out);
  out.write(place.partition);
  return out.take();
}

std::string value_of(const Offsets::Committed& committed) {
  NetworkWriter out;
  out.write(kValueVersion);
  out.write(committed.offset.value);
  out.write(committed.leader_epoch);
  write_string(committed.metadata, out);
  out.write(committed.at.ms);
  return out.take();
}

}  // namespace

Offsets::Offsets(Broker& broker) : broker_(broker) { load(); }

void Offsets::load() {
  const auto topic = broker_.store().find(kOffsetsTopic);
  const auto partition = topic ? topic->find(PartitionIndex(0)) : nullptr;
  if (partition == nullptr) {
    return;
  }
  for (Offset at = partition->start_offset(); at < partition->end_offset();) {
    const auto read = partition->read(at, kReadBytes);
    for (std::string_view rest = read->view(); !rest.empty();) {
      const auto batch = kafka::BatchView::front_of(rest);
      kafka::Records records(*batch);
      while (const kafka::Record* record = records.next()) {
        apply(*record);
      }
      at = batch->next_offset();
      rest.remove_prefix(batch->size());
    }
  }
}

void Offsets::apply(const kafka::Record& record) {
  NetworkReader key(record.key.value_or(""));
  if (key.rest().size() < sizeof(int16_t) || key.read<int16_t>() != kKeyVersion) {
    return;
  }
  const std::string group(read_string(key));
  Place place{std::string(read_string(key)), 0};
  place.partition = key.read<int32_t>();
  if (!record.value) {
    groups_[group].erase(place);
    return;
  }
  NetworkReader value(*record.value);
  if (value.read<int16_t>() != kValueVersion) {
    return;
  }
  Committed committed;
  committed.offset = Offset(value.read<int64_t>());
  committed.leader_epoch = value.read<int32_t>();
  committed.metadata = read_string(value);
  committed.at = {value.read<int64_t>()};
  groups_[group][place] = std::move(committed);
}

std::shared_ptr<topic::Partition> Offsets::log() {
  const auto topic = broker_.store().find_or_create(std::string(kOffsetsTopic), 1,
                                                    {{"cleanup.policy", "compact"}});
  return topic.ok() ? (*topic)->find(PartitionIndex(0)) : nullptr;
}

void Offsets::commit(const std::string& group,
                     const std::vector<std::pair<Place, Committed>>& offsets,
                     std::function<void(kafka::ErrorCode)> done) {
  const auto partition = log();
  if (partition == nullptr) {
    done(ErrorCode::coordinator_not_available);
    return;
  }
  if (offsets.empty()) {
    done(ErrorCode::none);
    return;
  }
  kafka::BatchBuilder batch;
  for (const auto& [place, committed] : offsets) {
    batch.add(broker_.world().clock->now(), key_of(group, place), value_of(committed));
  }
  const topic::Appended appended = partition->append(batch.finish());
  if (appended.error_code != ErrorCode::none) {
    // Clients try a commit again after this one, and would give up after a storage error.
    done(ErrorCode::coordinator_not_available);
    return;
  }
  for (const auto& [place, committed] : offsets) {
    groups_[group][place] = committed;
  }
  if (broker_.answers_when_written()) {
    done(ErrorCode::none);
    return;
  }
  broker_.syncer().request(
      partition, [loop = &broker_.loop(), done](const std::optional<Error>& failure) {
        const ErrorCode code = failure ? ErrorCode::coordinator_not_available : ErrorCode::none;
        loop->post([done, code] { done(code); });
      });
}

const Offsets::OfGroup* Offsets::find(std::string_view group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? nullptr : &found->second;
}

const Offsets::Committed* Offsets::find(std::string_view group, const Place& place) const {
  const OfGroup* of_group = find(group);
  if (of_group == nullptr) {
    return nullptr;
  }
  const auto found = of_group->find(place);
  return found == of_group->end() ? nullptr : &found->second;
}

std::vector<std::string> Offsets::groups() const {
  std::vector<std::string> names;
  for (const auto& [name, offsets] : groups_) {
    names.push_back(name);
  }
  return names;
}

void Offsets::forget_topic(std::string_view topic) {
  kafka::BatchBuilder deletions;
  for (auto& [group, offsets] : groups_) {
    std::erase_if(offsets, [&](const auto& entry) {
      if (entry.first.topic != topic) {
        return false;
      }
      deletions.add(broker_.world().clock->now(), key_of(group, entry.first), std::nullopt);
      return true;
    });
  }
  const auto partition = deletions.empty() ? nullptr : log();
  if (partition != nullptr && partition->append(deletions.finish()).error_code != ErrorCode::none) {
    // They come back at the next start, for a topic that is not there: untidy, not wrong.
    broker_.world().log->warning("broker", "offsets of a deleted topic stay", {{"topic", topic}});
  }
}

}  // namespace millrace::broker
