#include "base/match.h"
#include "sql/printer.h"

namespace millrace::sql {

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

// --- CREATE TABLE ---

std::string print(const ColumnDefinition& column) {
  std::string text = quoted_if_needed(column.name.text) + " ";
  if (column.kind == ColumnDefinition::Kind::computed) {
    text += "AS " + to_sql(*column.expression);
  } else {
    text += to_sql(*column.type);
  }
  if (column.kind == ColumnDefinition::Kind::metadata) {
    text += " METADATA";
    text += column.metadata_key ? " FROM " + string_literal(*column.metadata_key) : "";
    text += column.is_virtual ? " VIRTUAL" : "";
  }
  return text + comment_clause(column.comment);
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
    lines.push_back("WATERMARK FOR " + to_sql(watermark.column) + " AS " +
                    to_sql(*watermark.expression));
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

std::string print(const CreateTable& table) {
  std::string text = table.temporary ? "CREATE TEMPORARY TABLE " : "CREATE TABLE ";
  text += (table.if_not_exists ? "IF NOT EXISTS " : "") + to_sql(table.name);
  const std::vector<std::string> elements = elements_of(table);
  text += elements.empty() ? "" : " " + block(elements);
  text += comment_clause(table.comment);
  if (!table.partitioned_by.empty()) {
    text += " PARTITIONED BY (" + to_sql(table.partitioned_by) + ")";
  }
  if (!table.options.empty()) {
    std::vector<std::string> lines;
    for (const Option& option : table.options) {
      lines.push_back(string_literal(option.key) + " = " + string_literal(option.value));
    }
    text += " WITH " + block(lines);
  }
  text += table.like ? print(*table.like) : "";
  return table.as ? text + "\nAS " + to_sql(*table.as) : text;
}

// --- Other definitions ---

std::string print(const CreateView& view) {
  return std::string(view.temporary ? "CREATE TEMPORARY VIEW " : "CREATE VIEW ") +
         (view.if_not_exists ? "IF NOT EXISTS " : "") + to_sql(view.name) +
         columns_clause(view.columns) + comment_clause(view.comment) + " AS " + to_sql(*view.query);
}

std::string print(const CreateFunction& function) {
  return std::string("CREATE ") + (function.temporary ? "TEMPORARY " : "") +
         (function.system ? "SYSTEM FUNCTION " : "FUNCTION ") +
         (function.if_not_exists ? "IF NOT EXISTS " : "") + to_sql(function.name) + " AS " +
         string_literal(function.implementation) +
         (function.language.empty() ? "" : " LANGUAGE " + function.language);
}

std::string print(const Drop& drop) {
  const char* what = drop.kind == ObjectKind::table  ? "TABLE "
                     : drop.kind == ObjectKind::view ? "VIEW "
                                                     : "FUNCTION ";
  return std::string("DROP ") + (drop.temporary ? "TEMPORARY " : "") + what +
         (drop.if_exists ? "IF EXISTS " : "") + to_sql(drop.name);
}

// --- INSERT ---

const char* text_of(Insert::Conflict conflict) {
  switch (conflict) {
    case Insert::Conflict::unspecified: return "";
    case Insert::Conflict::deduplicate: return " ON CONFLICT DO DEDUPLICATE";
    case Insert::Conflict::nothing: return " ON CONFLICT DO NOTHING";
    case Insert::Conflict::error: return " ON CONFLICT DO ERROR";
  }
  return "";
}

std::string print(const Insert& insert) {
  std::string partition;
  for (const Option& value : insert.partition) {
    partition += (partition.empty() ? "" : ", ") + quoted_if_needed(value.key) + " = " +
                 string_literal(value.value);
  }
  return (insert.overwrite ? "INSERT OVERWRITE " : "INSERT INTO ") + to_sql(insert.table) +
         to_sql(insert.hints) + (partition.empty() ? "" : " PARTITION (" + partition + ")") +
         columns_clause(insert.columns) + " " + to_sql(*insert.query) + text_of(insert.on_conflict);
}

std::string print(const StatementSet& set) {
  std::string text = "EXECUTE STATEMENT SET BEGIN\n";
  for (const StatementPtr& insert : set.inserts) {
    text += to_sql(*insert) + ";\n";
  }
  return text + "END";
}

// --- The session ---

std::string print(const Set& set) {
  return set.option
             ? "SET " + string_literal(set.option->key) + " = " + string_literal(set.option->value)
             : "SET";
}

std::string print(const Reset& reset) {
  return reset.key ? "RESET " + string_literal(*reset.key) : "RESET";
}

const char* word_of(Explain::Detail detail) {
  switch (detail) {
    case Explain::Detail::estimated_cost: return "ESTIMATED_COST";
    case Explain::Detail::changelog_mode: return "CHANGELOG_MODE";
    case Explain::Detail::json_execution_plan: return "JSON_EXECUTION_PLAN";
    case Explain::Detail::plan_advice: return "PLAN_ADVICE";
  }
  return "";
}

std::string print(const Explain& explain) {
  std::string details;
  for (const Explain::Detail detail : explain.details) {
    details += (details.empty() ? "" : ", ") + std::string(word_of(detail));
  }
  return "EXPLAIN " + (details.empty() ? "PLAN FOR" : details) + " " + to_sql(*explain.statement);
}

const char* words_of(Show::What what) {
  switch (what) {
    case Show::What::tables: return "TABLES";
    case Show::What::views: return "VIEWS";
    case Show::What::functions: return "FUNCTIONS";
    case Show::What::catalogs: return "CATALOGS";
    case Show::What::databases: return "DATABASES";
    case Show::What::current_catalog: return "CURRENT CATALOG";
    case Show::What::current_database: return "CURRENT DATABASE";
    case Show::What::columns: return "COLUMNS FROM";
    case Show::What::jobs: return "JOBS";
    case Show::What::create_table: return "CREATE TABLE";
    case Show::What::create_view: return "CREATE VIEW";
  }
  return "";
}

std::string print(const Show& show) {
  return std::string("SHOW ") + words_of(show.what) + (show.name ? " " + to_sql(*show.name) : "") +
         (show.like ? (show.not_like ? " NOT LIKE " : " LIKE ") + string_literal(*show.like) : "");
}

std::string print(const Describe& describe) { return "DESCRIBE " + to_sql(describe.name); }

std::string print(const Use& use) {
  return (use.catalog ? "USE CATALOG " : "USE ") + to_sql(use.name);
}

std::string print(const QueryStatement& statement) { return to_sql(*statement.query); }

}  // namespace

std::string to_sql(const Statement& statement) {
  return match(statement.node, [](const auto& node) { return print(node); });
}

}  // namespace millrace::sql
