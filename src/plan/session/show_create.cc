#include "plan/session/show_create.h"

#include "plan/session/materialized_tables.h"
#include "sql/printer.h"

namespace millrace::plan {

namespace {

std::string quoted(const std::string& name) {
  std::string text = "`";
  for (const char c : name) {
    text.append(c == '`' ? 2 : 1, c);
  }
  return text + "`";
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ", ") + quoted(name);
  }
  return text;
}

std::string comment_clause(const std::string& comment) {
  return comment.empty() ? "" : " COMMENT " + sql::string_literal(comment);
}

std::string comment_line(const std::string& comment) {
  return comment.empty() ? "" : "COMMENT " + sql::string_literal(comment) + "\n";
}

// One to a line, in parentheses.
std::string block(const std::vector<std::string>& lines) {
  std::string text = "(\n";
  for (size_t i = 0; i < lines.size(); ++i) {
    text += "  " + lines[i] + (i + 1 < lines.size() ? ",\n" : "\n");
  }
  return text + ")\n";
}

template <typename Options, typename ValueOf>
std::string options_clause(const Options& options, ValueOf value_of) {
  if (options.empty()) {
    return "";
  }
  std::vector<std::string> lines;
  for (const auto& [key, option] : options) {
    lines.push_back(sql::string_literal(key) + " = " + sql::string_literal(value_of(option)));
  }
  return "WITH " + block(lines);
}

std::string options_clause(const std::map<std::string, std::string>& options) {
  return options_clause(options, [](const std::string& value) { return value; });
}

std::string column_line(const catalog::ColumnDefinition& column) {
  std::string text = quoted(column.name) + " ";
  switch (column.kind) {
    case catalog::ColumnKind::computed: text += "AS " + column.expression_text; break;
    case catalog::ColumnKind::physical: text += written_type(column.type); break;
    case catalog::ColumnKind::metadata:
      text += written_type(column.type) + " METADATA";
      text += column.metadata_key == column.name
                  ? ""
                  : " FROM " + sql::string_literal(column.metadata_key);
      text += column.is_virtual ? " VIRTUAL" : "";
      break;
  }
  return text + comment_clause(column.comment);
}

std::vector<std::string> names_of(const catalog::Table& table, const std::vector<size_t>& columns) {
  std::vector<std::string> names;
  for (const size_t column : columns) {
    names.push_back(table.columns[column].name);
  }
  return names;
}

std::string key_name(const std::vector<std::string>& columns) {
  std::string name = "PK";
  for (const std::string& column : columns) {
    name += "_" + column;
  }
  return name;
}

}  // namespace

static std::string written_row(const std::vector<Field>& fields) {
  std::string text;
  for (const Field& field : fields) {
    text += (text.empty() ? "" : ", ") + quoted(field.name) + " " + written_type(field.type);
  }
  return "ROW<" + text + ">";
}

std::string written_type(const Type& type) {
  const std::string null = type.nullable ? "" : " NOT NULL";
  const auto child = [&](size_t i) { return written_type((*type.children)[i].type); };
  const auto length = [&] { return "(" + std::to_string(type.precision) + ")"; };
  if (type.kind == TypeKind::varchar || type.kind == TypeKind::varbinary) {
    return (type.kind == TypeKind::varchar ? "VARCHAR" : "VARBINARY") + length() + null;
  }
  if (type.children == nullptr) {
    return type.to_string();
  }
  if (type.kind == TypeKind::row) {
    return written_row(*type.children) + null;
  }
  if (type.kind == TypeKind::map) {
    return "MAP<" + child(0) + ", " + child(1) + ">" + null;
  }
  return (type.kind == TypeKind::array ? "ARRAY<" : "MULTISET<") + child(0) + ">" + null;
}

static std::string refresh_clauses(const catalog::Materialized& materialized) {
  return (materialized.start_mode.empty() ? "" : "START_MODE = " + materialized.start_mode + "\n") +
         "FRESHNESS = " + freshness_text(materialized.freshness_ms) +
         "\nREFRESH_MODE = CONTINUOUS\nAS " + materialized.query + "\n";
}

std::string show_create(const catalog::Table& table) {
  std::vector<std::string> lines;
  for (const catalog::ColumnDefinition& column : table.columns) {
    lines.push_back(column_line(column));
  }
  if (table.watermark) {
    lines.push_back("WATERMARK FOR " + quoted(table.columns[table.watermark->column].name) +
                    " AS " + table.watermark->text);
  }
  if (!table.primary_key.empty()) {
    const std::vector<std::string> key = names_of(table, table.primary_key);
    lines.push_back(
        "CONSTRAINT " +
        quoted(table.primary_key_name.empty() ? key_name(key) : table.primary_key_name) +
        " PRIMARY KEY (" + quoted_list(key) + ") NOT ENFORCED");
  }
  const catalog::ObjectName name{table.space, table.name};
  const std::string partitions = quoted_list(names_of(table, table.partitioned_by));
  return std::string("CREATE ") +
         (table.temporary      ? "TEMPORARY "
          : table.materialized ? "MATERIALIZED "
                               : "") +
         "TABLE " + name.to_sql() + " " + block(lines) + comment_line(table.comment) +
         (partitions.empty() ? "" : "PARTITIONED BY (" + partitions + ")\n") +
         options_clause(table.options, [](const catalog::Option& option) { return option.value; }) +
         (table.materialized ? refresh_clauses(*table.materialized) : "");
}

std::string show_create(const catalog::View& view) {
  std::vector<std::string> lines;
  for (const std::string& column : view.columns) {
    lines.push_back(quoted(column));
  }
  const catalog::ObjectName name{view.space, view.name};
  return std::string("CREATE ") + (view.temporary ? "TEMPORARY " : "") + "VIEW " + name.to_sql() +
         " " + block(lines) + comment_line(view.comment) + "AS " + view.query + "\n";
}

static std::string columns_line(const char* word,
                                const std::vector<catalog::ModelColumn>& columns) {
  std::string text;
  for (const catalog::ModelColumn& column : columns) {
    text += (text.empty() ? "" : ", ") + quoted(column.name) + " " + written_type(column.type) +
            comment_clause(column.comment);
  }
  return text.empty() ? "" : std::string(word) + " (" + text + ")\n";
}

std::string show_create(const catalog::Model& model) {
  const catalog::ObjectName name{model.space, model.name};
  return std::string("CREATE ") + (model.temporary ? "TEMPORARY " : "") + "MODEL " + name.to_sql() +
         "\n" + columns_line("INPUT", model.inputs) + columns_line("OUTPUT", model.outputs) +
         comment_line(model.comment) + options_clause(model.options);
}

std::string show_create_catalog(const std::string& name, const catalog::Properties& properties) {
  return "CREATE CATALOG " + quoted(name) + "\n" + comment_line(properties.comment) +
         options_clause(properties.options);
}

}  // namespace millrace::plan
