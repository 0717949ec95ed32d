#pragma once

// Syntax tree to text, in one canonical form: keywords in upper case, names quoted where they must
// be, parentheses where precedence asks for them. Parsing the text gives the same tree again.

#include <string>
#include <string_view>
#include <vector>

#include "sql/statement.h"

namespace millrace::sql {

std::string to_sql(const Expression& expression);
std::string to_sql(const Query& query);
std::string to_sql(const Statement& statement);
std::string to_sql(const TypeName& type);
std::string to_sql(const IntervalUnits& units);  // DAY TO SECOND(3)

// A name in back-quotes if it cannot stand bare.
std::string quoted_if_needed(std::string_view name);
std::string to_sql(const QualifiedName& name);
// 'text', quotes within doubled.
std::string string_literal(std::string_view text);

// The pieces that expressions, queries and statements share.
std::string to_sql(const std::vector<Name>& names);  // a, b
std::string to_sql(const std::vector<OrderItem>& items);
std::string to_sql(const std::vector<ExpressionPtr>& expressions);
std::string to_sql(const std::vector<Hint>& hints);
std::string to_sql(const WindowSpecification& window);
std::string to_sql(const std::vector<MatchRecognize::Element>& pattern);

}  // namespace millrace::sql
