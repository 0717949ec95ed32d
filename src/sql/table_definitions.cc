#include "sql/grammar.h"

namespace millrace::sql {

namespace {

Option parse_option(TokenStream& tokens) {
  Option option;
  option.key_position = tokens.position();
  option.key = parse_string(tokens, "an option, as in 'key' = 'value'");
  tokens.expect("=");
  option.value_position = tokens.position();
  option.value = parse_string(tokens, "the option's value in single quotes");
  return option;
}

Option parse_partition_value(TokenStream& tokens) {
  Option option;
  const Name column = parse_column_name(tokens);
  option.key_position = column.position;
  option.key = column.text;
  tokens.expect("=");
  option.value_position = tokens.position();
  const TokenKind kind = tokens.peek().kind;
  if (kind != TokenKind::string && kind != TokenKind::integer && kind != TokenKind::decimal) {
    tokens.fail("a value, a string or a number");
  }
  option.value = tokens.next().text;
  return option;
}

PrimaryKey parse_primary_key(TokenStream& tokens) {
  PrimaryKey key;
  key.position = tokens.position();
  if (tokens.accept("CONSTRAINT")) {
    key.name = parse_name(tokens, "the name of the constraint");
  }
  tokens.expect({"PRIMARY", "KEY"});
  return key;
}

void parse_enforcement(TokenStream& tokens, PrimaryKey& key) {
  if (!tokens.accept({"NOT", "ENFORCED"})) {
    key.enforced = true;
    tokens.accept("ENFORCED");
  }
}

void set_primary_key(CreateTable& table, PrimaryKey key) {
  if (table.primary_key) {
    throw Error(ErrorCode::syntax, "a table has one primary key, and this is the second",
                key.position);
  }
  table.primary_key = std::move(key);
}

void parse_metadata_column(TokenStream& tokens, ColumnDefinition& column) {
  column.kind = ColumnDefinition::Kind::metadata;
  if (tokens.accept("FROM")) {
    column.metadata_key = parse_string(tokens, "the metadata key, a string");
  }
  column.is_virtual = tokens.accept("VIRTUAL");
}

void parse_column(TokenStream& tokens, CreateTable& table) {
  ColumnDefinition column;
  column.name = parse_column_name(tokens);
  if (tokens.accept("AS")) {
    column.kind = ColumnDefinition::Kind::computed;
    column.expression = parse_expression(tokens);
  } else if (!tokens.at(",") && !tokens.at(")")) {
    column.type = parse_type(tokens);
    if (tokens.accept("METADATA")) {
      parse_metadata_column(tokens, column);
    }
  }
  if (tokens.at("PRIMARY") || tokens.at("CONSTRAINT")) {
    PrimaryKey key = parse_primary_key(tokens);
    key.columns.push_back(column.name);
    parse_enforcement(tokens, key);
    set_primary_key(table, std::move(key));
  }
  column.comment = parse_comment(tokens);
  table.columns.push_back(std::move(column));
}

void parse_element(TokenStream& tokens, CreateTable& table) {
  if (tokens.at("WATERMARK")) {
    WatermarkDefinition watermark;
    watermark.position = tokens.next().position;
    tokens.expect("FOR");
    watermark.column = parse_qualified_name(tokens, "a column name", Wanted::column);
    tokens.expect("AS");
    watermark.expression = parse_expression(tokens);
    table.watermarks.push_back(std::move(watermark));
  } else if (tokens.at("PRIMARY") || tokens.at("CONSTRAINT")) {
    PrimaryKey key = parse_primary_key(tokens);
    key.columns = parse_names_in_parentheses(tokens);
    parse_enforcement(tokens, key);
    set_primary_key(table, std::move(key));
  } else {
    parse_column(tokens, table);
  }
}

ChangeElements::Place parse_place(TokenStream& tokens) {
  ChangeElements::Place place;
  place.first = tokens.accept("FIRST");
  if (!place.first && tokens.accept("AFTER")) {
    place.after = parse_column_name(tokens);
  }
  return place;
}

TableLike::Choice parse_like_choice(TokenStream& tokens) {
  TableLike::Choice choice;
  choice.position = tokens.position();
  if (!tokens.at_any({"INCLUDING", "EXCLUDING", "OVERWRITING"})) {
    tokens.fail("INCLUDING, EXCLUDING, OVERWRITING or ')'");
  }
  choice.merging = tokens.next().upper;
  if (!tokens.at_any({"ALL", "CONSTRAINTS", "DISTRIBUTION", "GENERATED", "METADATA", "OPTIONS",
                      "PARTITIONS", "WATERMARKS"})) {
    tokens.fail("ALL, CONSTRAINTS, GENERATED, METADATA, OPTIONS, PARTITIONS or WATERMARKS");
  }
  choice.feature = tokens.next().upper;
  return choice;
}

TableLike parse_like(TokenStream& tokens) {
  TableLike like{parse_qualified_name(tokens, "a table name"), {}};
  if (tokens.accept("(")) {
    while (!tokens.accept(")")) {
      like.choices.push_back(parse_like_choice(tokens));
    }
  }
  return like;
}

// What the definitions of all tables have ahead of what they are made from.
void parse_clauses(TokenStream& tokens, CreateTable& table) {
  table.comment = parse_comment(tokens);
  if (tokens.at("DISTRIBUTED")) {
    throw Error(ErrorCode::unsupported,
                "DISTRIBUTED is not supported: no connector here has buckets; PARTITIONED BY "
                "divides the files of a table, and the topic says how many partitions it has",
                tokens.position());
  }
  if (tokens.accept({"PARTITIONED", "BY"})) {
    table.partitioned_by = parse_names_in_parentheses(tokens);
  }
  if (tokens.accept("WITH")) {
    table.options = parse_options(tokens);
  }
}

void parse_name_and_elements(TokenStream& tokens, CreateTable& table) {
  table.name = parse_qualified_name(tokens, "a table name");
  if (tokens.accept("(")) {
    do {
      parse_element(tokens, table);
    } while (tokens.accept(","));
    if (!tokens.accept(")")) {
      tokens.fail("',' or ')' after a column");
    }
  }
}

// Only a query says of what type a column is that has none.
void require_types(const CreateTable& table) {
  for (const ColumnDefinition& column : table.columns) {
    if (column.kind == ColumnDefinition::Kind::physical && !column.type) {
      throw Error(ErrorCode::syntax, "expected the type of column '" + column.name.text + "'",
                  column.name.position);
    }
  }
}

// --- MATERIALIZED TABLE ---

Refresh::Freshness parse_freshness(TokenStream& tokens) {
  tokens.expect("=");
  const Position at = tokens.position();
  const ExpressionPtr expression = parse_special_form(tokens);
  const auto* interval =
      expression == nullptr ? nullptr : std::get_if<IntervalLiteral>(&expression->node);
  if (interval == nullptr) {
    throw Error(ErrorCode::syntax, "expected an interval, as in FRESHNESS = INTERVAL '10' SECOND",
                at);
  }
  return {at, *interval};
}

void parse_refresh_mode(TokenStream& tokens, Refresh& refresh) {
  tokens.expect("=");
  refresh.mode_position = tokens.position();
  refresh.mode = Refresh::Mode::continuous;
  if (!tokens.accept("CONTINUOUS")) {
    if (!tokens.accept("FULL")) {
      tokens.fail("CONTINUOUS or FULL");
    }
    refresh.mode = Refresh::Mode::full;
  }
}

void parse_start_mode(TokenStream& tokens, Refresh& refresh) {
  tokens.expect("=");
  const Token& mode = tokens.peek();
  if (!mode.is("FROM_BEGINNING") && !mode.is("RESUME_OR_FROM_BEGINNING")) {
    throw Error(ErrorCode::unsupported,
                "START_MODE = " + mode.text +
                    " is not supported: there are FROM_BEGINNING and RESUME_OR_FROM_BEGINNING; "
                    "'scan.startup.mode' of a table that is read says from where",
                mode.position);
  }
  refresh.start_mode = tokens.next().upper;
}

Refresh parse_refresh(TokenStream& tokens) {
  Refresh refresh;
  if (tokens.accept("START_MODE")) {
    parse_start_mode(tokens, refresh);
  }
  if (tokens.accept("FRESHNESS")) {
    refresh.freshness = parse_freshness(tokens);
  }
  if (tokens.accept("REFRESH_MODE")) {
    parse_refresh_mode(tokens, refresh);
  }
  return refresh;
}

}  // namespace

bool accept_if_not_exists(TokenStream& tokens) { return tokens.accept({"IF", "NOT", "EXISTS"}); }

std::optional<std::string> parse_comment(TokenStream& tokens) {
  return tokens.accept("COMMENT") ? std::optional(parse_string(tokens, "a comment, a string"))
                                  : std::nullopt;
}

std::vector<Option> parse_options(TokenStream& tokens) {
  tokens.expect("(");
  std::vector<Option> options = parse_list(tokens, parse_option);
  if (!tokens.accept(")")) {
    tokens.fail("',' or ')' after an option");
  }
  return options;
}

std::vector<Option> parse_partition(TokenStream& tokens) {
  tokens.expect("(");
  std::vector<Option> partition = parse_list(tokens, parse_partition_value);
  tokens.expect(")");
  return partition;
}

ChangeElements parse_changed_elements(TokenStream& tokens, ChangeElements::Verb verb) {
  ChangeElements change;
  change.verb = verb;
  const bool several = tokens.accept("(");
  CreateTable table;
  do {
    const size_t before = table.columns.size();
    parse_element(tokens, table);
    if (table.columns.size() > before) {
      change.places.push_back(parse_place(tokens));
    }
  } while (several && tokens.accept(","));
  if (several && !tokens.accept(")")) {
    tokens.fail("',' or ')' after a column");
  }
  if (table.watermarks.size() > 1) {
    throw Error(ErrorCode::invalid_argument, "a table has at most one watermark",
                table.watermarks[1].position);
  }
  change.columns = std::move(table.columns);
  change.primary_key = std::move(table.primary_key);
  if (!table.watermarks.empty()) {
    change.watermark = std::move(table.watermarks.front());
  }
  return change;
}

CreateTable parse_table_definition(TokenStream& tokens) {
  CreateTable table;
  table.if_not_exists = accept_if_not_exists(tokens);
  parse_name_and_elements(tokens, table);
  parse_clauses(tokens, table);
  if (tokens.accept("LIKE")) {
    table.like = parse_like(tokens);
  }
  if (tokens.accept("AS")) {
    table.as = parse_query(tokens);
  } else {
    require_types(table);
  }
  return table;
}

CreateTable parse_materialized_table(TokenStream& tokens) {
  CreateTable table;
  parse_name_and_elements(tokens, table);
  parse_clauses(tokens, table);
  Refresh refresh = parse_refresh(tokens);
  tokens.expect("AS");
  const size_t begin = tokens.peek().begin;
  refresh.query_position = tokens.position();
  table.as = parse_query(tokens);
  refresh.query_text = tokens.text_since(begin);
  table.refresh = std::move(refresh);
  return table;
}

}  // namespace millrace::sql
