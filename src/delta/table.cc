#include "delta/table.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/random.h"
#include "delta/protocol.h"
#include "delta/schema_json.h"
#include "io/files.h"

namespace millrace::delta {

// A reader replays at most this many commits: 10,000 of them cost three seconds.
static constexpr int64_t kCommitsPerCheckpoint = 100;

Table::Table(const io::World& world, codec::Parquet* parquet, std::string path)
    : world_(world), path_(std::move(path)), log_(world.files, parquet, path_) {}

std::optional<Table> Table::open(const io::World& world, codec::Parquet* parquet,
                                 const std::string& path) {
  Table table(world, parquet, path);
  std::optional<Snapshot> snapshot = table.log_.load();
  if (!snapshot) {
    return std::nullopt;
  }
  table.snapshot_ = std::move(*snapshot);
  return table;
}

// A version 4 UUID, which is what other readers expect of a table's id.
static std::string make_uuid(Random& random) {
  const uint64_t high = (random.next() & ~uint64_t{0xF000}) | 0x4000;
  const uint64_t low = (random.next() & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xFFFF),
                static_cast<unsigned>(high & 0xFFFF), static_cast<unsigned>(low >> 48),
                static_cast<unsigned long long>(low & 0xFFFF'FFFF'FFFF));
  return text.data();
}

static void check_partition_columns(const NewTable& description) {
  for (const std::string& name : description.partition_columns) {
    if (!description.schema.find(name)) {
      throw Error(ErrorCode::not_found, "table '" + description.name + "' has no column '" + name +
                                            "' to be partitioned by");
    }
  }
  if (description.partition_columns.size() >= description.schema.size()) {
    throw Error(ErrorCode::invalid_argument,
                "table '" + description.name + "' needs a column that it is not partitioned by");
  }
}

Table Table::open_or_create(const io::World& world, codec::Parquet* parquet,
                            const std::string& path, const NewTable& description) {
  if (std::optional<Table> existing = open(world, parquet, path)) {
    // Its newest commit may be one that a killed life made and did not get to make durable.
    world.files->sync_directory(io::join(path, "_delta_log"));
    return std::move(*existing);
  }
  check_partition_columns(description);
  const Schema schema = stored_schema(description.schema);
  const std::vector<Action> actions = {protocol_for(schema),
                                       Metadata{.id = make_uuid(*world.random),
                                                .name = description.name,
                                                .schema_json = schema_to_json(schema),
                                                .partition_columns = description.partition_columns,
                                                .configuration = {},
                                                .created_ms = world.clock->now().ms}};
  Table table(world, parquet, path);
  world.files->make_directories(io::join(path, "_delta_log"));
  // Whoever was faster made the table; open() then finds theirs.
  if (!table.log_.put(Version(0), table.commit_text(actions, "CREATE TABLE"))) {
    return std::move(*open(world, parquet, path));
  }
  table.snapshot_.apply(Version(0), actions);
  table.snapshot_.validate();
  return table;
}

std::string Table::commit_text(const std::vector<Action>& actions,
                               std::string_view operation) const {
  const bool removes = std::any_of(actions.begin(), actions.end(), [](const Action& action) {
    return std::holds_alternative<Remove>(action);
  });
  const Json info = Json::object({{"timestamp", world_.clock->now().ms},
                                  {"operation", operation},
                                  {"operationParameters", Json::object()},
                                  {"isBlindAppend", !removes},
                                  {"engineInfo", "Millrace"}});
  std::string text = Json::object({{"commitInfo", info}}).dump() + "\n";
  for (const Action& action : actions) {
    text += to_json(action).dump() + "\n";
  }
  return text;
}

void Table::refresh() {
  Version next = snapshot_.version() + 1;
  for (; std::optional<std::vector<Action>> actions = log_.read(next); ++next) {
    snapshot_.apply(next, *actions);
  }
  snapshot_.validate();
}

// Whether one has the columns of the other, and maybe more behind them.
static bool begins_with(const Schema& all, const Schema& first) {
  return all.size() >= first.size() &&
         std::equal(first.fields.begin(), first.fields.end(), all.fields.begin());
}

// What its writer said of the columns that are there stays as it is.
static std::string with_fields(const std::string& schema_json, const Schema& added) {
  Json schema = Json::parse(schema_json);
  Json fields = schema.at("fields");
  const Json added_json = Json::parse(schema_to_json(added));
  for (const Json& field : added_json.at("fields").as_array()) {
    fields.push(field);
  }
  schema.set("fields", std::move(fields));
  return schema.dump();
}

