#include "plan/bind/changelog_functions.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "plan/bind/queries.h"
#include "plan/change_words.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/runtime_mode.h"

namespace millrace::plan {

namespace {

using Words = std::map<std::string, std::string>;

enum Parameter : uint8_t { kInput, kOp, kOpMapping, kOnTime, kUid };

const TableFunction& function_of(bool to) {
  static const std::vector<std::string_view> kParameters = {"input", "op", "op_mapping", "on_time",
                                                            "uid"};
  static const TableFunction kTo = {
      "TO_CHANGELOG", kParameters,
      "(input => TABLE t [, op => DESCRIPTOR(column)] [, op_mapping => MAP['INSERT', 'c', ...]])"};
  static const TableFunction kFrom = {
      "FROM_CHANGELOG", kParameters,
      "(input => TABLE t [, op => DESCRIPTOR(column)] [, op_mapping => MAP['c', 'INSERT', ...]])"};
  return to ? kTo : kFrom;
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

std::string trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(' ');
  return from == std::string_view::npos
             ? ""
             : std::string(text.substr(from, text.find_last_not_of(' ') + 1 - from));
}

// "INSERT, UPDATE_AFTER": several stand in one text.
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  for (size_t from = 0; from <= text.size();) {
    const size_t comma = std::min(text.find(',', from), text.size());
    parts.push_back(trimmed(text.substr(from, comma - from)));
    from = comma + 1;
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
    const RowKind kind = read_kind(trimmed(name), at);
    if (!seen.insert(kind).second) {
      fail_mapping("Duplicate change operation: '" + trimmed(name) +
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

size_t op_column(const Relation& input, const std::string& op, const Position& at) {
  const auto found = std::find(input.names.begin(), input.names.end(), op);
  if (found == input.names.end()) {
    throw Error(ErrorCode::not_found,
                "The op column '" + op +
                    "' does not exist in the input: name it with op => DESCRIPTOR(column)",
                at);
  }
  const auto column = static_cast<size_t>(found - input.names.begin());
  const Type& type = input.node->schema[column].type;
  if (!type.is_string()) {
    throw Error(ErrorCode::type_mismatch,
                "The op column '" + op + "' must be of STRING type, but is " + type.to_string(),
                at);
  }
  return column;
}

// The column of words ahead of the input's.
Relation rows_of_changes(Plan& plan, Relation input, std::string op,
                         std::map<RowKind, std::string> mapping) {
  ToChangelog* node = plan.add(std::make_unique<ToChangelog>());
  node->inputs = {input.node};
  node->op = std::move(op);
  node->mapping = std::move(mapping);
  describe(*node);
  std::vector<function::Expression> columns = all_columns(node->schema);
  std::rotate(columns.begin(), columns.end() - 1, columns.end());
  input.names.insert(input.names.begin(), node->op);
  input.node = new_project(plan, node, std::move(columns), input.names);
  return input;
}

// The input's columns but for the one of words.
Relation changes_of_rows(Plan& plan, Relation input, size_t op,
                         std::map<std::string, RowKind> mapping, const Position& at) {
  FromChangelog* node = plan.add(std::make_unique<FromChangelog>());
  node->inputs = {input.node};
  node->op = op;
  node->mapping = std::move(mapping);
  node->position = at;
  describe(*node);
  std::vector<function::Expression> columns = all_columns(node->schema);
  columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(op));
  input.names.erase(input.names.begin() + static_cast<std::ptrdiff_t>(op));
  input.node = new_project(plan, node, std::move(columns), input.names);
  return input;
}

// Each change by its own name.
Words own_names() {
  Words words;
  for (const RowKind kind : kAllKinds) {
    words.emplace(name_of(kind), name_of(kind));
  }
  return words;
}

}  // namespace

bool is_changelog_call(const sql::Expression& call) {
  return is_call_of(call, function_of(true)) || is_call_of(call, function_of(false));
}

Relation QueryBinder::bind_changelog_function(const sql::FunctionTable& table) {
  const sql::Expression& written = *table.call;
  const bool to = is_call_of(written, function_of(true));
  const TableFunction& function = function_of(to);
  if (is_batch(plan_)) {
    throw Error(ErrorCode::unsupported,
                std::string(function.name) +
                    " is not supported in batch mode: there are no "
                    "changes there",
                written.position);
  }
  const auto arguments = read_arguments(function, written);
  Relation input = bind_input(read_input(function, *arguments[kInput]));
  const std::string op = read_op(function, arguments[kOp]);
  const sql::Expression* const mapping = arguments[kOpMapping];
  const Words words = mapping != nullptr ? read_mapping(function, *mapping) : own_names();
  const Position& at = mapping != nullptr ? mapping->position : written.position;
  const Position& op_at = arguments[kOp] != nullptr ? arguments[kOp]->position : written.position;
  if (!to) {
    const size_t column = op_column(input, op, op_at);
    return changes_of_rows(plan_, std::move(input), column, kinds_of_words(words, at),
                           written.position);
  }
  if (std::find(input.names.begin(), input.names.end(), op) != input.names.end()) {
    throw Error(ErrorCode::invalid_argument,
                "Field names must be unique. Found duplicates: [" + op +
                    "]: name the column of words otherwise with op => DESCRIPTOR(name)",
                op_at);
  }
  return rows_of_changes(plan_, std::move(input), op, words_of_kinds(words, at));
}

}  // namespace millrace::plan
