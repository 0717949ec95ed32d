#include "plan/bind/scope.h"

#include <algorithm>

#include "base/similar.h"

namespace millrace::plan {

Scope::Scope(const std::string& table, const Schema& schema, const UserFunctions* functions)
    : functions_(functions) {
  for (const Field& field : schema.fields) {
    columns_.push_back({table, field.name, field.type});
  }
}

void Scope::set_space(const catalog::Namespace& space) {
  for (ScopeColumn& column : columns_) {
    column.space = space;
  }
}

std::vector<std::string> Scope::names() const {
  std::vector<std::string> names;
  for (const ScopeColumn& column : columns_) {
    names.push_back(column.name);
  }
  return names;
}

static std::string text_of(const sql::QualifiedName& name) {
  std::string text;
  for (const sql::Name& part : name.parts) {
    text += (text.empty() ? "" : ".") + part.text;
  }
  return text;
}

using Parts = std::span<const sql::Name>;

// All paths onwards from a value of `type`. Where its ROW has no field of the next name, that may
// be one of a ROW in it.
static void add_paths(const Type& type, Parts parts, Scope::Path path,
                      std::vector<Scope::Path>& paths) {
  if (parts.empty()) {
    paths.push_back(std::move(path));
    return;
  }
  if (type.kind != TypeKind::row) {
    return;
  }
  const std::vector<Field>& fields = *type.children;
  const auto named = std::find_if(fields.begin(), fields.end(), [&](const Field& field) {
    return field.name == parts.front().text;
  });
  if (named != fields.end()) {
    path.fields.push_back(parts.front());
    add_paths(named->type, parts.subspan(1), std::move(path), paths);
    return;
  }
  path.is_implied = true;
  for (const Field& field : fields) {
    Scope::Path deeper = path;
    deeper.fields.push_back({parts.front().position, field.name});
    add_paths(field.type, parts, std::move(deeper), paths);
  }
}

[[noreturn]] static void fail_ambiguous(const sql::QualifiedName& name, const std::string& why) {
  throw Error(ErrorCode::invalid_argument, "column '" + text_of(name) + "' is ambiguous: " + why,
              name.position());
}

// Whether `written`, the database or the catalog and the database, is where the table is.
static bool is_in(const std::optional<catalog::Namespace>& space, Parts written) {
  return written.empty() || (space && written.back().text == space->database &&
                             (written.size() == 1 || written.front().text == space->catalog));
}

bool Scope::is_seen(const ScopeColumn& column, const Search& search) const {
  return column.is_outer == search.is_outer &&
         (search.table != nullptr
              ? column.table == *search.table && is_in(column.space, search.space)
              : !column.needs_qualifier);
}

std::optional<size_t> Scope::find_column(const std::string& column, const Search& search) const {
  std::optional<size_t> found;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name != column || !is_seen(columns_[i], search)) {
      continue;
    }
    if (found) {
      fail_ambiguous(search.name, columns_[i].is_repeated
                                      ? "the query in FROM has several of that name"
                                      : "say which table's is meant");
    }
    found = i;
  }
  return found;
}

std::optional<Scope::Path> Scope::find_nearest(const std::vector<Path>& paths,
                                               const Search& search) const {
  const auto depth = [](const Path& path) {
    return std::pair(path.is_implied, path.fields.size());
  };
  const auto nearest = std::min_element(
      paths.begin(), paths.end(),
      [&](const Path& one, const Path& other) { return depth(one) < depth(other); });
  if (nearest == paths.end()) {
    return std::nullopt;
  }
  for (const Path& path : paths) {
    if (columns_[path.column].table != columns_[nearest->column].table) {
      fail_ambiguous(search.name, "say which table's is meant");
    }
    if (&path != &*nearest && depth(path) == depth(*nearest)) {
      fail_ambiguous(search.name, "write the column and the fields that lead to it");
    }
  }
  return *nearest;
}

std::optional<Scope::Path> Scope::find(Parts parts, const Search& search) const {
  const auto column = find_column(parts.front().text, search);
  std::vector<Path> implied;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const bool is_hidden = column && columns_[i].table == columns_[*column].table;
    if (!is_hidden && is_seen(columns_[i], search)) {
      add_paths(columns_[i].type, parts, {i, {}, true}, implied);
    }
  }
  if (!column) {
    return find_nearest(implied, search);
  }
  // The merged column of USING is of no table: it stands for theirs.
  if (!implied.empty() && !columns_[*column].table.empty()) {
    fail_ambiguous(search.name, "say which table's is meant");
  }
  std::vector<Path> paths;
  add_paths(columns_[*column].type, parts.subspan(1), {*column, {}}, paths);
  // A field that is not there is for whoever takes it to say.
  const auto rest = parts.subspan(1);
  return paths.empty() ? Path{*column, {rest.begin(), rest.end()}} : find_nearest(paths, search);
}

// As table.column, with the table's name written in full or not.
std::optional<Scope::Path> Scope::find_qualified(const sql::QualifiedName& name,
                                                 bool is_outer) const {
  const Parts parts(name.parts);
  for (size_t ahead = std::min<size_t>(parts.size(), 4); ahead-- > 2;) {
    const size_t space = ahead - 1;
    if (auto found =
            find(parts.subspan(ahead), {&parts[space].text, is_outer, name, parts.first(space)})) {
      return found;
    }
  }
  return parts.size() > 1 ? find(parts.subspan(1), {&parts[0].text, is_outer, name}) : std::nullopt;
}

Scope::Path Scope::resolve_path(const sql::QualifiedName& name) const {
  const std::vector<sql::Name>& parts = name.parts;
  for (const bool is_outer : {false, true}) {
    if (auto found = find_qualified(name, is_outer)) {
      return std::move(*found);
    }
    if (auto found = find(parts, {nullptr, is_outer, name})) {
      return std::move(*found);
    }
  }
  const bool is_table =
      parts.size() > 1 && std::any_of(columns_.begin(), columns_.end(), [&](const auto& column) {
        return column.table == parts[0].text;
      });
  const std::string& missing = is_table || parts.size() == 2 ? parts[1].text : parts[0].text;
  throw Error(ErrorCode::not_found,
              "unknown column '" + text_of(name) + "'" + did_you_mean(missing, names()),
              name.position());
}

size_t Scope::resolve(const sql::QualifiedName& name) const {
  const Path path = resolve_path(name);
  if (!path.fields.empty()) {
    throw Error(ErrorCode::unsupported,
                "'" + text_of(name) + "': only a column or table.column can be named here",
                name.position());
  }
  return path.column;
}

}  // namespace millrace::plan
