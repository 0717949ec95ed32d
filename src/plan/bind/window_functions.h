#pragma once

// TUMBLE, HOP, CUMULATE and SESSION in FROM, with arguments by place or by name.

#include <optional>
#include <string>

#include "plan/bind/scope.h"
#include "plan/bind/table_arguments.h"
#include "plan/nodes.h"
#include "sql/expression.h"
#include "sql/name.h"

namespace millrace::plan {

// The call with its arguments in their roles; points into the expression.
struct WindowCall {
  WindowKind kind = WindowKind::tumble;
  std::string name;  // in upper case
  Position position;
  TableInput data;
  const sql::Descriptor* time = nullptr;
  Position time_position;
  const sql::Expression* size = nullptr;    // of session: the gap
  const sql::Expression* step = nullptr;    // of hop: the slide; null for tumble and session
  const sql::Expression* offset = nullptr;  // null if absent
};

// Whether it is a call of one of these, rather than of a table function of the user's.
bool is_window_call(const sql::Expression& call);

// Throws Error for arguments that are missing, too many or of no use.
WindowCall read_window_call(const sql::Expression& call);

// Whether the column says when a row was. With nothing to wait for but the end of its input, a
// batch job needs no watermark: any timestamp does.
bool is_event_time(const Plan& plan, const Node& input, size_t column);
// The rows of `input` which a window may take: those without a time are in none, where no watermark
// says that all have one.
Node* with_times(Plan& plan, Node* input, const Window& window, const Position& at);

// The window over `input`, whose columns are those of the scope. Throws Error where the time column
// says no time of the rows, and for sizes that do not fit each other.
Window bind_window(const Plan& plan, const WindowCall& call, const Scope& scope, const Node& input);

// GROUP BY TUMBLE(ts, size), HOP(ts, slide, size) or SESSION(ts, gap), the older form; nothing for
// other expressions.
const sql::FunctionCall* group_window(const sql::Expression& written);
// Its window over `input`; of a session without the keys.
Window bind_group_window(const Plan& plan, const sql::FunctionCall& call, const Scope& scope,
                         const Node& input);
// What TUMBLE_START(...) and its like say of that window, which is given the same arguments.
std::optional<WindowProperty> group_window_property(const sql::FunctionCall& written,
                                                    const sql::FunctionCall& window,
                                                    WindowTime time);
// Throws Error, at the groups, where a stream's windows of a function that hops do not end where
// others begin. Their rows alone may leave so.
void check_hops(const Plan& plan, const Window& window, const Position& groups);
// Throws Error for the name of such a function, where no window of its kind is grouped by.
void check_group_window_property(const sql::QualifiedName& name, const Position& at);

}  // namespace millrace::plan
