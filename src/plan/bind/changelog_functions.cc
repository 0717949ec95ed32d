#include "plan/bind/changelog_functions.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/split.h"
#include "plan/bind/queries.h"
#include "plan/change_words.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/runtime_mode.h"

namespace millrace::plan {

namespace {

using Words = std::map<std::string, std::string>;

enum Parameter : uint8_t { kInput, kOp, kOpMapping, kOnTime, kUid };

TableFunction with_parameters(std::string_view name, std::string_view usage) {
  return {name, {"input", "op", "op_mapping", "on_time", "uid"}, usage};
}

const TableFunction& to_changelog() {
  static const TableFunction kFunction = with_parameters(
      "TO_CHANGELOG",
      "(input => TABLE t [, op => DESCRIPTOR(column)] [, op_mapping => MAP['INSERT', 'c', ...]])");
  return kFunction;
}

const TableFunction& from_changelog() {
  static const TableFunction kFunction = with_parameters(
      "FROM_CHANGELOG",
      "(input => TABLE t [, op => DESCRIPTOR(column)] [, op_mapping => MAP['c', 'INSERT', ...]])");
  return kFunction;
}

bool is_call_of(const sql::Expression& call, const TableFunction& function) {
  const sql::QualifiedName& name = std::get<sql::FunctionCall>(call.node).name;
  return name.parts.size() == 1 && sql::is_word(name.last().text, function.name);
}

[[noreturn]] void fail_mapping(const std::string& problem, const Position& at) {
  throw Error(ErrorCode::invalid_argument,
              "Invalid target mapping for argument 'op_mapping'. " + problem, at);
}

// DEFAULT says no more than nothing.
bool is_default(const sql::Expression& argument) {
  const auto* symbol = std::get_if<sql::Symbol>(&argument.node);
  return symbol != nullptr && symbol->word == "DEFAULT";
}

std::vector<const sql::Expression*> read_arguments(const TableFunction& function,
                                                   const sql::Expression& written) {
  auto arguments = arguments_of(function, std::get<sql::FunctionCall>(written.node));
  for (const sql::Expression*& argument : arguments) {
    argument = argument != nullptr && is_default(*argument) ? nullptr : argument;
  }
  if (arguments[kInput] == nullptr) {
    function.fail("the table is missing", written.position);
  }
  if (arguments[kOnTime] != nullptr) {
    throw Error(ErrorCode::unsupported,
                "on_time is not supported: columns of event time stay what they are",
                arguments[kOnTime]->position);
  }
  // It is a name for what the function keeps, and it keeps nothing.
  if (arguments[kUid] != nullptr &&
      !std::holds_alternative<sql::StringLiteral>(arguments[kUid]->node)) {
    function.fail("uid must be a text", arguments[kUid]->position);
  }
  return arguments;
}

TableInput read_input(const TableFunction& function, const sql::Expression& written) {
  const TableInput input = read_table_input(function, written);
  if (input.table != nullptr && !input.table->partition_by.empty()) {
    function.fail("Only tables with set semantics may be partitioned",
                  input.table->partition_by.front()->position);
  }
  if (input.table != nullptr && !input.table->order_by.empty()) {
    function.fail("Only tables with set semantics may be ordered",
                  input.table->order_by.front().expression->position);
  }
  return input;
}

std::string read_op(const TableFunction& function, const sql::Expression* written) {
  if (written == nullptr) {
    return "op";
  }
  const auto* descriptor = std::get_if<sql::Descriptor>(&written->node);
  if (descriptor == nullptr || descriptor->columns.size() != 1) {
    function.fail("The descriptor for argument 'op' must contain exactly one column name",
                  written->position);
  }
  return descriptor->columns.front().text;
}

// Of an entry that is there twice the last counts, as in any MAP.
Words read_mapping(const TableFunction& function, const sql::Expression& written) {
  const auto fail = [&](const Position& at) {
    function.fail("The 'op_mapping' argument must be a constant MAP literal of texts", at);
  };
  const auto* map = std::get_if<sql::MapConstructor>(&written.node);
  if (map == nullptr) {
    fail(written.position);
  }
  std::vector<std::string> texts;
  for (const sql::ExpressionPtr& entry : map->entries) {
    const auto* literal = std::get_if<sql::StringLiteral>(&entry->node);
    if (literal == nullptr) {
      fail(entry->position);
    }
    texts.push_back(literal->value);
  }
  Words words;
  for (size_t i = 0; i + 1 < texts.size(); i += 2) {
    words[texts[i]] = texts[i + 1];
  }
  return words;
}

// "INSERT, UPDATE_AFTER": several stand in one text.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(text, ',')) {
    parts.emplace_back(trimmed(part));
  }
  return parts;
}

RowKind read_kind(const std::string& name, const Position& at) {
  const auto kind = kind_named(name);
  if (!kind) {
    fail_mapping("Unknown change operation: '" + name +
                     "'. Valid values are: INSERT, UPDATE_BEFORE, UPDATE_AFTER and DELETE",
                 at);
  }
  return *kind;
}

// Each change by its own name.
Words own_names() {
  Words words;
  for (const RowKind kind : kAllKinds) {
    words.emplace(name_of(kind), name_of(kind));
  }
  return words;
}

// A call, but for its table.
struct ChangelogCall {
  std::string op;  // the column of words
  Position op_at;
  Words words;
  Position words_at;
  Position at;
};

