// UNION, INTERSECT and EXCEPT as Flink rewrites them. Without ALL, INTERSECT and EXCEPT are the
// left rows that have an equal on the right, or have none, once each. With ALL, rows are counted on
// both sides and each is repeated as often as it stays.

#include <numeric>

#include "column/builder.h"
#include "function/aggregate.h"
#include "function/types.h"
#include "plan/bind/expressions.h"
#include "plan/bind/literals.h"
#include "plan/bind/queries.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"

namespace millrace::plan {

using function::Expression;
using Kind = sql::SetOperation::Kind;

namespace {

std::string name_of(const sql::SetOperation& operation) {
  const std::string all = operation.all ? " ALL" : "";
  switch (operation.kind) {
    case Kind::union_: return "UNION" + all;
    case Kind::intersect: return "INTERSECT" + all;
    case Kind::except: return "EXCEPT" + all;
  }
  return "";
}

bool shows_input(const Project& project) {
  const size_t width = project.inputs[0]->schema.size();
  return project.expressions.size() == width && begins_with_columns(project.expressions, width);
}

// Rows that will be told apart anyway need not be before, as in Flink.
Node* without_distinct(Node* node) {
  Node* below = node->kind == NodeKind::project && shows_input(static_cast<const Project&>(*node))
                    ? node->inputs[0]
                    : node;
  if (below->kind != NodeKind::group_aggregate) {
    return node;
  }
  const auto& groups = static_cast<const GroupAggregate&>(*below);
  std::vector<size_t> all(groups.inputs[0]->schema.size());
  std::iota(all.begin(), all.end(), size_t{0});
  return groups.aggregates.empty() && groups.keys == all ? groups.inputs[0] : node;
}

// Both sides as columns of the types they have in common.
void make_alike(Plan& plan, Relation& left, Relation& right, const std::string& operation,
                const Position& at) {
  if (left.names.size() != right.names.size()) {
    throw Error(ErrorCode::type_mismatch,
                "the sides of " + operation +
                    " have different numbers of columns: " + std::to_string(left.names.size()) +
                    " and " + std::to_string(right.names.size()),
                at);
  }
  std::vector<Expression> left_columns = all_columns(left.node->schema);
  std::vector<Expression> right_columns = all_columns(right.node->schema);
  for (size_t i = 0; i < left_columns.size(); ++i) {
    cast_to_common_type({&left_columns[i], &right_columns[i]},
                        "column " + std::to_string(i + 1) + " of " + operation, at,
                        function::unmixed_type);
    const bool nullable = left_columns[i].type.nullable || right_columns[i].type.nullable;
    for (Expression* column : {&left_columns[i], &right_columns[i]}) {
      column->type = column->type.as_nullable(nullable);
    }
  }
  left.node = new_project(plan, left.node, std::move(left_columns), left.names);
  right.node = new_project(plan, right.node, std::move(right_columns), left.names);
}

Expression bigint(int64_t value) {
  FlatBuffer<int64_t> buffer(1);
  buffer[0] = value;
  return Expression::of_literal(buffer.finish(Type::of(TypeKind::bigint, false)));
}

Expression call_of_two(const char* name, Expression left, Expression right, const Position& at) {
  std::vector<Expression> sides;
  sides.push_back(std::move(left));
  sides.push_back(std::move(right));
  return call_of(name, std::move(sides), at);
}

class SetOperation {
 public:
  SetOperation(Plan& plan, Relation left, Relation right, const Position& at)
      : plan_(plan), left_(std::move(left)), right_(std::move(right)), at_(at) {}

  Node* matched(JoinKind kind) {
    std::vector<Expression> same;
    const size_t width = left_.names.size();
    for (size_t i = 0; i < width; ++i) {
      same.push_back(call_of_two("IS NOT DISTINCT FROM", column(left_, i),
                                 Expression::of_column(width + i, right_.node->schema[i].type),
                                 at_));
    }
    Node* rows = new_join(plan_, kind, left_.node, right_.node, conjunction_of(std::move(same)));
    return new_distinct(plan_, rows);
  }

  // The rows of the left side, less one for each of the right.
  Node* except_all() {
    Node* marked = new_union(plan_, {with(left_, {bigint(1)}), with(right_, {bigint(-1)})});
    Node* counted = aggregated(marked, {"SUM"});
    const size_t number = left_.names.size();
    Expression some = call_of_two(">", of(counted, number), bigint(0), at_);
    return repeated(new_filter(plan_, counted, std::move(some)), number);
  }

