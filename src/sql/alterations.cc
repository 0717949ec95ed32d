// ALTER of tables, views, databases, catalogs and models.

#include "sql/grammar.h"

namespace millrace::sql {

namespace {

using Change = decltype(Alter::change);

std::vector<std::string> parse_keys(TokenStream& tokens) {
  tokens.expect("(");
  auto keys = parse_list(
      tokens, [](TokenStream& t) { return parse_string(t, "the key of an option, a string"); });
  tokens.expect(")");
  return keys;
}

[[noreturn]] void refuse_division(const TokenStream& tokens, const char* verb, const Token& what) {
  const bool is_partition = what.is("PARTITION");
  throw Error(ErrorCode::unsupported,
              verb + what.upper + " is not supported: " +
                  (is_partition ? "partitions come with the rows that are in them"
                                : "no connector here has buckets"),
              tokens.position());
}

Change parse_table_drop(TokenStream& tokens) {
  if (tokens.accept({"PRIMARY", "KEY"})) {
    return DropPrimaryKey{};
  }
  if (tokens.accept("CONSTRAINT")) {
    return DropPrimaryKey{parse_name(tokens, "the name of the constraint")};
  }
  if (tokens.accept("WATERMARK")) {
    return DropWatermark{};
  }
  const size_t ahead = tokens.at({"IF", "EXISTS"}) ? 2 : 0;
  if (tokens.peek(ahead).is("PARTITION") || tokens.peek(ahead).is("DISTRIBUTION")) {
    refuse_division(tokens, "DROP ", tokens.peek(ahead));
  }
  if (tokens.at("(")) {
    return DropColumns{parse_names_in_parentheses(tokens)};
  }
  return DropColumns{{parse_column_name(tokens)}};
}

// RENAME TO other, or RENAME column TO other.
Change parse_rename(TokenStream& tokens) {
  if (tokens.accept("TO")) {
    return RenameTo{parse_qualified_name(tokens)};
  }
  Name from = parse_name(tokens, "TO or a column name");
  tokens.expect("TO");
  return RenameColumn{std::move(from), parse_name(tokens, "the new name of the column")};
}

Change parse_table_change(TokenStream& tokens) {
  if (tokens.accept("RENAME")) {
    return parse_rename(tokens);
  }
  if (tokens.at("ADD") && (tokens.peek(1).is("PARTITION") || tokens.peek(1).is("DISTRIBUTION"))) {
    refuse_division(tokens, "ADD ", tokens.peek(1));
  }
  if (tokens.accept("ADD")) {
    return parse_changed_elements(tokens, ChangeElements::Verb::add);
  }
  if (tokens.accept("MODIFY")) {
    return parse_changed_elements(tokens, ChangeElements::Verb::modify);
  }
  if (tokens.accept("DROP")) {
    return parse_table_drop(tokens);
  }
  if (tokens.accept("SET")) {
    return SetOptions{parse_options(tokens)};
  }
  if (tokens.accept("RESET")) {
    return ResetOptions{parse_keys(tokens)};
  }
  tokens.fail("RENAME, ADD, MODIFY, DROP, SET or RESET");
}

Change parse_query_change(TokenStream& tokens) {
  tokens.expect("AS");
  ChangeQuery change;
  const size_t begin = tokens.peek().begin;
  change.query_position = tokens.position();
  change.query = parse_query(tokens);
  change.query_text = tokens.text_since(begin);
  return change;
}

Change parse_view_change(TokenStream& tokens) {
  if (tokens.accept({"RENAME", "TO"})) {
    return RenameTo{parse_qualified_name(tokens, "the new name of the view")};
  }
  return parse_query_change(tokens);
}

Change parse_materialized_table_change(TokenStream& tokens) {
  const Position at = tokens.position();
  if (tokens.accept("SUSPEND")) {
    return Suspend{};
  }
  if (tokens.accept("RESUME")) {
    return Resume{tokens.accept("WITH") ? parse_options(tokens) : std::vector<Option>()};
  }
  if (tokens.accept("REFRESH")) {
    return RefreshNow{at,
                      tokens.accept("PARTITION") ? parse_partition(tokens) : std::vector<Option>()};
  }
  if (tokens.at("AS")) {
    return parse_query_change(tokens);
  }
  if (!tokens.at_any({"ADD", "MODIFY", "DROP", "SET", "RESET"})) {
    tokens.fail("SUSPEND, RESUME, REFRESH, AS, ADD, MODIFY, DROP, SET or RESET");
  }
  return parse_table_change(tokens);
}

Change parse_options_change(TokenStream& tokens, ObjectKind kind) {
  const bool has_comment = kind == ObjectKind::catalog;
  if (has_comment && tokens.accept("COMMENT")) {
    return SetComment{parse_string(tokens, "the comment, a string")};
  }
  if (tokens.accept({"RENAME", "TO"})) {
    return RenameTo{parse_qualified_name(tokens)};
  }
  if (tokens.accept("RESET")) {
    return ResetOptions{parse_keys(tokens)};
  }
  if (!tokens.accept("SET")) {
    tokens.fail(has_comment ? "SET, RESET or COMMENT" : "SET, RESET or RENAME TO");
  }
  return SetOptions{parse_options(tokens)};
}

}  // namespace

StatementNode parse_alter(TokenStream& tokens) {
  tokens.next();
  Alter alter;
  if (tokens.accept("VIEW")) {
    alter.kind = ObjectKind::view;
  } else if (tokens.accept({"MATERIALIZED", "TABLE"})) {
    alter.kind = ObjectKind::materialized_table;
  } else if (tokens.accept("MODEL")) {
    alter.kind = ObjectKind::model;
  } else if (tokens.accept("DATABASE")) {
    alter.kind = ObjectKind::database;
  } else if (tokens.accept("CATALOG")) {
    alter.kind = ObjectKind::catalog;
  } else if (tokens.at_any({"FUNCTION", "TEMPORARY"})) {
    throw Error(ErrorCode::unsupported,
                "ALTER " + tokens.peek().upper +
                    " is not supported: DROP the function, and CREATE it again",
                tokens.position());
  } else if (!tokens.accept("TABLE")) {
    tokens.fail("TABLE, MATERIALIZED TABLE, VIEW, MODEL, DATABASE or CATALOG");
  }
  alter.if_exists = alter.kind != ObjectKind::materialized_table && tokens.accept({"IF", "EXISTS"});
  alter.name = parse_qualified_name(tokens);
  switch (alter.kind) {
    case ObjectKind::table: alter.change = parse_table_change(tokens); break;
    case ObjectKind::materialized_table:
      alter.change = parse_materialized_table_change(tokens);
      break;
    case ObjectKind::view: alter.change = parse_view_change(tokens); break;
    case ObjectKind::model:
    case ObjectKind::database:
    case ObjectKind::catalog: alter.change = parse_options_change(tokens, alter.kind); break;
    case ObjectKind::function: break;
  }
  return alter;
}

}  // namespace millrace::sql
