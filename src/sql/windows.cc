#include "sql/grammar.h"

namespace millrace::sql {

namespace {

FrameBound parse_bound(TokenStream& tokens) {
  using Kind = FrameBound::Kind;
  if (tokens.accept({"UNBOUNDED", "PRECEDING"})) {
    return {Kind::unbounded_preceding, nullptr};
  }
  if (tokens.accept({"UNBOUNDED", "FOLLOWING"})) {
    return {Kind::unbounded_following, nullptr};
  }
  if (tokens.accept({"CURRENT", "ROW"})) {
    return {Kind::current_row, nullptr};
  }
  FrameBound bound;
  bound.distance = parse_expression(tokens);
  if (tokens.accept("PRECEDING")) {
    bound.kind = Kind::preceding;
  } else if (tokens.accept("FOLLOWING")) {
    bound.kind = Kind::following;
  } else {
    tokens.fail("PRECEDING or FOLLOWING");
  }
  return bound;
}

std::optional<Frame> parse_frame(TokenStream& tokens) {
  if (!tokens.at("ROWS") && !tokens.at("RANGE")) {
    return std::nullopt;
  }
  Frame frame;
  frame.position = tokens.position();
  frame.unit = tokens.next().is("ROWS") ? Frame::Unit::rows : Frame::Unit::range;
  if (tokens.accept("BETWEEN")) {
    frame.start = parse_bound(tokens);
    tokens.expect("AND");
    frame.end = parse_bound(tokens);
  } else {
    frame.start = parse_bound(tokens);
  }
  return frame;
}

}  // namespace

OrderItem parse_order_item(TokenStream& tokens) {
  OrderItem item;
  item.expression = parse_expression(tokens);
  item.descending = tokens.accept("DESC");
  if (!item.descending) {
    tokens.accept("ASC");
  }
  if (tokens.accept({"NULLS", "FIRST"})) {
    item.nulls = OrderItem::Nulls::first;
  } else if (tokens.accept({"NULLS", "LAST"})) {
    item.nulls = OrderItem::Nulls::last;
  }
  return item;
}

std::vector<OrderItem> parse_order_items(TokenStream& tokens) {
  return parse_list(tokens, parse_order_item);
}

std::vector<ExpressionPtr> parse_partition_items(TokenStream& tokens) {
  return parse_list(tokens, parse_expression);
}

bool accept_by(TokenStream& tokens, std::string_view word) {
  if (!tokens.accept(word)) {
    return false;
  }
  tokens.expect("BY");
  return true;
}

WindowSpecification parse_window_specification(TokenStream& tokens) {
  WindowSpecification window;
  window.position = tokens.position();
  if (!tokens.at("(")) {
    window.base = parse_name(tokens, "'(' or the name of a window");
    return window;
  }
  tokens.expect("(");
  if (at_name(tokens)) {
    window.base = parse_name(tokens);
  }
  if (accept_by(tokens, "PARTITION")) {
    window.partition_by = parse_partition_items(tokens);
  }
  if (accept_by(tokens, "ORDER")) {
    window.order_by = parse_order_items(tokens);
  }
  window.frame = parse_frame(tokens);
  tokens.accept({"ALLOW", "PARTIAL"});  // which every window does
  if (!tokens.accept(")")) {
    tokens.fail("PARTITION BY, ORDER BY, ROWS, RANGE or ')'");
  }
  return window;
}

}  // namespace millrace::sql
