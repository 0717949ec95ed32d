#pragma once

// What the front end must know of a connector or format to check a table's options; the running
// halves are made by exec::Connectors. Plain data, so that validation, the manual and a form in
// the dashboard share it.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "column/type.h"

namespace millrace::catalog {

struct Table;

struct OptionDescription {
  std::string_view key;  // "scan.startup.mode"; "properties.*" allows any key of that prefix
  bool required = false;
  std::string_view type = "string";  // "string", "integer", "boolean", "duration", "memory size",
                                     // or "a|b|c" for a choice
  std::string_view otherwise = "";   // the default, as text; empty for none
  std::string_view description = "";
  std::string_view or_else = "";  // of a required one: another that may stand in its place
  bool is_moot = false;  // it changes nothing, which a person is told; the description says why
  bool has_more_in_flink = false;  // of a choice: it is not all that Flink's connector takes
  bool case_matters = false;       // of a choice, whose words are else taken in any case
};

// Which changes of a table a connector knows, each more than the one before it.
enum class Changes : uint8_t {
  inserts,
  upserts,  // by primary key: new rows, new states of rows and deletions
  all,      // the old states of rows as well
};

// Whether a stream may look up, for each of its rows, the rows that a table has at that time.
enum class LookUps : uint8_t {
  never,
  keyed,  // where its rows come and go by a primary key
  always,
};

struct ConnectorDescription {
  std::string_view name;  // value of 'connector', or of 'format'
  bool can_read = false;
  bool can_write = false;
  bool takes_format = false;  // needs 'format' or 'value.format'
  // What its sources may send and its sinks take. Where there is a format, what either allows.
  Changes gives = Changes::inserts;
  Changes takes = Changes::inserts;
  bool needs_key = false;   // tables have a PRIMARY KEY
  bool overwrites = false;  // takes INSERT OVERWRITE
  LookUps look_ups = LookUps::never;
  bool reads_members = false;  // of a format: single members of a ROW, without the others
  bool (*holds)(const Type& type) = nullptr;  // a physical column's; without it, every type
  // Whether the input of a table with these options ends; without it, that is found when it starts.
  bool (*ends)(const Table& table) = nullptr;
  // Throw Error, at an option of the table, where no source of those of its columns, or no sink,
  // can be made of it: what makes the running halves says so, before anything is opened. Settings
  // of a server are not known there.
  void (*check_read)(const Table& table, const std::vector<size_t>& columns) = nullptr;
  void (*check_written)(const Table& table) = nullptr;
  std::span<const OptionDescription> options = {};
  std::span<const OptionDescription> metadata =
      {};  // readable metadata: key, and SQL type as `type`
  std::span<const std::string_view> written_metadata = {};  // keys of what can be written as well
};

}  // namespace millrace::catalog
