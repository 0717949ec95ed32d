#include "broker/groups/assignors.h"

#include <doctest/doctest.h>

#include <string>

namespace millrace::broker {

namespace {

kafka::Uuid topic(char name) {
  kafka::Uuid id;
  id.bytes[0] = name;
  return id;
}

AssignorInput input_of(std::map<kafka::Uuid, int32_t> counts, int members) {
  AssignorInput input{std::move(counts), {}};
  for (int i = 0; i < members; ++i) {
    auto& member = input.members["m" + std::to_string(i)];
    for (const auto& [id, count] : input.partition_counts) {
      member.topics.insert(id);
    }
  }
  return input;
}

// Each partition of what somebody subscribes to has exactly one owner, who subscribes to it.
void check_whole(const AssignorInput& input, const Assignment& assignment) {
  TopicPartitions owned;
  for (const auto& [id, share] : assignment) {
    for (const auto& [topic, partitions] : share) {
      CHECK(input.members.at(id).topics.contains(topic));
      for (const int32_t partition : partitions) {
        CHECK(owned[topic].insert(partition).second);
      }
    }
  }
  for (const auto& [topic, count] : input.partition_counts) {
    CHECK(owned[topic].size() == static_cast<size_t>(count));
  }
}

}  // namespace

TEST_CASE("uniform: as many each, and nothing moves without need") {
  AssignorInput input = input_of({{topic('a'), 5}, {topic('b'), 5}}, 3);
  const Assignment first = assign_uniformly(input);
  check_whole(input, first);
  for (const auto& [id, share] : first) {
    CHECK(count_of(share) >= 3);
    CHECK(count_of(share) <= 4);
    input.members[id].before = share;
  }
  CHECK(assign_uniformly(input) == first);

  AssignorInput smaller = input;
  smaller.members.erase("m1");
  const Assignment second = assign_uniformly(smaller);
  check_whole(smaller, second);
  for (const std::string id : {"m0", "m2"}) {
    CHECK(count_of(second.at(id)) == 5);
    for (const auto& [topic, partitions] : first.at(id)) {
      for (const int32_t partition : partitions) {
        CHECK(second.at(id).at(topic).contains(partition));
      }
    }
  }
}

TEST_CASE("uniform: a newcomer relieves those who have most") {
  AssignorInput input = input_of({{topic('a'), 6}}, 1);
  input.members["m0"].before = assign_uniformly(input).at("m0");
  input.members["m1"].topics = {topic('a')};
  const Assignment shared = assign_uniformly(input);
  check_whole(input, shared);
  CHECK(count_of(shared.at("m0")) == 3);
  CHECK(count_of(shared.at("m1")) == 3);
}

TEST_CASE("uniform: who subscribes to less gets less, and what is gone is nobody's") {
  AssignorInput input = input_of({{topic('a'), 4}, {topic('b'), 1}}, 2);
  input.members["m1"].topics = {topic('b')};
  input.members["m1"].before = {{topic('a'), {0, 1}}, {topic('c'), {0}}};
  const Assignment shared = assign_uniformly(input);
  check_whole(input, shared);
  CHECK(shared.at("m1") == TopicPartitions{{topic('b'), {0}}});
}

TEST_CASE("range: the same range of every topic") {
  const AssignorInput input = input_of({{topic('a'), 5}, {topic('b'), 5}}, 2);
  const Assignment shared = assign_ranges(input);
  check_whole(input, shared);
  CHECK(shared.at("m0") == TopicPartitions{{topic('a'), {0, 1, 2}}, {topic('b'), {0, 1, 2}}});
  CHECK(shared.at("m1") == TopicPartitions{{topic('a'), {3, 4}}, {topic('b'), {3, 4}}});
}

TEST_CASE("range: nobody there, and a topic that nobody wants, are no trouble") {
  AssignorInput input = input_of({{topic('a'), 2}}, 0);
  CHECK(assign_ranges(input).empty());
  input.members["m0"];
  CHECK(count_of(assign_ranges(input).at("m0")) == 0);
}

TEST_CASE("assignors are found by their names") {
  CHECK(find_assignor("uniform") == &default_assignor());
  CHECK(find_assignor("range") != nullptr);
  CHECK(find_assignor("sticky") == nullptr);
}

}  // namespace millrace::broker
