// Definitions, as they are created, altered and dropped; statement_printer.cc has the rest.

#include "sql/definition_printer.h"

#include "base/match.h"
#include "sql/grammar.h"
#include "sql/printer.h"

namespace millrace::sql {

const char* word_of(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::table: return "TABLE ";
    case ObjectKind::materialized_table: return "MATERIALIZED TABLE ";
    case ObjectKind::view: return "VIEW ";
    case ObjectKind::function: return "FUNCTION ";
    case ObjectKind::catalog: return "CATALOG ";
    case ObjectKind::database: return "DATABASE ";
    case ObjectKind::model: return "MODEL ";
  }
  return "";
}

namespace {

std::string comment_clause(const std::optional<std::string>& comment) {
  return comment ? " COMMENT " + string_literal(*comment) : "";
}

std::string columns_clause(const std::vector<Name>& columns) {
  return columns.empty() ? "" : " (" + to_sql(columns) + ")";
}

// One to a line, indented, in parentheses.
std::string block(const std::vector<std::string>& lines) {
  std::string text = "(\n";
  for (size_t i = 0; i < lines.size(); ++i) {
    text += "  " + lines[i] + (i + 1 < lines.size() ? ",\n" : "\n");
  }
  return text + ")";
}

std::string options_block(const std::vector<Option>& options) {
  std::vector<std::string> lines;
  for (const Option& option : options) {
    lines.push_back(string_literal(option.key) + " = " + string_literal(option.value));
  }
  return block(lines);
}

std::string options_clause(const std::vector<Option>& options) {
  return options.empty() ? "" : " WITH " + options_block(options);
}

// --- CREATE TABLE ---

std::string print(const ColumnDefinition& column) {
  std::string text = quoted_if_needed(column.name.text);
  if (column.kind == ColumnDefinition::Kind::computed) {
    text += " AS " + to_sql(*column.expression);
  } else if (column.type) {
    text += " " + to_sql(*column.type);
  }
  if (column.kind == ColumnDefinition::Kind::metadata) {
    text += " METADATA";
    text += column.metadata_key ? " FROM " + string_literal(*column.metadata_key) : "";
    text += column.is_virtual ? " VIRTUAL" : "";
  }
  return text + comment_clause(column.comment);
}

std::string print(const WatermarkDefinition& watermark) {
  return "WATERMARK FOR " + to_sql(watermark.column) + " AS " + to_sql(*watermark.expression);
}

std::string print(const PrimaryKey& key) {
  return (key.name ? "CONSTRAINT " + quoted_if_needed(key.name->text) + " " : "") +
         "PRIMARY KEY (" + to_sql(key.columns) + ")" + (key.enforced ? "" : " NOT ENFORCED");
}

std::vector<std::string> elements_of(const CreateTable& table) {
  std::vector<std::string> lines;
  for (const ColumnDefinition& column : table.columns) {
    lines.push_back(print(column));
  }
  for (const WatermarkDefinition& watermark : table.watermarks) {
    lines.push_back(print(watermark));
  }
  if (table.primary_key) {
    lines.push_back(print(*table.primary_key));
  }
  return lines;
}

std::string print(const TableLike& like) {
  std::string choices;
  for (const TableLike::Choice& choice : like.choices) {
    choices += (choices.empty() ? "" : " ") + choice.merging + " " + choice.feature;
  }
  return "\nLIKE " + to_sql(like.source) + (choices.empty() ? "" : " (" + choices + ")");
}

std::string print(const Refresh& refresh) {
  std::string text = refresh.start_mode.empty() ? "" : "\nSTART_MODE = " + refresh.start_mode;
  if (refresh.freshness) {
    text += "\nFRESHNESS = " + to_sql(*make_expression({}, refresh.freshness->interval));
  }
  switch (refresh.mode) {
    case Refresh::Mode::unspecified: return text;
    case Refresh::Mode::continuous: return text + "\nREFRESH_MODE = CONTINUOUS";
    case Refresh::Mode::full: return text + "\nREFRESH_MODE = FULL";
  }
  return text;
}

const char* verb_of(const CreateTable& table) {
  if (table.refresh) {
    return table.refresh->or_alter ? "CREATE OR ALTER MATERIALIZED TABLE "
                                   : "CREATE MATERIALIZED TABLE ";
  }
  return table.temporary    ? "CREATE TEMPORARY TABLE "
         : table.or_replace ? "CREATE OR REPLACE TABLE "
                            : "CREATE TABLE ";
}

std::string print(const CreateTable& table) {
  std::string text = verb_of(table);
  text += (table.if_not_exists ? "IF NOT EXISTS " : "") + to_sql(table.name);
  const std::vector<std::string> elements = elements_of(table);
  text += elements.empty() ? "" : " " + block(elements);
  text += comment_clause(table.comment);
  if (!table.partitioned_by.empty()) {
    text += " PARTITIONED BY (" + to_sql(table.partitioned_by) + ")";
  }
  text += options_clause(table.options);
  text += table.like ? print(*table.like) : "";
  text += table.refresh ? print(*table.refresh) : "";
  return table.as ? text + "\nAS " + to_sql(*table.as) : text;
}

// --- Other definitions ---

std::string print(const CreateView& view) {
  return std::string(view.temporary ? "CREATE TEMPORARY VIEW " : "CREATE VIEW ") +
         (view.if_not_exists ? "IF NOT EXISTS " : "") + to_sql(view.name) +
         columns_clause(view.columns) + comment_clause(view.comment) + " AS " + to_sql(*view.query);
}

std::string parameters_of(const CreateFunction& function) {
  std::string text;
  for (const CreateFunction::Parameter& parameter : function.parameters) {
    text += (text.empty() ? "" : ", ") + quoted_if_needed(parameter.name.text) + " " +
            to_sql(parameter.type);
  }
  return text;
}

std::string libraries_of(const CreateFunction& function) {
  std::string text;
  for (const CreateFunction::Library& library : function.libraries) {
    text += (text.empty() ? " USING LIBRARY " : ", LIBRARY ") + string_literal(library.path);
  }
  return text;
}

std::string print(const CreateFunction& function) {
  const std::string head = std::string("CREATE ") + (function.temporary ? "TEMPORARY " : "") +
                           (function.system ? "SYSTEM FUNCTION " : "FUNCTION ") +
                           (function.if_not_exists ? "IF NOT EXISTS " : "") + to_sql(function.name);
  if (function.returns) {
    return head + " (" + parameters_of(function) + ") RETURNS " + to_sql(*function.returns) +
           " RETURN " + to_sql(*function.body);
  }
  return head + " AS " + string_literal(function.implementation) +
         (function.language.empty() ? "" : " LANGUAGE " + function.language) +
         libraries_of(function);
}

std::string print(const CreateCatalog& catalog) {
  return std::string("CREATE CATALOG ") + (catalog.if_not_exists ? "IF NOT EXISTS " : "") +
         quoted_if_needed(catalog.name.text) + comment_clause(catalog.comment) +
         options_clause(catalog.options);
}

std::string print(const CreateDatabase& database) {
  return std::string("CREATE DATABASE ") + (database.if_not_exists ? "IF NOT EXISTS " : "") +
         to_sql(database.name) + comment_clause(database.comment) +
         options_clause(database.options);
}

std::string model_columns(const char* word, const std::vector<ColumnDefinition>& columns) {
  std::string text;
  for (const ColumnDefinition& column : columns) {
    text += (text.empty() ? "" : ", ") + print(column);
  }
  return text.empty() ? "" : std::string(word) + " (" + text + ")";
}

std::string print(const CreateModel& model) {
  return std::string("CREATE ") + (model.temporary ? "TEMPORARY MODEL " : "MODEL ") +
         (model.if_not_exists ? "IF NOT EXISTS " : "") + to_sql(model.name) +
         model_columns(" INPUT", model.inputs) + model_columns(" OUTPUT", model.outputs) +
         comment_clause(model.comment) + options_clause(model.options);
}

std::string print(const Drop& drop) {
  return std::string("DROP ") + (drop.temporary ? "TEMPORARY " : "") +
         (drop.system ? "SYSTEM " : "") + word_of(drop.kind) +
         (drop.if_exists ? "IF EXISTS " : "") + to_sql(drop.name) +
         (drop.cascade ? " CASCADE" : "");
}

// --- ALTER ---

std::string print(const RenameTo& rename) { return "RENAME TO " + to_sql(rename.name); }

std::string print(const RenameColumn& rename) {
  return "RENAME " + quoted_if_needed(rename.from.text) + " TO " + quoted_if_needed(rename.to.text);
}

std::string print(const ChangeElements& change) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < change.columns.size(); ++i) {
    const ChangeElements::Place& place = change.places[i];
    lines.push_back(print(change.columns[i]) + (place.first ? " FIRST" : "") +
                    (place.after ? " AFTER " + quoted_if_needed(place.after->text) : ""));
  }
  if (change.watermark) {
    lines.push_back(print(*change.watermark));
  }
  if (change.primary_key) {
    lines.push_back(print(*change.primary_key));
  }
  return (change.verb == ChangeElements::Verb::add ? "ADD " : "MODIFY ") + block(lines);
}