  // The rows that both sides have, as often as the side that has fewer.
  Node* intersect_all() {
    const Type mark = Type::of(TypeKind::bigint);
    Node* marked = new_union(
        plan_,
        {with(left_, {implicitly_cast(bigint(1), mark), implicitly_cast(null_literal(), mark)}),
         with(right_, {implicitly_cast(null_literal(), mark), implicitly_cast(bigint(1), mark)})});
    Node* counted = aggregated(marked, {"COUNT", "COUNT"});
    const size_t left = left_.names.size();
    const size_t right = left + 1;
    std::vector<Expression> both;
    both.push_back(call_of_two(">=", of(counted, left), bigint(1), at_));
    both.push_back(call_of_two(">=", of(counted, right), bigint(1), at_));
    Node* kept = new_filter(plan_, counted, *conjunction_of(std::move(both)));
    std::vector<Expression> fewer;
    fewer.push_back(call_of_two(">", of(counted, left), of(counted, right), at_));
    fewer.push_back(of(counted, right));
    fewer.push_back(of(counted, left));
    std::vector<Expression> columns = shown(kept);
    columns.push_back(Expression::of(function::ExpressionKind::case_,
                                     Type::of(TypeKind::bigint, false), std::move(fewer)));
    return repeated(new_project(plan_, kept, std::move(columns), names_with(1)), left);
  }

 private:
  static Expression column(const Relation& relation, size_t i) { return of(relation.node, i); }
  static Expression of(const Node* node, size_t i) {
    return Expression::of_column(i, node->schema[i].type);
  }
  std::vector<Expression> shown(const Node* node) const {
    std::vector<Expression> columns;
    for (size_t i = 0; i < left_.names.size(); ++i) {
      columns.push_back(of(node, i));
    }
    return columns;
  }
  std::vector<std::string> names_with(size_t marks) const {
    std::vector<std::string> names = left_.names;
    for (size_t i = 0; i < marks; ++i) {
      names.push_back("$n" + std::to_string(i));
    }
    return names;
  }

  Node* with(const Relation& side, std::vector<Expression> marks) {
    std::vector<Expression> columns = shown(side.node);
    for (Expression& mark : marks) {
      columns.push_back(std::move(mark));
    }
    return new_project(plan_, side.node, std::move(columns), names_with(marks.size()));
  }

  // By all columns but the marks, of which each is aggregated by its function.
  Node* aggregated(Node* marked, const std::vector<const char*>& functions) {
    std::vector<size_t> keys;
    for (size_t i = 0; i < left_.names.size(); ++i) {
      keys.push_back(i);
    }
    std::vector<AggregateCall> calls;
    for (size_t i = 0; i < functions.size(); ++i) {
      const size_t mark = keys.size() + i;
      AggregateCall& call = calls.emplace_back();
      const Type& type = marked->schema[mark].type;
      call.function = std::make_shared<const function::AggregateSignature>(
          *function::find_aggregate(functions[i])->bind({&type, 1}));
      call.arguments = {mark};
      call.name = marked->schema[mark].name;
    }
    return new_group_aggregate(plan_, marked, std::move(keys), std::move(calls));
  }

  Node* repeated(Node* node, size_t times) {
    node = new_repeat(plan_, node, times);
    return new_project(plan_, node, shown(node), left_.names);
  }

  Plan& plan_;
  Relation left_;
  Relation right_;
  Position at_;
};

}  // namespace

Relation QueryBinder::bind(const sql::SetOperation& written, const Position& at) {
  Relation left = bind_nested(*written.left);
  Relation right = bind_nested(*written.right);
  make_alike(plan_, left, right, name_of(written), at);
  const std::vector<std::string> names = left.names;
  if (written.kind == Kind::union_) {
    Node* all = written.all
                    ? new_union(plan_, {left.node, right.node})
                    : new_union(plan_, {without_distinct(left.node), without_distinct(right.node)});
    return {written.all ? all : new_distinct(plan_, all), names};
  }
  const bool intersects = written.kind == Kind::intersect;
  SetOperation operation(plan_, std::move(left), std::move(right), at);
  if (written.all) {
    return {intersects ? operation.intersect_all() : operation.except_all(), names};
  }
  return {operation.matched(intersects ? JoinKind::semi : JoinKind::anti), names};
}

}  // namespace millrace::plan
