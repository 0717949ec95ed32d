#include "exec/task_context.h"

#include "base/clock.h"
#include "base/error.h"
#include "function/scalar.h"

namespace millrace::exec {

std::string TaskContext::setting(const std::string& key, const std::string& otherwise) const {
  const auto found = task_->settings.find(key);
  return found == task_->settings.end() ? otherwise : found->second;
}

Duration TaskContext::duration_setting(const std::string& key, Duration otherwise) const {
  const std::string text = setting(key);
  if (text.empty()) {
    return otherwise;
  }
  if (const auto duration = parse_duration(text)) {
    return *duration;
  }
  throw Error(ErrorCode::invalid_argument,
              "setting '" + key + "': '" + text + "' is not a duration such as '5 s'");
}

function::EvaluationContext TaskContext::evaluation() const {
  return function::EvaluationContext(world().clock->now(), world().random);
}

}  // namespace millrace::exec
