#include "sql/grammar.h"

namespace millrace::sql {

namespace {

JsonNulls parse_json_nulls(TokenStream& tokens) {
  if (tokens.accept({"NULL", "ON", "NULL"})) {
    return JsonNulls::null_;
  }
  return tokens.accept({"ABSENT", "ON", "NULL"}) ? JsonNulls::absent : JsonNulls::unspecified;
}

bool at_json_nulls(const TokenStream& tokens) {
  return tokens.at({"NULL", "ON", "NULL"}) || tokens.at({"ABSENT", "ON", "NULL"});
}

// [KEY] key VALUE value.
JsonObject::Entry parse_entry(TokenStream& tokens) {
  // KEY is also a fair name of a column: JSON_OBJECT(KEY VALUE 1) has the column as its key.
  if (tokens.at("KEY") && !tokens.peek(1).is("VALUE") && !tokens.peek(1).is(":") &&
      !tokens.peek(1).is(".")) {
    tokens.next();
  }
  JsonObject::Entry entry;
  entry.key = parse_expression(tokens);
  if (!tokens.accept("VALUE") && !tokens.accept(":")) {
    tokens.fail("VALUE, as in KEY 'name' VALUE expression");
  }
  entry.value = parse_expression(tokens);
  return entry;
}

// What stands before ON EMPTY or ON ERROR; nothing if no such clause is next.
std::optional<JsonFallback> parse_fallback(TokenStream& tokens) {
  using Kind = JsonFallback::Kind;
  if (tokens.accept("DEFAULT")) {
    return JsonFallback{Kind::default_, parse_expression(tokens)};
  }
  if (tokens.accept("NULL")) {
    return JsonFallback{Kind::null_, nullptr};
  }
  if (tokens.accept("ERROR")) {
    return JsonFallback{Kind::error, nullptr};
  }
  if (tokens.accept("TRUE")) {
    return JsonFallback{Kind::true_, nullptr};
  }
  if (tokens.accept("FALSE")) {
    return JsonFallback{Kind::false_, nullptr};
  }
  if (tokens.accept("UNKNOWN")) {
    return JsonFallback{Kind::unknown, nullptr};
  }
  if (!tokens.accept("EMPTY")) {
    return std::nullopt;
  }
  if (tokens.accept("ARRAY")) {
    return JsonFallback{Kind::empty_array, nullptr};
  }
  return JsonFallback{tokens.accept("OBJECT") ? Kind::empty_object : Kind::empty, nullptr};
}

void parse_fallbacks(TokenStream& tokens, JsonPathCall& call) {
  while (std::optional<JsonFallback> fallback = parse_fallback(tokens)) {
    tokens.expect("ON");
    if (tokens.accept("EMPTY")) {
      call.on_empty = std::move(fallback);
    } else if (tokens.accept("ERROR")) {
      call.on_error = std::move(fallback);
    } else {
      tokens.fail("EMPTY or ERROR");
    }
  }
}

JsonPathCall::Wrapper parse_wrapper(TokenStream& tokens) {
  using Wrapper = JsonPathCall::Wrapper;
  Wrapper wrapper = Wrapper::unspecified;
  if (tokens.accept("WITHOUT")) {
    wrapper = Wrapper::without;
  } else if (tokens.accept("WITH")) {
    wrapper = tokens.accept("CONDITIONAL") ? Wrapper::conditional : Wrapper::unconditional;
    tokens.accept("UNCONDITIONAL");
  } else {
    return wrapper;
  }
  tokens.accept("ARRAY");
  tokens.expect("WRAPPER");
  return wrapper;
}

}  // namespace

ExpressionPtr parse_json_object(TokenStream& tokens) {
  const Token& word = tokens.next();
  JsonObject object;
  object.aggregate = word.is("JSON_OBJECTAGG");
  tokens.expect("(");
  if (object.aggregate) {
    object.entries.push_back(parse_entry(tokens));
  } else if (!tokens.at(")") && !at_json_nulls(tokens)) {
    object.entries = parse_list(tokens, parse_entry);
  }
  object.nulls = parse_json_nulls(tokens);
  if (!tokens.accept(")")) {
    tokens.fail("',', NULL ON NULL, ABSENT ON NULL or ')'");
  }
  if (object.aggregate) {
    object.filter = parse_filter(tokens);
  }
  return make_expression(word.position, std::move(object));
}

ExpressionPtr parse_json_array(TokenStream& tokens) {
  const Token& word = tokens.next();
  JsonArray array;
  array.aggregate = word.is("JSON_ARRAYAGG");
  tokens.expect("(");
  if (array.aggregate) {
    array.elements.push_back(parse_expression(tokens));
  } else if (!tokens.at(")") && !at_json_nulls(tokens)) {
    array.elements = parse_list(tokens, parse_expression);
  }
  array.nulls = parse_json_nulls(tokens);
  if (!tokens.accept(")")) {
    tokens.fail("',', NULL ON NULL, ABSENT ON NULL or ')'");
  }
  if (array.aggregate) {
    array.filter = parse_filter(tokens);
  }
  return make_expression(word.position, std::move(array));
}

ExpressionPtr parse_json_path_call(TokenStream& tokens) {
  using Kind = JsonPathCall::Kind;
  const Token& word = tokens.next();
  JsonPathCall call;
  call.kind = word.is("JSON_EXISTS")  ? Kind::exists
              : word.is("JSON_VALUE") ? Kind::value
                                      : Kind::query;
  tokens.expect("(");
  call.input = parse_expression(tokens);
  tokens.expect(",");
  call.path = parse_expression(tokens);
  if (call.kind != Kind::exists && tokens.accept("RETURNING")) {
    call.returning = parse_type(tokens);
  }
  if (call.kind == Kind::query) {
    call.wrapper = parse_wrapper(tokens);
  }
  parse_fallbacks(tokens, call);
  tokens.expect(")");
  return make_expression(word.position, std::move(call));
}

}  // namespace millrace::sql
