#include "catalog/catalog.h"

#include <algorithm>

#include "base/check.h"
#include "base/similar.h"

namespace millrace::catalog {

namespace {

template <typename Map>
std::vector<std::string> keys_of(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) {
    keys.push_back(key);
  }
  return keys;
}

[[noreturn]] void fail_taken(const std::string& what, const std::string& name, const Position& at) {
  throw Error(ErrorCode::already_exists,
              what + "'" + name + "' exists already; drop it first, or say IF NOT EXISTS", at);
}

}  // namespace

Catalog::Catalog() { catalogs_[kDefaultCatalog].databases[kDefaultDatabase]; }

// --- Catalogs and databases ---

const Catalog::Entry& Catalog::entry(const std::string& catalog, const Position& at) const {
  const auto found = catalogs_.find(catalog);
  if (found == catalogs_.end()) {
    throw Error(ErrorCode::not_found,
                "no catalog '" + catalog + "' is known" + did_you_mean(catalog, catalogs()), at);
  }
  return found->second;
}

const Catalog::Database& Catalog::database(const Namespace& space, const Position& at) const {
  const auto& databases = entry(space.catalog, at).databases;
  const auto found = databases.find(space.database);
  if (found == databases.end()) {
    throw Error(ErrorCode::not_found,
                "no database '" + space.database + "' is in catalog '" + space.catalog + "'" +
                    did_you_mean(space.database, keys_of(databases)),
                at);
  }
  return found->second;
}

Catalog::Objects& Catalog::objects(const Namespace& space, Lifetime lifetime, const Position& at) {
  database(space, at);
  Database& found = catalogs_.at(space.catalog).databases.at(space.database);
  return lifetime == Lifetime::temporary ? found.temporary : found.permanent;
}

void Catalog::use_catalog(const std::string& catalog, const Position& at) {
  const auto& databases = entry(catalog, at).databases;
  current_ = {catalog, databases.contains("default") ? "default" : databases.begin()->first};
}

void Catalog::use(const Namespace& space, const Position& at) {
  database(space, at);
  current_ = space;
}

void Catalog::create_catalog(const std::string& name, Properties properties, IfExists if_exists,
                             const Position& at) {
  if (catalogs_.contains(name)) {
    if (if_exists == IfExists::fail) {
      fail_taken("catalog ", name, at);
    }
    return;
  }
  // A catalog in memory begins with a database, which may be called otherwise.
  const auto option = properties.options.find("default-database");
  Entry& made = catalogs_[name];
  made.databases[option == properties.options.end() ? "default" : option->second];
  made.properties = std::move(properties);
}

void Catalog::drop_catalog(const std::string& name, IfMissing if_missing, const Position& at) {
  if (if_missing == IfMissing::ignore && !catalogs_.contains(name)) {
    return;
  }
  entry(name, at);
  if (name == current_.catalog) {
    throw Error(ErrorCode::invalid_argument, "cannot drop a catalog which is currently in use", at);
  }
  catalogs_.erase(name);
}

void Catalog::create_database(const Namespace& name, Properties properties, IfExists if_exists,
                              const Position& at) {
  entry(name.catalog, at);
  auto& databases = catalogs_.at(name.catalog).databases;
  if (databases.contains(name.database)) {
    if (if_exists == IfExists::fail) {
      fail_taken("database ", name.database, at);
    }
    return;
  }
  databases[name.database].properties = std::move(properties);
}

void Catalog::drop_database(const Namespace& name, IfMissing if_missing, Cascade cascade,
                            const Position& at) {
  if (if_missing == IfMissing::ignore &&
      !entry(name.catalog, at).databases.contains(name.database)) {
    return;
  }
  const Objects& held = database(name, at).permanent;
  if (name == current_) {
    throw Error(ErrorCode::invalid_argument, "cannot drop a database which is currently in use",
                at);
  }
  if (cascade == Cascade::refuse && !(held.tables.empty() && held.views.empty() &&
                                      held.models.empty() && held.functions.empty())) {
    throw Error(ErrorCode::invalid_argument,
                "database '" + name.database + "' is not empty: say CASCADE to drop all of it", at);
  }
  catalogs_.at(name.catalog).databases.erase(name.database);
}

std::vector<std::string> Catalog::catalogs() const { return keys_of(catalogs_); }

std::vector<std::string> Catalog::databases(const std::string& catalog, const Position& at) const {
  return keys_of(entry(catalog, at).databases);
}