std::string print(const DropColumns& drop) { return "DROP (" + to_sql(drop.columns) + ")"; }

std::string print(const DropPrimaryKey& drop) {
  return drop.constraint ? "DROP CONSTRAINT " + quoted_if_needed(drop.constraint->text)
                         : "DROP PRIMARY KEY";
}

std::string print(const DropWatermark&) { return "DROP WATERMARK"; }

std::string print(const SetOptions& set) { return "SET " + options_block(set.options); }

std::string print(const ResetOptions& reset) {
  std::string text;
  for (const std::string& key : reset.keys) {
    text += (text.empty() ? "" : ", ") + string_literal(key);
  }
  return "RESET (" + text + ")";
}

std::string print(const SetComment& set) { return "COMMENT " + string_literal(set.comment); }

std::string print(const ChangeQuery& change) { return "AS " + to_sql(*change.query); }

std::string print(const Suspend&) { return "SUSPEND"; }

std::string print(const Resume& resume) { return "RESUME" + options_clause(resume.options); }

std::string print(const RefreshNow& refresh) {
  std::string partition;
  for (const Option& value : refresh.partition) {
    partition += (partition.empty() ? "" : ", ") + quoted_if_needed(value.key) + " = " +
                 string_literal(value.value);
  }
  return partition.empty() ? "REFRESH" : "REFRESH PARTITION (" + partition + ")";
}

std::string print(const Alter& alter) {
  return std::string("ALTER ") + word_of(alter.kind) + (alter.if_exists ? "IF EXISTS " : "") +
         to_sql(alter.name) + " " +
         match(alter.change, [](const auto& change) { return print(change); });
}

}  // namespace

std::string definition_to_sql(const CreateTable& node) { return print(node); }
std::string definition_to_sql(const CreateView& node) { return print(node); }
std::string definition_to_sql(const CreateFunction& node) { return print(node); }
std::string definition_to_sql(const CreateCatalog& node) { return print(node); }
std::string definition_to_sql(const CreateDatabase& node) { return print(node); }
std::string definition_to_sql(const CreateModel& node) { return print(node); }
std::string definition_to_sql(const Drop& node) { return print(node); }
std::string definition_to_sql(const Alter& node) { return print(node); }

}  // namespace millrace::sql
