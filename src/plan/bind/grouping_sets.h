#pragma once

// GROUPING SETS, ROLLUP and CUBE as the lists of keys that they stand for.

#include <set>
#include <vector>

#include "base/error.h"

namespace millrace::plan {

using KeySet = std::set<size_t>;  // keys of GROUP BY by number

// All keys of all of them.
KeySet joined(const std::vector<KeySet>& sets);
// All of them, all but the last, ..., none.
std::vector<KeySet> rolled_up(const std::vector<KeySet>& members);
// Every choice of them, all first, none last.
std::vector<KeySet> cubed(const std::vector<KeySet>& members, const Position& at);
// Whether Flink can plan them. It makes an aggregation of what stands among them once, one of what
// stands there twice, and so on, and has none of a single set that leaves out a key.
bool flink_plans(const std::vector<std::vector<bool>>& sets);
// Each of the one with each of the other: what elements of GROUP BY side by side mean.
std::vector<KeySet> crossed(const std::vector<KeySet>& a, const std::vector<KeySet>& b,
                            const Position& at);

}  // namespace millrace::plan
