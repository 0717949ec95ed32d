#include <algorithm>
#include <numeric>
#include <set>

#include "function/scalar.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/join_times.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

using function::Expression;
using function::ExpressionKind;
using function::Predicate;

// Which side's columns an expression over both is made of.
enum class Of : uint8_t { neither, left, right, both };

class JoinArranger {
 public:
  JoinArranger(Plan& plan, Join& join) : plan_(plan), join_(join) {}

  // Whether anything changed.
  bool arrange(Filter* above) {
    const bool absorbed = above != nullptr && absorb(*above);
    const bool judged = join_.is_by(Join::Times::Rule::version) && judge_versions();
    return distribute() || absorbed || judged;
  }

 private:
  size_t left_width() const { return join_.inputs[0]->schema.size(); }
  size_t width() const { return left_width() + join_.inputs[1]->schema.size(); }

  Of side_of(const Expression& expression) const {
    bool left = false;
    bool right = false;
    expression.visit_columns([&](size_t column) {
      left = left || column < left_width();
      right = right || column >= left_width();
    });
    return left && right ? Of::both : left ? Of::left : right ? Of::right : Of::neither;
  }

  bool keeps(Of side) const {
    return side == Of::left ? join_.keeps_left() : side == Of::right ? join_.keeps_right() : false;
  }

  // --- A filter above ---

  // An outer join whose padded rows cannot pass the filter need not pad them.
  bool simplify(const std::vector<Expression>& conjuncts) {
    const auto rejected = [&](size_t begin, size_t end) {
      return std::any_of(conjuncts.begin(), conjuncts.end(),
                         [&](const Expression& part) { return rejects_nulls(part, begin, end); });
    };
    const bool left = join_.keeps_left() && !rejected(left_width(), width());
    const bool right = join_.keeps_right() && !rejected(0, left_width());
    if (left == join_.keeps_left() && right == join_.keeps_right()) {
      return false;
    }
    join_.join = left && right ? JoinKind::full
                 : left        ? JoinKind::left
                 : right       ? JoinKind::right
                               : JoinKind::inner;
    return true;
  }

  // Takes what it can of the filter into the join or below it; the rest stays.
  bool absorb(Filter& above) {
    std::vector<Expression> columns;
    const Schema both = joined_columns(join_);
    for (const size_t column : join_.output) {
      columns.push_back(Expression::of_column(column, both[column].type));
    }
    std::vector<Expression> conjuncts = conjuncts_of(above.predicate.substituted(columns));
    const bool simpler = simplify(conjuncts);
    std::vector<Expression> staying;
    std::vector<Expression> taken;
    for (size_t i = 0; i < conjuncts.size(); ++i) {
      const Of side = side_of(conjuncts[i]);
      if (join_.join == JoinKind::inner) {
        taken.push_back(std::move(conjuncts[i]));
      } else if (!keeps_padded(side)) {
        push(side, std::move(conjuncts[i]));
      } else {
        staying.push_back(conjuncts_of(above.predicate)[i]);
      }
    }
    if (!taken.empty()) {
      add_condition(std::move(taken));
    }
    if (staying.size() == conjuncts.size()) {
      return simpler;
    }
    if (std::optional<Expression> rest = conjunction_of(std::move(staying))) {
      above.predicate = std::move(*rest);
    } else {
      redirect(plan_, &above, &join_);
    }
    return true;
  }

  // Whether a condition above the join over this side's columns also judges rows in which they are
  // padded, or speaks of no side alone.
  bool keeps_padded(Of side) const {
    switch (side) {
      case Of::left: return join_.keeps_right();
      case Of::right: return join_.keeps_left();
      case Of::neither:
      case Of::both: break;
    }
    return true;
  }

  void add_condition(std::vector<Expression> parts) {
    if (join_.condition) {
      parts.insert(parts.begin(), *join_.condition);
    }
    join_.condition = conjunction_of(std::move(parts));
  }

  // --- A filter of versions ---

  // A version that does not pass ends the one before it all the same: it is the join that asks.
  bool judge_versions() {
    std::vector<const Project*> above;
    const Node* node = join_.inputs[1];
    for (; node->kind == NodeKind::project; node = node->inputs[0]) {
      above.push_back(static_cast<const Project*>(node));
    }
    if (node->kind != NodeKind::filter || !replaces_rows(*node->inputs[0])) {
      return false;
    }
    const auto& filter = static_cast<const Filter&>(*node);
    Node* versions = filter.inputs[0];
    Expression passes = filter.predicate;
    for (auto project = above.rbegin(); project != above.rend(); ++project) {
      versions = with_column(**project, versions, passes);
      passes = Expression::of_column(versions->schema.size() - 1, passes.type);
    }
    join_.inputs[1] = versions;
    std::vector<size_t> numbers(versions->schema.size());
    std::iota(numbers.begin(), numbers.end(), left_width());
    std::vector<Expression> condition;
    condition.push_back(renumbered(std::move(passes), numbers));
    add_condition(std::move(condition));
    return true;
  }

  static bool replaces_rows(const Node& node) {
    if (node.kind == NodeKind::project || node.kind == NodeKind::filter) {
      return replaces_rows(*node.inputs[0]);
    }
    return node.kind == NodeKind::rank || node.kind == NodeKind::normalize ||
           (node.kind == NodeKind::scan &&
            static_cast<const Scan&>(node).table->gives != catalog::Changes::inserts);
  }

  // The projection over another input, and behind its columns one more.
  Node* with_column(const Project& project, Node* input, const Expression& column) {
    std::vector<Expression> columns = project.expressions;
    std::vector<std::string> names = names_of(project.schema);
    columns.push_back(column);
    names.emplace_back("$passes");
    return new_project(plan_, input, std::move(columns), names);
  }

