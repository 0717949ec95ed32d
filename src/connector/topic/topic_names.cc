#include "connector/topic/topic_names.h"

#include <re2/re2.h>

#include <algorithm>

#include "base/error.h"
#include "base/split.h"
#include "catalog/table.h"
#include "topic/store.h"

namespace millrace::connector {

static constexpr auto kTopic = "topic";
static constexpr auto kPattern = "topic-pattern";

static std::vector<std::string> named_in(const std::string& list) {
  std::vector<std::string> names;
  for (const std::string_view name : split(list, ';')) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
      names.emplace_back(name);
    }
  }
  return names;
}

TopicNames TopicNames::from(const catalog::Table& table) {
  TopicNames names;
  names.named_ = named_in(table.option(kTopic));
  names.pattern_ = table.option(kPattern);
  if (names.named_.empty() == names.pattern_.empty()) {
    const auto at = table.options.find(names.pattern_.empty() ? kTopic : kPattern);
    throw Error(ErrorCode::invalid_argument,
                "table '" + table.name + "' needs 'topic', with a name, or 'topic-pattern', not " +
                    (names.pattern_.empty() ? "neither" : "both"),
                at != table.options.end() ? at->second.position : Position{});
  }
  const re2::RE2 pattern(names.pattern_, re2::RE2::Quiet);
  if (!pattern.ok()) {
    throw Error(ErrorCode::unsupported,  // one of Java's may be none here
                "'topic-pattern' of table '" + table.name + "' is '" + names.pattern_ +
                    "', which is no regular expression: " + pattern.error(),
                table.options.at(kPattern).position);
  }
  return names;
}

std::vector<std::string> TopicNames::in(const topic::Store& store) const {
  if (!is_pattern()) {
    return named_;
  }
  const re2::RE2 pattern(pattern_, re2::RE2::Quiet);
  std::vector<std::string> names;
  for (const auto& topic : store.list()) {
    if (re2::RE2::FullMatch(topic->name, pattern)) {
      names.push_back(topic->name);
    }
  }
  return names;
}

std::string TopicNames::text() const {
  if (is_pattern()) {
    return "topics like '" + pattern_ + "'";
  }
  std::string text;
  for (const std::string& name : named_) {
    text += (text.empty() ? "" : ", ") + ("'" + name + "'");
  }
  return (is_one() ? "topic " : "topics ") + text;
}

}  // namespace millrace::connector
