#pragma once

// The files named `unsupported` beside golden cases: cases whose answer is not Flink's yet, a line
// each, by their path below the file and without ".test", behind which may stand why. A case listed
// that passes is a failure, so that the lists only get shorter.

#include <map>
#include <string>

namespace millrace::golden {

class UnsupportedLists {
 public:
  bool contains(const std::string& case_path);
  void remove(const std::string& case_path);
  void add(const std::string& case_path);
  // Writes the lists that changed.
  void save() const;

 private:
  struct List {
    std::map<std::string, std::string> reasons;  // by name
    bool changed = false;
  };
  struct Entry {
    List& list;
    std::string name;
  };
  Entry entry_of(const std::string& case_path);

  std::map<std::string, List> lists_;  // by path
};

}  // namespace millrace::golden