void Table::add_columns(const Schema& all) {
  while (true) {
    refresh();
    const Schema& there = snapshot_.schema();
    if (begins_with(there, all)) {
      return;
    }
    check_writable(snapshot_.protocol(), snapshot_.metadata());
    if (!begins_with(all, there)) {
      throw Error(ErrorCode::conflict,
                  "cannot add columns to '" + path_ + "': others were changed meanwhile");
    }
    if (protocol_for(all) != protocol_for(there)) {
      throw Error(ErrorCode::unsupported, "cannot add columns to '" + path_ +
                                              "': one is of a type that asks for another protocol "
                                              "of the table");
    }
    const auto first = all.fields.begin() + static_cast<ptrdiff_t>(there.size());
    Metadata metadata = snapshot_.metadata();
    metadata.schema_json = with_fields(metadata.schema_json, {{first, all.fields.end()}});
    const std::vector<Action> actions = {std::move(metadata)};
    const Version version = snapshot_.version() + 1;
    if (log_.put(version, commit_text(actions, "ADD COLUMNS"))) {
      snapshot_.apply(version, actions);
      snapshot_.validate();
      checkpoint_if_due();
      return;
    }
  }
}

// Files of fewer columns are files of the table all the same.
static bool only_has_more_columns(Metadata now, const Schema& schema, const Metadata& before,
                                  const Schema& schema_before) {
  now.schema_json = before.schema_json;
  return now == before && begins_with(schema, schema_before);
}

void Table::append(const std::vector<Add>& files, const Txn& txn) { commit(files, txn, false); }

void Table::replace(const std::vector<Add>& files, const Txn& txn) {
  const auto& configuration = snapshot_.metadata().configuration;
  const auto append_only = configuration.find("delta.appendOnly");
  if (append_only != configuration.end() && append_only->second == "true") {
    throw Error(ErrorCode::unsupported,
                "cannot overwrite '" + path_ + "': its property 'delta.appendOnly' is true");
  }
  commit(files, txn, true);
}

std::vector<Action> Table::removals(const std::vector<Add>& files) const {
  std::set<PartitionValues> partitions;
  for (const Add& add : files) {
    partitions.insert(add.partition_values);
  }
  const bool all = snapshot_.metadata().partition_columns.empty();
  std::vector<Action> actions;
  for (const auto& [path, there] : snapshot_.files()) {
    if (all || partitions.contains(there.partition_values)) {
      actions.push_back(Remove{.path = path,
                               .deleted_ms = world_.clock->now().ms,
                               .deletion_vector = there.deletion_vector,
                               .partition_values = there.partition_values});
    }
  }
  return actions;
}

void Table::commit(const std::vector<Add>& files, const Txn& txn, bool in_place_of_others) {
  const Protocol protocol = snapshot_.protocol();
  const Metadata metadata = snapshot_.metadata();
  const Schema schema = snapshot_.schema();
  check_writable(protocol, metadata);
  while (true) {
    // What others committed; of it an append minds a new schema or protocol, and our own
    // transaction, which says that this append has been made already.
    refresh();
    if (snapshot_.protocol() != protocol ||
        !only_has_more_columns(snapshot_.metadata(), snapshot_.schema(), metadata, schema)) {
      throw Error(ErrorCode::conflict, "cannot append to '" + path_ +
                                           "': its schema or protocol was changed meanwhile, in "
                                           "version " +
                                           std::to_string(snapshot_.version().value) +
                                           " or before");
    }
    if (snapshot_.transaction_version(txn.app_id).value_or(txn.version - 1) >= txn.version) {
      return;
    }
    std::vector<Action> actions = in_place_of_others ? removals(files) : std::vector<Action>();
    actions.push_back(txn);
    actions.insert(actions.end(), files.begin(), files.end());
    const Version version = snapshot_.version() + 1;
    if (log_.put(version,
                 commit_text(actions, in_place_of_others ? "WRITE" : "STREAMING UPDATE"))) {
      snapshot_.apply(version, actions);
      checkpoint_if_due();
      return;
    }
  }
}

void Table::checkpoint_if_due() {
  if (snapshot_.version().value % kCommitsPerCheckpoint == 0) {
    log_.put_checkpoint(snapshot_);
  }
}

}  // namespace millrace::delta
