#include "catalog/catalog.h"

#include <doctest/doctest.h>

#include <array>

#include "catalog/check_options.h"

namespace millrace::catalog {

namespace {

constexpr std::array<OptionDescription, 5> kQueueOptions = {{
    {.key = "topic", .required = true, .type = "string", .description = "what to read"},
    {.key = "start", .type = "first|last"},
    {.key = "key", .type = "json|raw", .case_matters = true},
    {.key = "timeout", .type = "duration"},
    {.key = "properties.*", .type = "string"},
}};
constexpr std::array<OptionDescription, 1> kMetadata = {{{.key = "offset", .type = "BIGINT"}}};
constexpr std::array<OptionDescription, 1> kJsonOptions = {{{.key = "strict", .type = "boolean"}}};
bool is_whole(const Type& type) { return type.kind == TypeKind::bigint; }

constexpr std::array<ConnectorDescription, 2> kConnectors = {
    {{.name = "queue", .takes_format = true, .options = kQueueOptions, .metadata = kMetadata},
     {.name = "counters", .holds = is_whole}}};
constexpr std::array<ConnectorDescription, 1> kFormats = {
    {{.name = "json", .options = kJsonOptions}}};

Table table_with(std::vector<std::pair<std::string, std::string>> options) {
  Table table;
  table.name = "t";
  uint32_t line = 10;
  for (auto& [key, value] : options) {
    table.options[key] = {value, Position{"f.sql", line++, 3}};
  }
  return table;
}

std::string fault_in(Table table) {
  try {
    check_options(table, {kConnectors, kFormats}, Position{"f.sql", 1, 1});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("options that a connector and its format understand pass") {
  CHECK(fault_in(table_with({{"connector", "queue"},
                             {"topic", "a"},
                             {"start", "last"},
                             {"timeout", "5 s"},
                             {"properties.group.id", "g"},
                             {"format", "json"},
                             {"json.strict", "true"}})) == "");
}

TEST_CASE("words of options are taken in any case, and are then in the one that is asked for") {
  Table table = table_with({{"connector", "queue"},
                            {"topic", "True"},
                            {"start", "LAST"},
                            {"timeout", "1 HOUR"},
                            {"format", "json"},
                            {"json.strict", "TRUE"}});
  check_options(table, {kConnectors, kFormats}, Position{"f.sql", 1, 1});
  CHECK(table.option("topic") == "True");
  CHECK(table.option("start") == "last");
  CHECK(table.option("timeout") == "1 HOUR");
  CHECK(table.option("json.strict") == "true");
  table.options["key"] = {"RAW", Position{"f.sql", 20, 3}};
  CHECK(fault_in(table) == "f.sql:20:3: option 'key' is 'RAW'; expected json|raw");
}

TEST_CASE("records that say what a key's row is now have no values that say other changes") {
  const std::array<ConnectorDescription, 1> states = {
      {{.name = "states", .takes_format = true, .gives = Changes::upserts}}};
  const std::array<ConnectorDescription, 2> formats = {
      {{.name = "json"}, {.name = "changes", .gives = Changes::all}}};
  const Connections connections{states, formats};
  const auto check = [&](const char* format) {
    Table table = table_with({{"connector", "states"}, {"format", format}});
    check_options(table, connections, Position{"f.sql", 1, 1});
  };
  CHECK_NOTHROW(check("json"));
  CHECK_THROWS_WITH_AS(check("changes"), doctest::Contains("'changes' is not in insert-only mode"),
                       Error);
}

TEST_CASE("an option that nobody understands is an error at its place") {
  CHECK(fault_in(table_with({})) ==
        "f.sql:1:1: table 't' needs the option 'connector', one of queue, counters");
  CHECK(fault_in(table_with({{"connector", "quee"}}))
            .starts_with("f.sql:10:3: unknown connector 'quee' (did you mean 'queue'?)"));
  CHECK(fault_in(table_with({{"connector", "queue"}, {"format", "json"}})) ==
        "f.sql:1:1: table 't' needs the option 'topic': what to read");
  CHECK(fault_in(table_with({{"connector", "queue"}, {"topik", "a"}, {"format", "json"}})) ==
        "f.sql:11:3: unknown option 'topik' of connector 'queue' (did you mean 'topic'?)");
  CHECK(fault_in(table_with({{"connector", "queue"}, {"start", "middle"}, {"format", "json"}})) ==
        "f.sql:11:3: option 'start' is 'middle'; expected first|last");
}

TEST_CASE("metadata that the connector does not give is an error") {
  Table table = table_with({{"connector", "queue"}, {"topic", "a"}, {"format", "json"}});
  table.columns.push_back({.name = "o", .kind = ColumnKind::metadata, .metadata_key = "ofset"});
  CHECK(fault_in(table) ==
        "f.sql:1:1: column 'o': connector 'queue' has no metadata 'ofset' (did you mean "
        "'offset'?); it has offset");
}

TEST_CASE("a column of a type that the connector cannot hold is an error") {
  Table table = table_with({{"connector", "counters"}});
  table.columns.push_back({.name = "n", .type = Type::of(TypeKind::bigint)});
  table.columns.push_back({.name = "c", .type = Type::string(), .kind = ColumnKind::computed});
  CHECK(fault_in(table) == "");
  table.columns.push_back({.name = "s", .type = Type::string()});
  CHECK(fault_in(table) ==
        "f.sql:1:1: column 's' of table 't' is STRING, which connector 'counters' does not support "
        "yet; make it STRING");
}

TEST_CASE("a name stands for one thing") {
  Catalog catalog;
  const Position at{"f.sql", 7, 1};
  catalog.add(table_with({}), IfExists::fail, at);
  CHECK_THROWS_AS(catalog.add(table_with({}), IfExists::fail, at), Error);
  View view;
  view.name = "t";
  CHECK_THROWS_AS(catalog.add(view, IfExists::fail, at), Error);
  catalog.add(view, IfExists::keep, at);
  CHECK(catalog.find_view("t") == nullptr);
  const Namespace space = catalog.current();
  const auto drop = [&](const char* name, IfMissing if_missing) {
    catalog.drop_table({space, name}, Lifetime::permanent, if_missing, at);
  };
  CHECK_THROWS_AS(drop("tt", IfMissing::fail), Error);
  drop("tt", IfMissing::ignore);
  drop("t", IfMissing::fail);
  CHECK(catalog.find_table("t") == nullptr);
}

TEST_CASE("a temporary table hides the permanent one of its name") {
  Catalog catalog;
  const Position at{"f.sql", 7, 1};
  Table table = table_with({});
  table.comment = "permanent";
  catalog.add(table, IfExists::fail, at);
  table.temporary = true;
  table.comment = "temporary";
  catalog.add(table, IfExists::fail, at);
  CHECK(catalog.find_table("t")->comment == "temporary");
  const ObjectName name{catalog.current(), "t"};
  // Flink too has the temporary one dropped first.
  CHECK_THROWS_AS(catalog.drop_table(name, Lifetime::permanent, IfMissing::fail, at), Error);
  catalog.drop_table(name, Lifetime::temporary, IfMissing::fail, at);
  CHECK(catalog.find_table("t")->comment == "permanent");
}

TEST_CASE("a database keeps names apart, and is dropped when nothing is in it") {
  Catalog catalog;
  const Position at{"f.sql", 7, 1};
  const Namespace home = catalog.current();
  const Namespace other{home.catalog, "other"};
  CHECK_THROWS_AS(catalog.use(other, at), Error);
  catalog.create_database(other, {}, IfExists::fail, at);
  catalog.use(other, at);
  Table table = table_with({});
  table.space = other;
  catalog.add(table, IfExists::fail, at);
  CHECK(catalog.find_table(ObjectName{home, "t"}) == nullptr);
  CHECK(catalog.find_table("t") != nullptr);
  CHECK_THROWS_AS(catalog.drop_database(other, IfMissing::fail, Cascade::drop_all, at), Error);
  catalog.use(home, at);
  CHECK_THROWS_AS(catalog.drop_database(other, IfMissing::fail, Cascade::refuse, at), Error);
  catalog.drop_database(other, IfMissing::fail, Cascade::drop_all, at);
  CHECK(catalog.databases(home.catalog, at) == std::vector<std::string>{home.database});
}

}  // namespace millrace::catalog
