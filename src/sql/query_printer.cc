#include "base/match.h"
#include "sql/printer.h"

namespace millrace::sql {

namespace {

template <typename Items, typename Print>
std::string joined(const Items& items, Print print) {
  std::string text;
  for (const auto& item : items) {
    text += (text.empty() ? "" : ", ") + print(item);
  }
  return text;
}

// --- FROM ---

std::string print(const TableReference& table);

std::string print(const NamedTable& table) {
  std::string text = to_sql(table.name) + to_sql(table.hints);
  if (table.system_time) {
    // Where only an operand fits; a pair of parentheses too many does no harm.
    const bool plain = std::holds_alternative<ColumnName>(table.system_time->node);
    const std::string time = to_sql(*table.system_time);
    text += " FOR SYSTEM_TIME AS OF " + (plain ? time : "(" + time + ")");
  }
  return text;
}

std::string print(const DerivedTable& table) {
  return (table.lateral ? "LATERAL (" : "(") + to_sql(*table.query) + ")";
}

std::string print(const FunctionTable& table) {
  return (table.lateral ? "LATERAL TABLE(" : "TABLE(") + to_sql(*table.call) + ")";
}

std::string print(const Unnest& unnest) {
  return "UNNEST(" + to_sql(*unnest.collection) + ")" +
         (unnest.with_ordinality ? " WITH ORDINALITY" : "");
}

const char* word_of(Join::Kind kind) {
  switch (kind) {
    case Join::Kind::inner: return "JOIN ";
    case Join::Kind::left: return "LEFT JOIN ";
    case Join::Kind::right: return "RIGHT JOIN ";
    case Join::Kind::full: return "FULL JOIN ";
    case Join::Kind::cross: return "CROSS JOIN ";
  }
  return "";
}

std::string print(const Join& join) {
  const bool nested = std::holds_alternative<Join>(join.right->node) && !join.right->alias;
  const std::string right = print(*join.right);
  std::string text = print(*join.left) + (join.natural ? " NATURAL " : " ") + word_of(join.kind) +
                     (nested ? "(" + right + ")" : right);
  text += join.on ? " ON " + to_sql(*join.on) : "";
  return join.using_.empty() ? text : text + " USING (" + to_sql(join.using_) + ")";
}

const char* word_of(MatchRecognize::Skip skip) {
  switch (skip) {
    case MatchRecognize::Skip::to_next_row: return "TO NEXT ROW";
    case MatchRecognize::Skip::past_last_row: return "PAST LAST ROW";
    case MatchRecognize::Skip::to_first: return "TO FIRST ";
    case MatchRecognize::Skip::to_last: return "TO LAST ";
  }
  return "";
}

const char* word_of(MatchRecognize::Measure::Rows rows) {
  switch (rows) {
    case MatchRecognize::Measure::Rows::unspecified: return "";
    case MatchRecognize::Measure::Rows::running: return "RUNNING ";
    case MatchRecognize::Measure::Rows::final_: return "FINAL ";
  }
  return "";
}

std::string print(const MatchRecognize::Subset& subset) {
  return quoted_if_needed(subset.name.text) + " = (" + to_sql(subset.variables) + ")";
}

// Of sequences, without their parentheses.
std::string print_sequences(const std::vector<MatchRecognize::Element>& parts,
                            const char* between) {
  std::string text;
  for (const MatchRecognize::Element& part : parts) {
    text += (&part == parts.data() ? "" : between) + to_sql(part.parts);
  }
  return text;
}

std::string word_of(MatchRecognize::Shown shown) {
  using Shown = MatchRecognize::Shown;
  switch (shown) {
    case Shown::one_row: return " ONE ROW PER MATCH";
    case Shown::all_rows: return " ALL ROWS PER MATCH";
    case Shown::all_but_empty: return " ALL ROWS PER MATCH OMIT EMPTY MATCHES";
    case Shown::all_and_unmatched: return " ALL ROWS PER MATCH WITH UNMATCHED ROWS";
  }
  return "";
}

// A choice stands alone between parentheses.
std::string print_unquantified(const MatchRecognize::Element& element) {
  using Kind = MatchRecognize::Element::Kind;
  switch (element.kind) {
    case Kind::variable: return quoted_if_needed(element.variable.text);
    case Kind::sequence: return "(" + to_sql(element.parts) + ")";
    case Kind::choice: return print_sequences(element.parts, " | ");
    case Kind::start: return "^";
    case Kind::end: return "$";
    case Kind::permutation: return "PERMUTE(" + print_sequences(element.parts, ", ") + ")";
  }
  return "";
}

std::string print(const MatchRecognize::Element& element) {
  const std::string most = element.most ? std::to_string(*element.most) : "";
  const bool once = element.least == 1 && element.most == 1;
  return (element.excluded ? "{- " : "") + print_unquantified(element) +
         (once ? "" : "{" + std::to_string(element.least) + "," + most + "}") +
         (element.reluctant ? "?" : "") + (element.excluded ? " -}" : "");
}

std::string print(const MatchRecognize& table) {
  std::string text = print(*table.input) + " MATCH_RECOGNIZE (";
  text += table.partition_by.empty() ? "" : "PARTITION BY " + to_sql(table.partition_by) + " ";
  text += "ORDER BY " + to_sql(table.order_by) + " MEASURES " +
          joined(table.measures,
                 [](const MatchRecognize::Measure& measure) {
                   return word_of(measure.rows) + to_sql(*measure.expression) + " AS " +
                          quoted_if_needed(measure.name.text);
                 }) +
          word_of(table.shown) + " AFTER MATCH SKIP " + word_of(table.skip) +
          (table.skip_to ? quoted_if_needed(table.skip_to->text) : "") + " PATTERN (" +
          to_sql(table.pattern);
  text += ")" + (table.within ? " WITHIN " + to_sql(*table.within) : "");
  if (!table.subsets.empty()) {
    text += " SUBSET " + joined(table.subsets, [](const auto& subset) { return print(subset); });
  }
  return text + " DEFINE " +
         joined(table.definitions,
                [](const MatchRecognize::Definition& definition) {
                  return quoted_if_needed(definition.variable.text) + " AS " +
                         to_sql(*definition.condition);
                }) +
         ")";
}

std::string print(const TableReference& table) {
  std::string text = match(table.node, [](const auto& node) { return print(node); });
  if (!table.alias) {
    return text;
  }
  if (std::holds_alternative<Join>(table.node)) {
    text = "(" + text + ")";
  }
  text += " AS " + quoted_if_needed(table.alias->name.text);
  return table.alias->columns.empty() ? text : text + " (" + to_sql(table.alias->columns) + ")";
}

// --- SELECT ---

std::string print(const SelectItem& item) {
  return to_sql(*item.expression) + (item.alias ? " AS " + quoted_if_needed(item.alias->text) : "");
}

std::string print(const Grouping& grouping) {
  const auto members = [&] {
    return "(" + joined(grouping.members, [](const Grouping& member) { return print(member); }) +
           ")";
  };
  switch (grouping.kind) {
    case Grouping::Kind::expression: return to_sql(*grouping.expression);
    case Grouping::Kind::set: return members();
    case Grouping::Kind::rollup: return "ROLLUP " + members();
    case Grouping::Kind::cube: return "CUBE " + members();
    case Grouping::Kind::grouping_sets: return "GROUPING SETS " + members();
  }
  return "";
}

std::string print(const NamedWindow& window) {
  return quoted_if_needed(window.name.text) + " AS " + to_sql(window.specification);
}

std::string print(const Select& select) {
  const auto item = [](const auto& x) { return print(x); };
  std::string text = "SELECT" + to_sql(select.hints) + (select.distinct ? " DISTINCT " : " ") +
                     joined(select.items, item);
  text += select.from ? " FROM " + print(*select.from) : "";
  text += select.where ? " WHERE " + to_sql(*select.where) : "";
  text += select.group_by.empty() ? "" : " GROUP BY " + joined(select.group_by, item);
  text += select.having ? " HAVING " + to_sql(*select.having) : "";
  text += select.windows.empty() ? "" : " WINDOW " + joined(select.windows, item);
  return select.qualify ? text + " QUALIFY " + to_sql(*select.qualify) : text;
}

// --- Other bodies ---

bool has_tail(const Query& query) {
  return !query.order_by.empty() || query.limit || query.offset || !query.with.empty();
}

// As a side of a set operation: in parentheses unless it surely reads the same without.
std::string side(const Query& query, const SetOperation& parent, bool is_left) {
  const auto* inner = std::get_if<SetOperation>(&query.body);
  const bool same_level = inner == nullptr || (is_left && inner->kind == parent.kind);
  return has_tail(query) || !same_level ? "(" + to_sql(query) + ")" : to_sql(query);
}

std::string print(const SetOperation& operation) {
  const char* word = operation.kind == SetOperation::Kind::union_      ? " UNION "
                     : operation.kind == SetOperation::Kind::intersect ? " INTERSECT "
                                                                       : " EXCEPT ";
  return side(*operation.left, operation, true) + word + (operation.all ? "ALL " : "") +
         side(*operation.right, operation, false);
}

std::string print(const Values& values) {
  return "VALUES " + joined(values.rows, [](const std::vector<ExpressionPtr>& row) {
           return "(" + to_sql(row) + ")";
         });
}

std::string print(const TableQuery& table) { return "TABLE " + to_sql(table.name); }

std::string print(const CommonTable& table) {
  return quoted_if_needed(table.name.text) +
         (table.columns.empty() ? "" : " (" + to_sql(table.columns) + ")") + " AS (" +
         to_sql(*table.query) + ")";
}

std::string print(const Hint::Argument& argument) {
  return string_literal(argument.key) +
         (argument.value ? " = " + string_literal(*argument.value) : "");
}

std::string print(const Hint& hint) {
  const auto argument = [](const Hint::Argument& a) { return print(a); };
  return quoted_if_needed(hint.name.text) +
         (hint.arguments.empty() ? "" : "(" + joined(hint.arguments, argument) + ")");
}

}  // namespace

std::string to_sql(const std::vector<MatchRecognize::Element>& pattern) {
  std::string text;
  for (const MatchRecognize::Element& part : pattern) {
    text += (text.empty() ? "" : " ") + print(part);
  }
  return text;
}

std::string to_sql(const std::vector<Hint>& hints) {
  return hints.empty()
             ? ""
             : " /*+ " + joined(hints, [](const Hint& hint) { return print(hint); }) + " */";
}

std::string to_sql(const Query& query) {
  std::string text;
  if (!query.with.empty()) {
    text += "WITH " + joined(query.with, [](const CommonTable& t) { return print(t); }) + " ";
  }
  text += match(query.body, [](const auto& body) { return print(body); });
  text += query.order_by.empty() ? "" : " ORDER BY " + to_sql(query.order_by);
  text += query.limit ? " LIMIT " + to_sql(*query.limit) : "";
  return query.offset ? text + " OFFSET " + to_sql(*query.offset) : text;
}

}  // namespace millrace::sql
