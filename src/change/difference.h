#pragma once

// What a new text of a pipeline would change, for a person to decide on.

#include <string>
#include <vector>

#include "base/json.h"
#include "plan/nodes.h"
#include "plan/session/session.h"

namespace millrace::topic {
class Store;
}

namespace millrace::change {

// Two texts as one, a line each, with "- ", "+ " or "  " before it.
std::vector<std::string> difference_of_lines(const std::string& before, const std::string& now);

// The terms (plan/session/terms.h) that one job has and the other has not, with "- " or "+ "
// before.
std::vector<std::string> difference_of_terms(const plan::Job& before, const plan::Job& now);

// What in the plan would give other answers a second time: "CURRENT_TIMESTAMP in Project(...)".
std::vector<std::string> not_repeatable(const plan::Plan& plan);
// Tables that say to begin elsewhere than at the beginning, where a new version begins.
std::vector<std::string> begun_anew(const plan::Plan& plan);

// The plans' trees as one text and the terms. Where the plan is another, the state of the new one,
// the topics that it reads and from which offset each can still be read; else its state stays.
Json difference(const plan::Job& before, const plan::Job& now, const topic::Store& topics);

}  // namespace millrace::change
