#include "plan/bind/grouping_sets.h"

#include <algorithm>
#include <map>

namespace millrace::plan {

// Each row is gathered once a set.
static constexpr size_t kMostSets = 1024;

static void check_number(size_t sets, const Position& at) {
  if (sets > kMostSets) {
    throw Error(ErrorCode::unsupported,
                "more than " + std::to_string(kMostSets) + " grouping sets are not supported", at);
  }
}

KeySet joined(const std::vector<KeySet>& sets) {
  KeySet all;
  for (const KeySet& set : sets) {
    all.insert(set.begin(), set.end());
  }
  return all;
}

std::vector<KeySet> rolled_up(const std::vector<KeySet>& members) {
  std::vector<KeySet> sets;
  for (size_t size = members.size() + 1; size-- > 0;) {
    sets.push_back(joined({members.begin(), members.begin() + static_cast<ptrdiff_t>(size)}));
  }
  return sets;
}

std::vector<KeySet> cubed(const std::vector<KeySet>& members, const Position& at) {
  constexpr size_t kMostMembers = 16;
  check_number(members.size() > kMostMembers ? kMostSets + 1 : size_t{1} << members.size(), at);
  std::vector<KeySet> sets;
  for (size_t left_out = 0; left_out < size_t{1} << members.size(); ++left_out) {
    std::vector<KeySet> chosen;
    for (size_t i = 0; i < members.size(); ++i) {
      // The first member is the highest bit, so that the last is left out first.
      if (((left_out >> (members.size() - 1 - i)) & 1) == 0) {
        chosen.push_back(members[i]);
      }
    }
    sets.push_back(joined(chosen));
  }
  return sets;
}

std::vector<KeySet> crossed(const std::vector<KeySet>& a, const std::vector<KeySet>& b,
                            const Position& at) {
  check_number(a.size() * b.size(), at);
  std::vector<KeySet> sets;
  for (const KeySet& left : a) {
    for (const KeySet& right : b) {
      sets.push_back(joined({left, right}));
    }
  }
  return sets;
}

bool flink_plans(const std::vector<std::vector<bool>>& sets) {
  std::map<std::vector<bool>, size_t> times;
  size_t most = 0;
  for (const std::vector<bool>& set : sets) {
    most = std::max(most, ++times[set]);
  }
  for (size_t time = 2; time <= most; ++time) {
    size_t found = 0;
    bool has_all_keys = false;
    for (const auto& [set, number] : times) {
      found += number >= time ? 1 : 0;
      has_all_keys =
          has_all_keys || (number >= time && std::find(set.begin(), set.end(), false) == set.end());
    }
    if (found == 1 && !has_all_keys) {
      return false;
    }
  }
  return true;
}

}  // namespace millrace::plan
