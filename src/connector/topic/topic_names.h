#pragma once

// Which topics a table is over: those that 'topic' names, with ';' between them, or all whose whole
// name 'topic-pattern' matches, which may be more with time.

#include <string>
#include <vector>

namespace millrace::catalog {
struct Table;
}
namespace millrace::topic {
class Store;
}

namespace millrace::connector {

class TopicNames {
 public:
  // Throws Error at the option's position: of both or none, and of what is no pattern.
  static TopicNames from(const catalog::Table& table);

  // One topic, by its name: the only kind of table that is written.
  bool is_one() const { return named_.size() == 1; }
  // Which there will be does not stand in the table.
  bool is_pattern() const { return named_.empty(); }
  const std::string& first() const { return named_.front(); }
  // As they are named, or those that match of the ones that there are.
  std::vector<std::string> in(const topic::Store& store) const;
  // For people.
  std::string text() const;

 private:
  std::vector<std::string> named_;
  std::string pattern_;
};

}  // namespace millrace::connector
