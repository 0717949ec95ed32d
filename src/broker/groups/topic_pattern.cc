#include "broker/groups/topic_pattern.h"

#include <re2/re2.h>

namespace millrace::broker {

struct TopicPattern::Impl {
  explicit Impl(const std::string& pattern) : expression(pattern, RE2::Quiet) {}
  RE2 expression;
};

TopicPattern::TopicPattern(const std::string& pattern)
    : text_(pattern), impl_(std::make_unique<Impl>(pattern)) {}

TopicPattern::~TopicPattern() = default;

std::string TopicPattern::fault() const { return impl_->expression.error(); }

bool TopicPattern::matches(std::string_view topic) const {
  return impl_->expression.ok() &&
         RE2::FullMatch(re2::StringPiece(topic.data(), topic.size()), impl_->expression);
}

}  // namespace millrace::broker
