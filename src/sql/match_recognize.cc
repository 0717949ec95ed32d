// MATCH_RECOGNIZE with patterns of variables one behind the other, as Flink knows them; and of the
// standard's clause what Flink has not: groups, branches, PERMUTE and anchors in a pattern, matches
// of no rows, all rows of a match, rows left out of them and rows of no match, SUBSET, RUNNING and
// FINAL.

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

class PatternParser {
 public:
  PatternParser(TokenStream& tokens, MatchRecognize::Shown shown)
      : tokens_(tokens), shown_(shown) {}

  // What stands between parentheses, in place of which `|` makes one part.
  std::vector<Element> parse() {
    const Nesting nesting(tokens_);
    const Position at = tokens_.position();
    std::vector<Element> parts = sequence();
    if (!tokens_.at("|")) {
      return parts;
    }
    Element choice = part(Element::Kind::choice, at);
    choice.parts.push_back(part(Element::Kind::sequence, at));
    choice.parts.back().parts = std::move(parts);
    while (tokens_.at("|")) {
      tokens_.next();
      choice.parts.push_back(part(Element::Kind::sequence, tokens_.position()));
      choice.parts.back().parts = sequence();
    }
    std::vector<Element> all;
    all.push_back(std::move(choice));
    return all;
  }

 private:
  static Element part(Element::Kind kind, const Position& at) {
    Element element;
    element.kind = kind;
    element.variable.position = at;
    return element;
  }

  std::vector<Element> sequence() {
    std::vector<Element> parts;
    do {
      if (tokens_.at({"{", "-"})) {
        for (Element& element : excluded()) {
          parts.push_back(std::move(element));
        }
      } else {
        parts.push_back(element());
      }
    } while (!tokens_.at_any({")", "|", "-", ","}));
    return parts;
  }

  Element element() {
    Element element = part(Element::Kind::variable, tokens_.position());
    if (tokens_.accept("(")) {
      element.kind = Element::Kind::sequence;
      element.parts = parse();
      tokens_.expect(")");
    } else if (tokens_.at({"PERMUTE", "("})) {
      tokens_.expect({"PERMUTE", "("});
      element.kind = Element::Kind::permutation;
      do {
        element.parts.push_back(part(Element::Kind::sequence, tokens_.position()));
        element.parts.back().parts = parse();
      } while (tokens_.accept(","));
      tokens_.expect(")");
    } else if (tokens_.at_any({"^", "$"})) {
      element.kind = tokens_.next().is("^") ? Element::Kind::start : Element::Kind::end;
      return element;
    } else {
      element.variable = parse_name(tokens_, "a variable of the PATTERN");
    }
    parse_quantifier(tokens_, element);
    return element;
  }

  // {- a b -}: elements as any others, whose rows are not shown.
  std::vector<Element> excluded() {
    const Position at = tokens_.position();
    tokens_.expect({"{", "-"});
    if (shown_ == MatchRecognize::Shown::one_row) {
      refuse("'{-' '-}' in a PATTERN leaves rows out of ALL ROWS PER MATCH, and there is one row",
             at);
    }
    if (shown_ == MatchRecognize::Shown::all_and_unmatched) {
      refuse("'{-' '-}' in a PATTERN leaves rows out, and WITH UNMATCHED ROWS leaves out none", at);
    }
    std::vector<Element> parts = parse();
    tokens_.expect({"-", "}"});
    for (Element& element : parts) {
      element.excluded = true;
    }
    return parts;
  }

  TokenStream& tokens_;
  MatchRecognize::Shown shown_;
};

MatchRecognize::Shown parse_rows_per_match(TokenStream& tokens) {
  using Shown = MatchRecognize::Shown;
  if (tokens.accept("ONE")) {
    tokens.expect({"ROW", "PER", "MATCH"});
  }
  if (!tokens.accept("ALL")) {
    return Shown::one_row;
  }
  tokens.expect({"ROWS", "PER", "MATCH"});
  if (tokens.accept("WITH")) {
    tokens.expect({"UNMATCHED", "ROWS"});
    return Shown::all_and_unmatched;
  }
  const bool omits = tokens.accept("OMIT");
  if (omits || tokens.accept("SHOW")) {
    tokens.expect({"EMPTY", "MATCHES"});
  }
  return omits ? Shown::all_but_empty : Shown::all_rows;
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
  match.pattern = PatternParser(tokens, match.shown).parse();
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
  match.shown = parse_rows_per_match(tokens);
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