  // --- The condition of the join ---

  // A condition on rows that are kept whether they match or not only says whether they match.
  bool goes_below(Of side) const {
    // Of versions one is chosen by time alone; then it matches or does not.
    if (side == Of::right && join_.is_by(Join::Times::Rule::version)) {
      return false;
    }
    switch (side) {
      case Of::left: return !join_.keeps_left() && join_.join != JoinKind::anti;
      case Of::right: return !join_.keeps_right();
      case Of::neither:
      case Of::both: break;
    }
    return false;
  }

  bool distribute() {
    if (!join_.condition) {
      return false;
    }
    bool changed = find_interval(join_) || find_window(join_);
    if (!join_.condition) {
      return changed;
    }
    std::vector<Expression> staying;
    std::vector<Expression> equalities;
    for (Expression& part : conjuncts_of(*join_.condition)) {
      const Of side = side_of(part);
      if (goes_below(side)) {
        push(side, std::move(part));
        changed = true;
      } else if (is_equality(part)) {
        equalities.push_back(std::move(part));
        changed = true;
      } else {
        staying.push_back(std::move(part));
      }
    }
    join_.condition = conjunction_of(std::move(staying));
    add_keys(std::move(equalities));
    return changed;
  }

  // Adds a filter to an input; the columns of the condition are those of both sides.
  void push(Of side, Expression condition) {
    const size_t input = side == Of::left ? 0 : 1;
    std::vector<size_t> numbers(width());
    for (size_t i = 0; i < numbers.size(); ++i) {
      numbers[i] = side == Of::left ? i : i - left_width();
    }
    join_.inputs[input] =
        new_filter(plan_, join_.inputs[input], renumbered(std::move(condition), numbers));
  }

  bool is_equality(const Expression& part) const {
    if (part.kind != ExpressionKind::call || (part.signature->predicate != Predicate::equal &&
                                              part.signature->predicate != Predicate::same)) {
      return false;
    }
    const Expression& a = part.arguments[0];
    const Expression& b = part.arguments[1];
    const Of of_a = side_of(a);
    const Of of_b = side_of(b);
    const bool apart =
        (of_a == Of::left && of_b == Of::right) || (of_a == Of::right && of_b == Of::left);
    const bool comparable =
        a.type.same_but_nullability(b.type) || (a.type.is_string() && b.type.is_string());
    return apart && comparable;
  }

  void add_keys(std::vector<Expression> equalities) {
    std::vector<Expression> computed[2];  // what each side gets in addition
    const size_t widths[2] = {left_width(), width() - left_width()};
    const auto column_of = [&](const Expression& value) {
      const size_t side = side_of(value) == Of::left ? 0 : 1;
      std::vector<size_t> numbers(width());
      for (size_t i = 0; i < numbers.size(); ++i) {
        numbers[i] = side == 0 ? i : i - widths[0];
      }
      Expression own = renumbered(value, numbers);
      if (is_column(own)) {
        return own.column;
      }
      computed[side].push_back(std::move(own));
      return widths[side] + computed[side].size() - 1;
    };
    for (const Expression& equality : equalities) {
      const bool swapped = side_of(equality.arguments[0]) == Of::right;
      Join::Key key;
      key.left = column_of(equality.arguments[swapped ? 1 : 0]);
      key.right = column_of(equality.arguments[swapped ? 0 : 1]);
      key.nulls_match = equality.signature->predicate == Predicate::same;
      join_.keys.push_back(key);
    }
    for (size_t side = 0; side < 2; ++side) {
      if (!computed[side].empty()) {
        add_columns(side, std::move(computed[side]));
      }
    }
  }

  // The right side's columns move by as many as the left one gets.
  void add_columns(size_t side, std::vector<Expression> computed) {
    Node* input = join_.inputs[side];
    std::vector<std::string> names;
    for (const Field& field : input->schema.fields) {
      names.push_back(field.name);
    }
    std::vector<Expression> columns = all_columns(input->schema);
    const std::vector<std::string> inputs = names;
    for (Expression& value : computed) {
      names.push_back(value.to_string(inputs));
      columns.push_back(std::move(value));
    }
    if (side == 0) {
      const size_t added = columns.size() - input->schema.size();
      std::vector<size_t> numbers(width());
      for (size_t i = 0; i < numbers.size(); ++i) {
        numbers[i] = i < left_width() ? i : i + added;
      }
      for (size_t& column : join_.output) {
        column = numbers[column];
      }
      if (join_.condition) {
        join_.condition = renumbered(std::move(*join_.condition), numbers);
      }
    }
    join_.inputs[side] = new_project(plan_, input, std::move(columns), names);
  }

  Plan& plan_;
  Join& join_;
};

Filter* filter_above(const Plan& plan, const Node& join) {
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::filter && node->inputs[0] == &join) {
      return static_cast<Filter*>(node.get());
    }
  }
  return nullptr;
}

bool arrange_one(Plan& plan) {
  const auto consumers = count_consumers(plan);
  for (auto node = plan.nodes.rbegin(); node != plan.nodes.rend(); ++node) {
    if ((*node)->kind != NodeKind::join) {
      continue;
    }
    Join& join = static_cast<Join&>(**node);
    Filter* above = consumers.at(&join) == 1 ? filter_above(plan, join) : nullptr;
    if (JoinArranger(plan, join).arrange(above)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void arrange_joins(Plan& plan) {
  while (arrange_one(plan)) {
    drop_unread(plan);
    for (const auto& node : plan.nodes) {
      describe(*node);
    }
  }
}

}  // namespace millrace::plan
