#include "connector/delta/sink.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <span>

#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "delta/schema_json.h"
#include "io/files.h"

namespace millrace::connector {

DeltaSink::DeltaSink(const io::World& world, codec::Parquet* parquet, const DeltaOptions& options,
                     const std::string& app_id)
    : world_(world),
      app_id_(app_id),
      table_(delta::Table::open_or_create(
          world, parquet, options.path, {options.name, options.schema, options.partition_columns})),
      schema_(fitting_schema(options)),
      writer_(world, parquet, options.path, schema_,
              table_.snapshot().metadata().partition_columns),
      overwrite_(options.overwrite) {
  check_partitions(options);
}

static std::string text_of(const Schema& schema) {
  std::string text;
  for (const Field& field : schema.fields) {
    text += (text.empty() ? "" : ", ") + field.name + " " + field.type.to_string();
  }
  return text;
}

static bool may_be_null(std::span<const Field> fields) {
  return std::all_of(fields.begin(), fields.end(),
                     [](const Field& field) { return field.type.nullable; });
}

// Which of the table's NOT NULL hold is the table's to say.
Schema DeltaSink::fitting_schema(const DeltaOptions& options) const {
  Schema declared = delta::stored_schema(options.schema);
  const std::vector<Field>& existing = table_.snapshot().schema().fields;
  const size_t common = std::min(declared.size(), existing.size());
  const bool fits = std::equal(existing.begin(), existing.begin() + static_cast<ptrdiff_t>(common),
                               declared.fields.begin(),
                               [](const Field& a, const Field& b) {
                                 return a.name == b.name && a.type.same_but_nullability(b.type);
                               }) &&
                    may_be_null(std::span(existing).subspan(common)) &&
                    may_be_null(std::span(declared.fields).subspan(common));
  if (!fits) {
    throw Error(ErrorCode::type_mismatch,
                "table '" + options.name +
                    "' is declared with other columns than the Delta table "
                    "in '" +
                    options.path + "' has. Declared: (" + text_of(declared) + "). There: (" +
                    text_of(table_.snapshot().schema()) + ")");
  }
  std::copy_n(existing.begin(), common, declared.fields.begin());
  return declared;
}

void DeltaSink::check_partitions(const DeltaOptions& options) const {
  if (table_.snapshot().metadata().partition_columns != options.partition_columns) {
    throw Error(ErrorCode::type_mismatch, "table '" + options.name +
                                              "' is declared with another PARTITIONED BY than the "
                                              "Delta table in '" +
                                              options.path + "' has");
  }
}

// The NULLs of a pipeline's rows end in exec/operators/sink.h; those of other writers here.
void DeltaSink::check_nulls(const Batch& rows) const {
  for (size_t i = 0; i < schema_.size(); ++i) {
    if (schema_[i].type.nullable || !rows.columns[i].may_have_nulls()) {
      continue;
    }
    for_each(rows.rows(), [&](uint32_t row) {
      if (rows.columns[i].is_null(row)) {
        throw Error(ErrorCode::invalid_argument, "column '" + schema_[i].name +
                                                     "' of Delta table '" + table_.path() +
                                                     "' is NOT NULL, and the value is NULL");
      }
    });
  }
}

void DeltaSink::write(const Batch& rows) {
  for_each(rows.rows(), [&](uint32_t row) {
    if (rows.kind(row) != RowKind::insert) {
      throw Error(ErrorCode::unsupported, "Delta table '" + table_.path() +
                                              "' takes new rows alone, not updates or deletions");
    }
  });
  check_nulls(rows);
  writer_.write(rows);
}

// "epoch-4b1f20c7-": see docs/formats/lake.md.
std::string DeltaSink::file_prefix() const {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "epoch-%08x-", crc32c(app_id_));
  return text.data();
}

void DeltaSink::remove_garbage() {
  const std::string prefix = file_prefix();
  const int64_t committed = table_.snapshot().transaction_version(app_id_).value_or(-1);
  const auto is_held = [&](const std::string& name) {
    return std::any_of(held_.begin(), held_.end(),
                       [&](const delta::Add& file) { return file.path.ends_with(name); });
  };
  delta::remove_files(
      *world_.files, table_.path(), table_.snapshot().metadata().partition_columns.size(),
      [&](const std::string& name) {
        int64_t epoch = 0;
        const char* end = name.data() + name.size();
        return name.starts_with(prefix) &&
               std::from_chars(name.data() + prefix.size(), end, epoch).ec == std::errc() &&
               epoch > committed && !is_held(name);
      });
}

static Json json_of(const std::vector<delta::Add>& files) {
  Json list = Json::array();
  for (const delta::Add& add : files) {
    list.push(to_json(add));
  }
  return list;
}

static std::vector<delta::Add> files_of(const Json& list) {
  std::vector<delta::Add> files;
  for (const Json& add : list.as_array()) {
    files.push_back(delta::add_from_json(add));
  }
  return files;
}

std::string DeltaSink::prepare(Epoch epoch) {
  // Files of a committed epoch would be overwritten, or its rows be left out: say so instead.
  const std::optional<int64_t> committed = table_.snapshot().transaction_version(app_id_);
  if (committed && *committed >= epoch.value) {
    throw Error(ErrorCode::conflict,
                "cannot write epoch " + std::to_string(epoch.value) + " of '" + app_id_ + "' to '" +
                    table_.path() + "': the table holds its epochs up to " +
                    std::to_string(*committed) +
                    "; the pipeline's checkpoints were removed or are older than the table");
  }
  // Not earlier: after a restart the last checkpoint's token is published first, and what it lists
  // is no garbage.
  if (!has_begun_) {
    remove_garbage();
    table_.add_columns(schema_);
    has_begun_ = true;
  }
  if (writer_.empty()) {
    return overwrite_ ? overwriting_token() : "";
  }
  std::array<char, 16> number{};
  std::snprintf(number.data(), number.size(), "%012lld", static_cast<long long>(epoch.value));
  std::vector<delta::Add> files = writer_.finish(file_prefix() + number.data());
  if (!overwrite_) {
    return json_of(files).dump();
  }
  std::move(files.begin(), files.end(), std::back_inserter(held_));
  return overwriting_token();
}

std::string DeltaSink::overwriting_token() const {
  if (held_.empty() && !finished_) {
    return "";
  }
  return Json::object({{"files", json_of(held_)}, {"finished", finished_}}).dump();
}

void DeltaSink::publish_overwriting(const Json& token, const delta::Txn& txn) {
  std::vector<delta::Add> files = files_of(token.at("files"));
  if (token.at("finished").as_bool()) {
    table_.replace(files, txn);
  } else if (!has_begun_) {  // after a restart
    held_ = std::move(files);
  }
}

void DeltaSink::publish(Epoch epoch, std::string_view token) {
  if (token.empty()) {
    return;
  }
  const Json written = Json::parse(token);
  const delta::Txn txn = {app_id_, epoch.value, world_.clock->now().ms};
  if (overwrite_) {
    publish_overwriting(written, txn);
  } else {
    table_.append(files_of(written), txn);
  }
}

}  // namespace millrace::connector
