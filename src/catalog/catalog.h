#pragma once

// The tables and views that statements may name. One name stands for one thing. A catalog belongs
// to a session or to a pipeline file; definitions in it never change, they are replaced.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/table.h"

namespace millrace::catalog {

enum class IfExists : uint8_t { fail, keep };
enum class IfMissing : uint8_t { fail, ignore };

class Catalog {
 public:
  // nullptr where no such table or view is.
  std::shared_ptr<const Table> find_table(std::string_view name) const;
  std::shared_ptr<const View> find_view(std::string_view name) const;

  // Error(already_exists) at `at` where the name is taken, unless it may be kept.
  void add(Table table, IfExists if_exists, const Position& at);
  void add(View view, IfExists if_exists, const Position& at);
  // Error(not_found) at `at`, with the nearest name.
  void drop_table(std::string_view name, IfMissing if_missing, const Position& at);
  void drop_view(std::string_view name, IfMissing if_missing, const Position& at);

  // For a name in FROM or INTO that is none of ours.
  [[noreturn]] void fail_unknown(std::string_view name, const Position& at) const;
  std::vector<std::string> table_names() const;
  std::vector<std::string> view_names() const;

 private:
  bool is_taken(const std::string& name, IfExists if_exists, const Position& at) const;

  std::map<std::string, std::shared_ptr<const Table>, std::less<>> tables_;
  std::map<std::string, std::shared_ptr<const View>, std::less<>> views_;
};

}  // namespace millrace::catalog
