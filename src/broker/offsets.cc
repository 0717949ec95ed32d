#include "broker/offsets.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "base/clock.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/durability.h"

namespace millrace::broker {

namespace {

constexpr int16_t kKeyVersion = 1;
constexpr int16_t kValueVersion = 3;

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
  for_each_batch(*partition, [this](const kafka::BatchView& batch) {
    if (batch.is_control()) {
      if (const auto marker = kafka::end_marker_in(batch)) {
        end_transaction(marker->producer_id, marker->result);
      }
      return;
    }
    ByGroup& groups = batch.is_transactional() ? undecided_[batch.producer_id()] : groups_;
    kafka::Records records(batch);
    while (const kafka::Record* record = records.next()) {
      apply(*record, groups);
    }
  });
}

void Offsets::apply(const kafka::Record& record, ByGroup& groups) {
  NetworkReader key(record.key.value_or(""));
  if (key.rest().size() < sizeof(int16_t) || key.read<int16_t>() != kKeyVersion) {
    return;
  }
  const std::string group(read_string(key));
  Place place{std::string(read_string(key)), 0};
  place.partition = key.read<int32_t>();
  if (!record.value) {
    groups[group].erase(place);
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
  groups[group][place] = std::move(committed);
}

std::shared_ptr<topic::Partition> Offsets::log() {
  const auto topic = broker_.store().find_or_create(std::string(kOffsetsTopic), 1,
                                                    {{"cleanup.policy", "compact"}});
  return topic.ok() ? (*topic)->find(PartitionIndex(0)) : nullptr;
}

void Offsets::commit(const std::string& group,
                     const std::vector<std::pair<Place, Committed>>& offsets,
                     std::function<void(kafka::ErrorCode)> done) {
  append_and_apply(group, offsets, {}, groups_, std::move(done));
}

void Offsets::commit_in_transaction(const std::string& group, int64_t producer_id,
                                    int16_t producer_epoch,
                                    const std::vector<std::pair<Place, Committed>>& offsets,
                                    std::function<void(kafka::ErrorCode)> done) {
  append_and_apply(group, offsets,
                   {.id = producer_id,
                    .epoch = producer_epoch,
                    .base_sequence = -1,
                    .attributes = kafka::kTransactionalBit},
                   undecided_[producer_id], std::move(done));
}

void Offsets::append_and_apply(const std::string& group,
                               const std::vector<std::pair<Place, Committed>>& offsets,
                               const kafka::BatchBuilder::Producer& producer, ByGroup& applied,
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
  const topic::Appended appended =
      partition->append(batch.finish(producer), topic::Origin::coordinator);
  if (appended.error_code != ErrorCode::none) {
    // Clients try a commit again after this one, and would give up after a storage error.
    done(appended.error_code == ErrorCode::invalid_producer_epoch
             ? appended.error_code
             : ErrorCode::coordinator_not_available);
    return;
  }
  for (const auto& [place, committed] : offsets) {
    applied[group][place] = committed;
  }
  when_all_durable(broker_, {partition}, std::move(done));
}

void Offsets::end_transaction(int64_t producer_id, kafka::TransactionResult result) {
  const auto ended = undecided_.extract(producer_id);
  if (ended.empty() || result == kafka::TransactionResult::abort) {
    return;
  }
  for (auto& [group, offsets] : ended.mapped()) {
    for (auto& [place, committed] : offsets) {
      groups_[group][place] = std::move(committed);
    }
  }
}

bool Offsets::is_undecided(std::string_view group, const Place& place) const {
  return std::any_of(undecided_.begin(), undecided_.end(), [&](const auto& of_producer) {
    const auto found = of_producer.second.find(group);
    return found != of_producer.second.end() && found->second.contains(place);
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
