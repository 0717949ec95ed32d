// MATCH_RECOGNIZE with patterns of variables one behind the other, as Flink knows them; and of the
// standard's clause what Flink has not: all rows of a match, rows left out of them, SUBSET, RUNNING
// and FINAL. The rest is refused where it stands.

#include <algorithm>

#include "sql/grammar.h"

namespace millrace::sql {

namespace {

using Element = MatchRecognize::Element;

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

void parse_braces(TokenStream& tokens, Element& element) {
  const Position at = tokens.position();
  const bool has_least = !tokens.at(",");
  element.least = has_least ? parse_integer(tokens, "how often at least") : 0;
  element.most = element.least;
  if (tokens.accept(",")) {
    element.most =
        tokens.at("}") ? std::nullopt : std::optional(parse_integer(tokens, "how often at most"));
  }
  tokens.expect("}");
  if (!has_least) {
    refuse("The from should be a positive number greater than 0.", at);
  }
  const auto from = std::max<decltype(element.least)>(element.least, 1);  // {0,n} is ({1,n})?
  if (element.most && *element.most < from) {
    throw Error(
        ErrorCode::invalid_argument,
        "The to should be a number greater than or equal to from: " + std::to_string(from) + ".",
        at);
  }
}

void parse_quantifier(TokenStream& tokens, Element& element) {
  if (tokens.accept("*")) {
    element.least = 0;
    element.most = std::nullopt;
  } else if (tokens.accept("+")) {
    element.most = std::nullopt;
  } else if (tokens.accept("?")) {
    element.least = 0;
  } else if (tokens.at("{") && !tokens.at({"{", "-"})) {
    tokens.expect("{");
    parse_braces(tokens, element);
  } else {
    return;
  }
  element.reluctant = tokens.accept("?");
}

Element parse_element(TokenStream& tokens) {
  if (tokens.at("(")) {
    refuse("groups in a PATTERN are not supported", tokens.position());
  }
  if (tokens.at("PERMUTE")) {
    refuse("Currently, CEP doesn't support PERMUTE patterns.", tokens.position());
  }
  Element element;
  element.variable = parse_name(tokens, "a variable of the PATTERN");
  parse_quantifier(tokens, element);
  if (tokens.at("|")) {
    refuse("Currently, CEP doesn't support branching patterns.", tokens.position());
  }
  return element;
}

// {- a b -}: elements as any others, whose rows are not shown.
void parse_excluded(TokenStream& tokens, MatchRecognize& match) {
  const Position at = tokens.position();
  tokens.expect({"{", "-"});
  if (!match.all_rows) {
    refuse("'{-' '-}' in a PATTERN leaves rows out of ALL ROWS PER MATCH, and there is one row",
           at);
  }
  do {
    match.pattern.push_back(parse_element(tokens));
    match.pattern.back().excluded = true;
  } while (!tokens.at("-"));
  tokens.expect({"-", "}"});
}

// No match is empty here, so SHOW and OMIT EMPTY MATCHES are one.
void parse_rows_per_match(TokenStream& tokens, MatchRecognize& match) {
  if (tokens.accept("ALL")) {
    tokens.expect({"ROWS", "PER", "MATCH"});
    match.all_rows = true;
    if (tokens.at("WITH")) {
      refuse("WITH UNMATCHED ROWS is not supported", tokens.position());
    }
    if (tokens.accept("SHOW") || tokens.accept("OMIT")) {
      tokens.expect({"EMPTY", "MATCHES"});
    }
  } else if (tokens.accept("ONE")) {
    tokens.expect({"ROW", "PER", "MATCH"});
  }
}

// FINAL LAST(a.v): ahead of a measure that is one call, which is all that it is about.
MatchRecognize::Measure parse_measure(TokenStream& tokens) {
  using Rows = MatchRecognize::Measure::Rows;
  MatchRecognize::Measure measure;
  const Position at = tokens.position();
  const bool is_said = tokens.at_any({"FINAL", "RUNNING"}) && tokens.peek(2).is("(");
  if (is_said) {
    measure.rows = tokens.at("FINAL") ? Rows::final_ : Rows::running;
    tokens.next();
  }
  measure.expression = parse_expression(tokens);
  if (is_said && !std::holds_alternative<FunctionCall>(measure.expression->node)) {
    refuse("FINAL and RUNNING stand ahead of a measure that is one call", at);
  }
  tokens.expect("AS");
  measure.name = parse_name(tokens, "the name of a measure");
  return measure;
}

MatchRecognize::Subset parse_subset(TokenStream& tokens) {
  MatchRecognize::Subset subset;
  subset.name = parse_name(tokens, "the name of a SUBSET");
  tokens.expect("=");
  tokens.expect("(");
  subset.variables = parse_list(
      tokens, [](TokenStream& list) { return parse_name(list, "a variable of the PATTERN"); });
  tokens.expect(")");
  return subset;
}

void parse_skip(TokenStream& tokens, MatchRecognize& match) {
  using Skip = MatchRecognize::Skip;
  if (!tokens.accept("AFTER")) {
    return;
  }
  tokens.expect("MATCH");
  tokens.expect("SKIP");
  if (tokens.accept("PAST")) {
    if (!tokens.accept("LAST") || !tokens.accept("ROW")) {
      tokens.fail("LAST ROW");
    }
    match.skip = Skip::past_last_row;
    return;
  }
  tokens.expect("TO");
  if (tokens.accept({"NEXT", "ROW"})) {
    match.skip = Skip::to_next_row;
    return;
  }
  match.skip = Skip::to_last;
  if (tokens.accept("FIRST")) {
    match.skip = Skip::to_first;
  } else {
    tokens.accept("LAST");
  }
  match.skip_to = parse_name(tokens, "a variable of the PATTERN");
}

void parse_pattern(TokenStream& tokens, MatchRecognize& match) {
  tokens.expect("PATTERN");
  tokens.expect("(");
  do {
    if (tokens.at({"{", "-"})) {
      parse_excluded(tokens, match);
    } else {
      match.pattern.push_back(parse_element(tokens));
    }
  } while (!tokens.at(")"));
  tokens.expect(")");
  if (tokens.accept("WITHIN")) {
    match.within = parse_expression(tokens);
  }
  if (tokens.accept("SUBSET")) {
    match.subsets = parse_list(tokens, parse_subset);
  }
}

}  // namespace

MatchRecognize parse_match_recognize(TokenStream& tokens, TableReferencePtr input) {
  const Nesting nesting(tokens);
  MatchRecognize match;
  match.input = std::move(input);
  tokens.expect("(");
  if (accept_by(tokens, "PARTITION")) {
    match.partition_by = parse_partition_items(tokens);
  }
  if (accept_by(tokens, "ORDER")) {
    match.order_by = parse_order_items(tokens);
  }
  if (tokens.accept("MEASURES")) {
    match.measures = parse_list(tokens, parse_measure);
  }
  parse_rows_per_match(tokens, match);
  parse_skip(tokens, match);
  parse_pattern(tokens, match);
  tokens.expect("DEFINE");
  match.definitions = parse_list(tokens, [](TokenStream& list) {
    MatchRecognize::Definition definition;
    definition.variable = parse_name(list, "a variable of the PATTERN");
    list.expect("AS");
    definition.condition = parse_expression(list);
    return definition;
  });
  tokens.expect(")");
  return match;
}

}  // namespace millrace::sql
