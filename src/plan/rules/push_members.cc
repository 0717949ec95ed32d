// Of a ROW of which only members are read, up to the projections above its scan, the scan reads
// those members as columns of their own:
//
//   project(bid.price, scan(bid))   becomes   project(bid_price, scan(bid.price))
//
// so that a decoder passes over the others and no ROW is made.

#include <algorithm>
#include <optional>
#include <set>

#include "function/nested.h"
#include "plan/columns.h"
#include "plan/node_schemas.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

using function::Expression;
using Path = std::vector<size_t>;  // numbers of fields, outermost first

// A member of a column: `bid.place.city`.
struct Member {
  size_t column;
  Path path;
  bool operator<(const Member& other) const {
    return std::tie(column, path) < std::tie(other.column, other.path);
  }
};

std::optional<Member> member_of(const Expression& expression) {
  const auto field = function::field_number(expression);
  if (!field) {
    return std::nullopt;
  }
  const Expression& row = expression.arguments[0];
  std::optional<Member> member = is_column(row) ? Member{row.column, {}} : member_of(row);
  if (member) {
    member->path.push_back(*field);
  }
  return member;
}

class MemberPusher {
 public:
  MemberPusher(Plan& plan, Scan& scan) : plan_(plan), scan_(scan) {}

  // Whether anything changed.
  bool push() {
    find_above(scan_);
    for (const Expression& expression : scan_.computed) {
      find(expression);
    }
    if (scan_.watermark) {
      find(*scan_.watermark);
    }
    if (!can_push_ || !choose()) {
      return false;
    }
    number();
    rewrite();
    return true;
  }

 private:
  // Others than filters and projections hand columns on by number, so that none may move.
  void find_above(const Node& node) {
    for (const auto& above : plan_.nodes) {
      if (std::find(above->inputs.begin(), above->inputs.end(), &node) == above->inputs.end()) {
        continue;
      }
      if (above->kind == NodeKind::filter) {
        Filter& filter = static_cast<Filter&>(*above);
        filters_.push_back(&filter);
        find(filter.predicate);
        find_above(filter);
      } else if (above->kind == NodeKind::project) {
        projects_.push_back(static_cast<Project*>(above.get()));
        for (const Expression& expression : projects_.back()->expressions) {
          find(expression);
        }
      } else {
        can_push_ = false;
      }
    }
  }

  void find(const Expression& expression) {
    if (const auto member = member_of(expression)) {
      members_.insert(*member);
      return;
    }
    if (is_column(expression)) {
      whole_.insert(expression.column);
    }
    for (const Expression& argument : expression.arguments) {
      find(argument);
    }
  }

  // Leaves members of columns that are read in part alone, without those within another one.
  bool choose() {
    std::set<Member> chosen;
    for (const Member& member : members_) {
      const bool within = std::any_of(chosen.begin(), chosen.end(), [&](const Member& outer) {
        return outer.column == member.column && outer.path.size() <= member.path.size() &&
               std::equal(outer.path.begin(), outer.path.end(), member.path.begin());
      });
      if (member.column < scan_.read.size() && !whole_.contains(member.column) && !within) {
        chosen.insert(member);
      }
    }
    members_ = std::move(chosen);
    return !members_.empty();
  }

  void number() {
    std::vector<size_t> read;
    std::vector<Path> paths;
    for (size_t column = 0; column < scan_.read.size(); ++column) {
      numbers_.push_back(read.size());
      const auto first = members_.lower_bound({column, {}});
      if (first == members_.end() || first->column != column) {
        read.push_back(scan_.read[column]);
        paths.emplace_back();
      }
      for (auto member = first; member != members_.end() && member->column == column; ++member) {
        places_[*member] = read.size();
        read.push_back(scan_.read[column]);
        paths.push_back(member->path);
      }
    }
    const size_t added = read.size() - scan_.read.size();
    for (size_t column = scan_.read.size(); column < scan_.schema.size(); ++column) {
      numbers_.push_back(column + added);
    }
    std::vector<Field> fields(read.size());
    fields.insert(fields.end(),
                  scan_.schema.fields.begin() + static_cast<ptrdiff_t>(scan_.read.size()),
                  scan_.schema.fields.end());
    scan_.schema.fields = std::move(fields);
    scan_.read = std::move(read);
    scan_.members = std::move(paths);
  }

  Expression rewritten(Expression expression) const {
    if (const auto member = member_of(expression)) {
      if (const auto place = places_.find(*member); place != places_.end()) {
        return Expression::of_column(place->second, expression.type);
      }
    }
    if (is_column(expression)) {
      expression.column = numbers_[expression.column];
    }
    for (Expression& argument : expression.arguments) {
      argument = rewritten(std::move(argument));
    }
    return expression;
  }

  void rewrite() {
    for (Expression& expression : scan_.computed) {
      expression = rewritten(std::move(expression));
    }
    if (scan_.watermark) {
      scan_.watermark = rewritten(std::move(*scan_.watermark));
    }
    for (size_t& rowtime : scan_.rowtimes) {
      rowtime = numbers_[rowtime];
    }
    for (Filter* filter : filters_) {
      filter->predicate = rewritten(std::move(filter->predicate));
    }
    for (Project* project : projects_) {
      for (Expression& expression : project->expressions) {
        expression = rewritten(std::move(expression));
      }
    }
  }

  Plan& plan_;
  Scan& scan_;
  std::vector<Filter*> filters_;
  std::vector<Project*> projects_;
  std::set<Member> members_;
  std::set<size_t> whole_;  // columns that are read as they are
  bool can_push_ = true;
  std::vector<size_t> numbers_;      // old column to new, of those that stay
  std::map<Member, size_t> places_;  // of members
};

}  // namespace

void push_members(Plan& plan) {
  bool changed = false;
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::scan && static_cast<const Scan&>(*node).table->reads_members) {
      changed = MemberPusher(plan, static_cast<Scan&>(*node)).push() || changed;
    }
  }
  if (changed) {
    for (const auto& node : plan.nodes) {
      describe(*node);
    }
  }
}

}  // namespace millrace::plan