Properties& Catalog::properties_of(const std::string& catalog, const Position& at) {
  entry(catalog, at);
  return catalogs_.at(catalog).properties;
}

Properties& Catalog::properties_of(const Namespace& name, const Position& at) {
  database(name, at);
  return catalogs_.at(name.catalog).databases.at(name.database).properties;
}

// --- What is in them ---

template <typename Thing>
std::shared_ptr<const Thing> Catalog::find(const ObjectName& name,
                                           Named<Thing> Objects::* kind) const {
  const auto catalog = catalogs_.find(name.space.catalog);
  if (catalog == catalogs_.end()) {
    return nullptr;
  }
  const auto database = catalog->second.databases.find(name.space.database);
  if (database == catalog->second.databases.end()) {
    return nullptr;
  }
  for (const Objects* objects : {&database->second.temporary, &database->second.permanent}) {
    const auto found = (objects->*kind).find(name.name);
    if (found != (objects->*kind).end()) {
      return found->second;
    }
  }
  return nullptr;
}

// A temporary view hides a permanent table of its name, and the other way round.
std::shared_ptr<const Table> Catalog::find_table(const ObjectName& name) const {
  auto table = find(name, &Objects::tables);
  return table && !table->temporary && is_temporary_view(name) ? nullptr : table;
}
std::shared_ptr<const View> Catalog::find_view(const ObjectName& name) const {
  auto view = find(name, &Objects::views);
  return view && !view->temporary && is_temporary_table(name) ? nullptr : view;
}
std::shared_ptr<const Table> Catalog::find_table(std::string_view name) const {
  return find_table(in_current(name));
}
std::shared_ptr<const View> Catalog::find_view(std::string_view name) const {
  return find_view(in_current(name));
}
std::shared_ptr<const Model> Catalog::find_model(const ObjectName& name) const {
  return find(name, &Objects::models);
}
std::shared_ptr<const Function> Catalog::find_function(const ObjectName& name) const {
  return find(name, &Objects::functions);
}

std::shared_ptr<const Function> Catalog::find_system_function(const std::string& name) const {
  const auto found = system_functions_.find(name);
  return found == system_functions_.end() ? nullptr : found->second;
}

bool Catalog::is_temporary_table(const ObjectName& name) const {
  const auto table = find(name, &Objects::tables);
  return table != nullptr && table->temporary;
}
bool Catalog::is_temporary_view(const ObjectName& name) const {
  const auto view = find(name, &Objects::views);
  return view != nullptr && view->temporary;
}

bool Catalog::is_taken(const ObjectName& name, Lifetime lifetime, IfExists if_exists,
                       const Position& at) const {
  const Database& found = database(name.space, at);
  const Objects& objects = lifetime == Lifetime::temporary ? found.temporary : found.permanent;
  const bool taken = objects.tables.contains(name.name) || objects.views.contains(name.name);
  if (taken && if_exists == IfExists::fail) {
    fail_taken("", name.name, at);
  }
  return taken;
}

static Lifetime lifetime_of(bool temporary) {
  return temporary ? Lifetime::temporary : Lifetime::permanent;
}

template <typename Thing>
void Catalog::put(Thing thing, Named<Thing> Objects::* kind) {
  Database& database = catalogs_.at(thing.space.catalog).databases.at(thing.space.database);
  Objects& objects = thing.temporary ? database.temporary : database.permanent;
  std::string name = thing.name;
  (objects.*kind)[std::move(name)] = std::make_shared<const Thing>(std::move(thing));
}

void Catalog::add(Table table, IfExists if_exists, const Position& at) {
  if (!is_taken({table.space, table.name}, lifetime_of(table.temporary), if_exists, at)) {
    put(std::move(table), &Objects::tables);
  }
}

void Catalog::add(View view, IfExists if_exists, const Position& at) {
  if (!is_taken({view.space, view.name}, lifetime_of(view.temporary), if_exists, at)) {
    put(std::move(view), &Objects::views);
  }
}

void Catalog::add(Model model, IfExists if_exists, const Position& at) {
  if (objects(model.space, lifetime_of(model.temporary), at).models.contains(model.name)) {
    if (if_exists == IfExists::fail) {
      fail_taken("model ", model.name, at);
    }
    return;
  }
  put(std::move(model), &Objects::models);
}

