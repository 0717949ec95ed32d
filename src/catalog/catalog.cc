#include "catalog/catalog.h"

#include "base/similar.h"

namespace millrace::catalog {

template <typename Map>
static auto find_in(const Map& map, std::string_view name) -> typename Map::mapped_type {
  const auto found = map.find(name);
  return found == map.end() ? nullptr : found->second;
}

template <typename Map>
static std::vector<std::string> names_in(const Map& map) {
  std::vector<std::string> names;
  for (const auto& [name, definition] : map) {
    names.push_back(name);
  }
  return names;
}

std::shared_ptr<const Table> Catalog::find_table(std::string_view name) const {
  return find_in(tables_, name);
}
std::shared_ptr<const View> Catalog::find_view(std::string_view name) const {
  return find_in(views_, name);
}

bool Catalog::is_taken(const std::string& name, IfExists if_exists, const Position& at) const {
  const bool taken = tables_.contains(name) || views_.contains(name);
  if (taken && if_exists == IfExists::fail) {
    throw Error(ErrorCode::already_exists,
                "'" + name + "' exists already; drop it first, or say IF NOT EXISTS", at);
  }
  return taken;
}

void Catalog::add(Table table, IfExists if_exists, const Position& at) {
  if (!is_taken(table.name, if_exists, at)) {
    std::string name = table.name;
    tables_[std::move(name)] = std::make_shared<const Table>(std::move(table));
  }
}

void Catalog::add(View view, IfExists if_exists, const Position& at) {
  if (!is_taken(view.name, if_exists, at)) {
    std::string name = view.name;
    views_[std::move(name)] = std::make_shared<const View>(std::move(view));
  }
}

void Catalog::drop_table(std::string_view name, IfMissing if_missing, const Position& at) {
  const auto found = tables_.find(name);
  if (found != tables_.end()) {
    tables_.erase(found);
  } else if (if_missing == IfMissing::fail) {
    fail_unknown(name, at);
  }
}

void Catalog::drop_view(std::string_view name, IfMissing if_missing, const Position& at) {
  const auto found = views_.find(name);
  if (found != views_.end()) {
    views_.erase(found);
  } else if (if_missing == IfMissing::fail) {
    fail_unknown(name, at);
  }
}

void Catalog::fail_unknown(std::string_view name, const Position& at) const {
  std::vector<std::string> known = table_names();
  for (std::string& view : view_names()) {
    known.push_back(std::move(view));
  }
  throw Error(ErrorCode::not_found,
              "no table or view '" + std::string(name) + "' is known" + did_you_mean(name, known),
              at);
}

std::vector<std::string> Catalog::table_names() const { return names_in(tables_); }
std::vector<std::string> Catalog::view_names() const { return names_in(views_); }

}  // namespace millrace::catalog
