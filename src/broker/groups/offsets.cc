#include "broker/groups/offsets.h"

#include <algorithm>

#include "base/clock.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/coordinator_log.h"
#include "broker/groups/offset_records.h"

namespace millrace::broker {

bool Offsets::apply(const kafka::Record& record, std::optional<int64_t> in_transaction_of) {
  std::optional<OffsetRecord> found = offset_record(record);
  if (!found) {
    return false;
  }
  ByGroup& groups = in_transaction_of ? undecided_[*in_transaction_of] : groups_;
  if (found->committed) {
    groups[found->group][found->place] = std::move(*found->committed);
    return true;
  }
  const auto of_group = groups.find(found->group);
  if (of_group != groups.end()) {
    of_group->second.erase(found->place);
    if (of_group->second.empty()) {
      groups.erase(of_group);
    }
  }
  return true;
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
  if (offsets.empty()) {
    done(ErrorCode::none);
    return;
  }
  kafka::BatchBuilder batch;
  for (const auto& [place, committed] : offsets) {
    batch.add(broker_.world().clock->now(), offset_key(group, place), offset_value(committed));
  }
  const ErrorCode fault = broker_.coordinator_log().append(batch.finish(producer));
  if (fault != ErrorCode::none) {
    done(fault);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [place, committed] : offsets) {
      applied[group][place] = committed;
    }
  }
  broker_.coordinator_log().when_durable(std::move(done));
}

void Offsets::end_transaction(int64_t producer_id, kafka::TransactionResult result) {
  const auto ended = undecided_.extract(producer_id);
  if (ended.empty() || result == kafka::TransactionResult::abort) {
    return;
  }
  const std::lock_guard lock(mutex_);
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

std::optional<Offsets::Committed> Offsets::committed(std::string_view group,
                                                     const Place& place) const {
  const std::lock_guard lock(mutex_);
  const Committed* found = find(group, place);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::vector<std::string> Offsets::groups() const {
  std::vector<std::string> names;
  for (const auto& [name, offsets] : groups_) {
    names.push_back(name);
  }
  return names;
}

ErrorCode Offsets::remove(const std::string& group,
                          const std::function<bool(const Place&)>& where) {
  const auto of_group = groups_.find(group);
  if (of_group == groups_.end()) {
    return ErrorCode::none;
  }
  kafka::BatchBuilder deletions;
  for (const auto& [place, committed] : of_group->second) {
    if (where(place)) {
      deletions.add(broker_.world().clock->now(), offset_key(group, place), std::nullopt);
    }
  }
  if (deletions.empty()) {
    return ErrorCode::none;
  }
  const ErrorCode fault = broker_.coordinator_log().append(deletions.finish());
  if (fault != ErrorCode::none) {
    return fault;
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(of_group->second, [&](const auto& entry) { return where(entry.first); });
  if (of_group->second.empty()) {
    groups_.erase(of_group);
  }
  return ErrorCode::none;
}

void Offsets::forget_topic(std::string_view topic) {
  for (const std::string& group : groups()) {
    if (remove(group, [topic](const Place& place) { return place.topic == topic; }) !=
        ErrorCode::none) {
      // They stay for a topic that is not there, until they expire: untidy, not wrong.
      broker_.world().log->warning("broker", "offsets of a deleted topic stay",
                                   {{"topic", topic}, {"group", group}});
    }
  }
}

void Offsets::expire(Timestamp now, Duration retention,
                     const std::function<std::optional<Timestamp>(const std::string&,
                                                                  const Committed&)>& empty_since) {
  for (const std::string& group : groups()) {
    const OfGroup& of_group = *find(group);
    const auto has_expired = [&](const Place& place) {
      const Committed& committed = of_group.at(place);
      const std::optional<Timestamp> since = empty_since(group, committed);
      return since &&
             now.ms >= (committed.expires ? committed.expires->ms : since->ms + retention.ms());
    };
    // It is tried again at the next turn, where the disk refuses.
    static_cast<void>(remove(group, has_expired));
  }
}

}  // namespace millrace::broker