void Catalog::add(Function function, IfExists if_exists, const Position& at) {
  if (objects(function.space, lifetime_of(function.temporary), at)
          .functions.contains(function.name)) {
    if (if_exists == IfExists::fail) {
      fail_taken("function ", function.name, at);
    }
    return;
  }
  put(std::move(function), &Objects::functions);
}

void Catalog::add_system(Function function, IfExists if_exists, const Position& at) {
  std::string name = function.name;
  if (system_functions_.contains(name)) {
    if (if_exists == IfExists::fail) {
      fail_taken("function ", name, at);
    }
    return;
  }
  system_functions_[std::move(name)] = std::make_shared<const Function>(std::move(function));
}

template <typename Thing>
void Catalog::drop(const ObjectName& name, Named<Thing> Objects::* kind, const char* word,
                   Lifetime lifetime, IfMissing if_missing, const Position& at) {
  auto& temporary = objects(name.space, Lifetime::temporary, at).*kind;
  if (lifetime == Lifetime::permanent && temporary.contains(name.name)) {
    throw Error(ErrorCode::invalid_argument,
                std::string("a temporary ") + word + " '" + name.name +
                    "' exists: drop it first, with DROP TEMPORARY",
                at);
  }
  auto& things = objects(name.space, lifetime, at).*kind;
  const auto found = things.find(name.name);
  if (found != things.end()) {
    things.erase(found);
  } else if (if_missing == IfMissing::fail) {
    throw Error(ErrorCode::not_found,
                std::string("no ") + (lifetime == Lifetime::temporary ? "temporary " : "") + word +
                    " '" + name.name + "' is known" + did_you_mean(name.name, keys_of(things)),
                at);
  }
}

void Catalog::drop_table(const ObjectName& name, Lifetime lifetime, IfMissing if_missing,
                         const Position& at) {
  drop(name, &Objects::tables, "table", lifetime, if_missing, at);
}
void Catalog::drop_view(const ObjectName& name, Lifetime lifetime, IfMissing if_missing,
                        const Position& at) {
  drop(name, &Objects::views, "view", lifetime, if_missing, at);
}
void Catalog::drop_model(const ObjectName& name, Lifetime lifetime, IfMissing if_missing,
                         const Position& at) {
  drop(name, &Objects::models, "model", lifetime, if_missing, at);
}
void Catalog::drop_function(const ObjectName& name, Lifetime lifetime, IfMissing if_missing,
                            const Position& at) {
  drop(name, &Objects::functions, "function", lifetime, if_missing, at);
}

void Catalog::drop_system_function(const std::string& name, IfMissing if_missing,
                                   const Position& at) {
  if (system_functions_.erase(name) == 0 && if_missing == IfMissing::fail) {
    throw Error(ErrorCode::not_found,
                "no temporary system function '" + name + "' is known" +
                    did_you_mean(name, keys_of(system_functions_)),
                at);
  }
}

void Catalog::fail_unknown(const ObjectName& name, const Position& at) const {
  std::vector<std::string> known = table_names(name.space, at);
  for (std::string& view : view_names(name.space, at)) {
    known.push_back(std::move(view));
  }
  const bool is_here = name.space == current_;
  throw Error(ErrorCode::not_found,
              "no table or view '" + (is_here ? name.name : name.to_string()) + "' is known" +
                  did_you_mean(name.name, known),
              at);
}

void Catalog::fail_unknown(std::string_view name, const Position& at) const {
  fail_unknown(in_current(name), at);
}

template <typename Thing>
std::vector<std::string> Catalog::names(const Namespace& space, Named<Thing> Objects::* kind,
                                        const Position& at) const {
  const Database& found = database(space, at);
  std::vector<std::string> names = keys_of(found.permanent.*kind);
  for (std::string& name : keys_of(found.temporary.*kind)) {
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> Catalog::table_names(const Namespace& space, const Position& at) const {
  return names(space, &Objects::tables, at);
}
std::vector<std::string> Catalog::view_names(const Namespace& space, const Position& at) const {
  return names(space, &Objects::views, at);
}
std::vector<std::string> Catalog::model_names(const Namespace& space, const Position& at) const {
  return names(space, &Objects::models, at);
}
std::vector<std::string> Catalog::function_names(const Namespace& space, const Position& at) const {
  return names(space, &Objects::functions, at);
}
std::vector<std::string> Catalog::system_function_names() const {
  return keys_of(system_functions_);
}

}  // namespace millrace::catalog
