#pragma once

// The regular expression by which a consumer subscribes to topics, in RE2's syntax as Kafka's.

#include <memory>
#include <string>
#include <string_view>

namespace millrace::broker {

class TopicPattern {
 public:
  explicit TopicPattern(const std::string& pattern);
  ~TopicPattern();
  TopicPattern(const TopicPattern&) = delete;
  TopicPattern& operator=(const TopicPattern&) = delete;

  const std::string& text() const { return text_; }
  // Why it is none; empty for a good one.
  std::string fault() const;
  bool matches(std::string_view topic) const;  // all of it

 private:
  struct Impl;
  const std::string text_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace millrace::broker
