#pragma once

// Calls with OVER in a select list or in QUALIFY: one window for all of them in a stream, as Flink
// wants it, and a node for each window below the projection that computes them.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "plan/bind/expressions.h"
#include "plan/bind/projected_below.h"
#include "plan/bind/scope.h"
#include "plan/nodes.h"
#include "sql/query.h"

namespace millrace::plan {

class OverCalls {
 public:
  // Over the columns of `scope`; `windows` are those of the WINDOW clause. Both outlive this.
  OverCalls(const Scope& scope, const std::vector<sql::NamedWindow>& windows, RuntimeMode mode);

  // For ExpressionBinder: a call's value as a column after those of the scope, nothing for another
  // expression. `binder` knows what stands within the call.
  std::optional<function::Expression> answer(const sql::Expression& written,
                                             const ExpressionBinder& binder);

  // `input` with the calls as columns behind its own, and what they need; `input` itself where
  // there are none.
  Node* add_to(Plan& plan, Node* input);
  // What was bound with answer(), over the node that add_to() gave.
  function::Expression placed(function::Expression bound) const;

 private:
  struct Call {
    AggregateCall call;
    size_t window;  // of used_
  };
  function::Expression bind_call(const sql::FunctionCall& call, const sql::Expression& written,
                                 const ExpressionBinder& binder);
  // The built-in function; throws Error where none of the name stands ahead of OVER.
  const function::AggregateFunction& over_function(const sql::FunctionCall& call,
                                                   const Position& at) const;
  OverWindow bind_window(const sql::WindowSpecification& written, const std::string& function,
                         const ExpressionBinder& binder);
  // Its place in used_.
  size_t use(const OverWindow& window);
  std::vector<function::Expression> bind_arguments(const sql::FunctionCall& call,
                                                   const OverWindow& window,
                                                   const std::string& function,
                                                   const ExpressionBinder& binder);
  size_t number_of(Call call);
  // Among the columns that the nodes add.
  size_t place_of(size_t number) const;

  const Scope& scope_;
  const std::vector<sql::NamedWindow>& windows_;
  RuntimeMode mode_;
  ProjectedBelow below_;  // the scope's columns, and what is computed from them
  std::vector<OverWindow> used_;
  std::vector<Call> calls_;
};

}  // namespace millrace::plan