ChangelogCall read_call(const TableFunction& function, const sql::Expression& written,
                        const std::vector<const sql::Expression*>& arguments) {
  const sql::Expression* const op = arguments[kOp];
  const sql::Expression* const mapping = arguments[kOpMapping];
  return {read_op(function, op), op != nullptr ? op->position : written.position,
          mapping != nullptr ? read_mapping(function, *mapping) : own_names(),
          mapping != nullptr ? mapping->position : written.position, written.position};
}

std::map<RowKind, std::string> words_of_kinds(const Words& words, const Position& at) {
  std::map<RowKind, std::string> mapping;
  for (const auto& [names, word] : words) {
    for (const std::string& name : parts_of(names)) {
      if (!mapping.emplace(read_kind(name, at), word).second) {
        fail_mapping("Duplicate change operation: '" + name + "'", at);
      }
    }
  }
  return mapping;
}

std::map<std::string, RowKind> kinds_of_words(const Words& words, const Position& at) {
  std::map<std::string, RowKind> mapping;
  std::set<RowKind> seen;
  for (const auto& [written, name] : words) {
    const std::string operation(trimmed(name));
    const RowKind kind = read_kind(operation, at);
    if (!seen.insert(kind).second) {
      fail_mapping("Duplicate change operation: '" + operation +
                       "'. Name the words for one of them in one text: MAP['c, r', 'INSERT']",
                   at);
    }
    for (const std::string& word : parts_of(written)) {
      if (!mapping.emplace(word, kind).second) {
        fail_mapping("The word '" + word + "' stands for two of them", at);
      }
    }
  }
  // Rows are told by all that is in them, so the one before must be named.
  if (seen.contains(RowKind::update_after) && !seen.contains(RowKind::update_before)) {
    fail_mapping(
        "It must have a word for UPDATE_BEFORE where it has one for UPDATE_AFTER: updates that "
        "come without the row before are not supported",
        at);
  }
  return mapping;
}

size_t op_column(const Relation& input, const ChangelogCall& call) {
  const std::string& op = call.op;
  const auto found = std::find(input.names.begin(), input.names.end(), op);
  if (found == input.names.end()) {
    throw Error(ErrorCode::not_found,
                "The op column '" + op +
                    "' does not exist in the input: name it with op => DESCRIPTOR(column)",
                call.op_at);
  }
  const auto column = static_cast<size_t>(found - input.names.begin());
  const Type& type = input.node->schema[column].type;
  if (!type.is_string()) {
    throw Error(ErrorCode::type_mismatch,
                "The op column '" + op + "' must be of STRING type, but is " + type.to_string(),
                call.op_at);
  }
  return column;
}

// The column of words ahead of the input's.
Relation rows_of_changes(Plan& plan, Relation input, const ChangelogCall& call) {
  if (std::find(input.names.begin(), input.names.end(), call.op) != input.names.end()) {
    throw Error(ErrorCode::invalid_argument,
                "Field names must be unique. Found duplicates: [" + call.op +
                    "]: name the column of words otherwise with op => DESCRIPTOR(name)",
                call.op_at);
  }
  ToChangelog* node = plan.add(std::make_unique<ToChangelog>());
  node->inputs = {input.node};
  node->op = call.op;
  node->mapping = words_of_kinds(call.words, call.words_at);
  describe(*node);
  std::vector<function::Expression> columns = all_columns(node->schema);
  std::rotate(columns.begin(), columns.end() - 1, columns.end());
  input.names.insert(input.names.begin(), call.op);
  input.node = new_project(plan, node, std::move(columns), input.names);
  return input;
}

// The input's columns but for the one of words.
Relation changes_of_rows(Plan& plan, Relation input, const ChangelogCall& call) {
  FromChangelog* node = plan.add(std::make_unique<FromChangelog>());
  node->inputs = {input.node};
  node->op = op_column(input, call);
  node->mapping = kinds_of_words(call.words, call.words_at);
  node->position = call.at;
  describe(*node);
  const auto op = static_cast<std::ptrdiff_t>(node->op);
  std::vector<function::Expression> columns = all_columns(node->schema);
  columns.erase(columns.begin() + op);
  input.names.erase(input.names.begin() + op);
  input.node = new_project(plan, node, std::move(columns), input.names);
  return input;
}

}  // namespace

bool is_changelog_call(const sql::Expression& call) {
  return is_call_of(call, to_changelog()) || is_call_of(call, from_changelog());
}

Relation QueryBinder::bind_changelog_function(const sql::FunctionTable& table) {
  const sql::Expression& written = *table.call;
  const bool is_to = is_call_of(written, to_changelog());
  const TableFunction& function = is_to ? to_changelog() : from_changelog();
  if (is_batch(plan_)) {
    throw Error(
        ErrorCode::unsupported,
        std::string(function.name) + " is not supported in batch mode: there are no changes there",
        written.position);
  }
  const auto arguments = read_arguments(function, written);
  Relation input = bind_input(read_input(function, *arguments[kInput]));
  const ChangelogCall call = read_call(function, written, arguments);
  if (!is_to && input.names.size() == 1) {
    note({{},
          written.position,
          "Flink fails on FROM_CHANGELOG of a table that has no column but the word: give it one"});
  }
  return is_to ? rows_of_changes(plan_, std::move(input), call)
               : changes_of_rows(plan_, std::move(input), call);
}

}  // namespace millrace::plan
