#pragma once

// What statements may name: tables, views, models and functions, in the databases of catalogs. One
// name stands for one table or view; a temporary thing hides a permanent one of its name. A catalog
// belongs to a session or to a pipeline file; definitions in it never change, they are replaced.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/function.h"
#include "catalog/model.h"
#include "catalog/object_name.h"
#include "catalog/table.h"

namespace millrace::catalog {

enum class IfExists : uint8_t { fail, keep };
enum class IfMissing : uint8_t { fail, ignore };
enum class Lifetime : uint8_t { permanent, temporary };
enum class Cascade : uint8_t { refuse, drop_all };

// What is known of a catalog or database beside what it holds.
struct Properties {
  std::string comment;
  std::map<std::string, std::string> options;
};

class Catalog {
 public:
  // With default_catalog.default_database, and in it.
  Catalog();

  // --- Catalogs and databases ---

  const Namespace& current() const { return current_; }
  // Error(not_found) at `at`, with the nearest name. A catalog is entered at its first database.
  void use_catalog(const std::string& catalog, const Position& at);
  void use(const Namespace& space, const Position& at);

  void create_catalog(const std::string& name, Properties properties, IfExists if_exists,
                      const Position& at);
  void drop_catalog(const std::string& name, IfMissing if_missing, const Position& at);
  void create_database(const Namespace& name, Properties properties, IfExists if_exists,
                       const Position& at);
  void drop_database(const Namespace& name, IfMissing if_missing, Cascade cascade,
                     const Position& at);
  std::vector<std::string> catalogs() const;
  std::vector<std::string> databases(const std::string& catalog, const Position& at) const;
  // To be looked at, and changed by ALTER. Error(not_found) at `at`.
  Properties& properties_of(const std::string& catalog, const Position& at);
  Properties& properties_of(const Namespace& database, const Position& at);

  // --- What is in them ---

  // nullptr where no such thing is. A name alone is in the current database.
  std::shared_ptr<const Table> find_table(const ObjectName& name) const;
  std::shared_ptr<const Table> find_table(std::string_view name) const;
  std::shared_ptr<const View> find_view(const ObjectName& name) const;
  std::shared_ptr<const View> find_view(std::string_view name) const;
  std::shared_ptr<const Model> find_model(const ObjectName& name) const;
  std::shared_ptr<const Function> find_function(const ObjectName& name) const;
  // One that belongs to no database, and hides a built-in one of its name.
  std::shared_ptr<const Function> find_system_function(const std::string& name) const;
  // Whether it is one of a session and not of the catalog.
  bool is_temporary_table(const ObjectName& name) const;
  bool is_temporary_view(const ObjectName& name) const;

  // Error(already_exists) at `at` where the name is taken, unless it may be kept; Error(not_found)
  // where the database is none.
  void add(Table table, IfExists if_exists, const Position& at);
  void add(View view, IfExists if_exists, const Position& at);
  void add(Model model, IfExists if_exists, const Position& at);
  void add(Function function, IfExists if_exists, const Position& at);
  void add_system(Function function, IfExists if_exists, const Position& at);
  // Error(not_found) at `at`, with the nearest name. What is temporary is only dropped as such.
  void drop_table(const ObjectName& name, Lifetime lifetime, IfMissing if_missing,
                  const Position& at);
  void drop_view(const ObjectName& name, Lifetime lifetime, IfMissing if_missing,
                 const Position& at);
  void drop_model(const ObjectName& name, Lifetime lifetime, IfMissing if_missing,
                  const Position& at);
  void drop_function(const ObjectName& name, Lifetime lifetime, IfMissing if_missing,
                     const Position& at);
  void drop_system_function(const std::string& name, IfMissing if_missing, const Position& at);

  // For a name in FROM or INTO that is none of ours.
  [[noreturn]] void fail_unknown(const ObjectName& name, const Position& at) const;
  [[noreturn]] void fail_unknown(std::string_view name, const Position& at) const;

  // Sorted; temporary ones among the others.
  std::vector<std::string> table_names(const Namespace& space, const Position& at) const;
  std::vector<std::string> view_names(const Namespace& space, const Position& at) const;
  std::vector<std::string> model_names(const Namespace& space, const Position& at) const;
  std::vector<std::string> function_names(const Namespace& space, const Position& at) const;
  std::vector<std::string> system_function_names() const;

 private:
  template <typename Thing>
  using Named = std::map<std::string, std::shared_ptr<const Thing>, std::less<>>;
  struct Objects {
    Named<Table> tables;
    Named<View> views;
    Named<Model> models;
    Named<Function> functions;
  };
  struct Database {
    Properties properties;
    Objects permanent;
    Objects temporary;
  };
  struct Entry {
    Properties properties;
    std::map<std::string, Database> databases;
  };

  const Entry& entry(const std::string& catalog, const Position& at) const;
  const Database& database(const Namespace& space, const Position& at) const;
  Objects& objects(const Namespace& space, Lifetime lifetime, const Position& at);
  template <typename Thing>
  std::shared_ptr<const Thing> find(const ObjectName& name, Named<Thing> Objects::* kind) const;
  template <typename Thing>
  void put(Thing thing, Named<Thing> Objects::* kind);
  template <typename Thing>
  void drop(const ObjectName& name, Named<Thing> Objects::* kind, const char* word,
            Lifetime lifetime, IfMissing if_missing, const Position& at);
  template <typename Thing>
  std::vector<std::string> names(const Namespace& space, Named<Thing> Objects::* kind,
                                 const Position& at) const;
  ObjectName in_current(std::string_view name) const { return {current_, std::string(name)}; }
  bool is_taken(const ObjectName& name, Lifetime lifetime, IfExists if_exists,
                const Position& at) const;

  std::map<std::string, Entry> catalogs_;
  Named<Function> system_functions_;
  Namespace current_;
};

}  // namespace millrace::catalog
