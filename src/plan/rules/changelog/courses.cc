#include "plan/rules/changelog/courses.h"

#include <algorithm>

#include "plan/columns.h"

namespace millrace::plan {

namespace {

std::vector<Course> all(const Node& node, Course course) {
  return std::vector<Course>(node.schema.size(), course);
}

// The least value comes first where the order rises and NULL ahead of all: MIN(x) of nothing but
// NULL moves back with its first value, and on from there.
Course course_of(const AggregateCall& call, const Schema& input) {
  const std::string& name = call.function->name;
  if (name == "COUNT") {
    return Course::rises;
  }
  const bool has_nulls =
      call.filter || (!call.arguments.empty() && input[call.arguments.front()].type.nullable);
  if (name == "MAX") {
    return Course::rises;
  }
  if (name == "MIN") {
    return has_nulls ? Course::falls_from_null : Course::falls;
  }
  return Course::any;
}

bool agrees(Course above, Course below) {
  return below == above || below == Course::constant ||
         (above == Course::falls_from_null && below == Course::falls);
}

// Of rows that move themselves: what moves on with them goes the same way.
Course course_over(const AggregateCall& call, const Schema& input,
                   const std::vector<Course>& below) {
  const Course course = course_of(call, input);
  const bool all_agree = std::all_of(call.arguments.begin(), call.arguments.end(),
                                     [&](size_t column) { return agrees(course, below[column]); });
  return all_agree || call.function->name == "COUNT" ? course : Course::any;
}

// Groups are of what stays; where nothing does, nothing is known of the rows.
std::vector<Course> courses_of_groups(const GroupAggregate& node) {
  const Node& input = *node.inputs[0];
  const std::vector<Course> below = courses_of(input);
  const bool groups_stay = std::all_of(node.keys.begin(), node.keys.end(),
                                       [&](size_t key) { return below[key] == Course::constant; });
  const bool is_known =
      std::any_of(below.begin(), below.end(), [](Course course) { return course != Course::any; });
  if (!groups_stay || (!is_known && !below.empty())) {
    return all(node, Course::any);
  }
  std::vector<Course> courses = all(node, Course::constant);
  for (size_t i = 0; i < node.aggregates.size(); ++i) {
    courses[node.keys.size() + i] = course_over(node.aggregates[i], input.schema, below);
  }
  return courses;
}

std::vector<Course> courses_through(const Project& node) {
  const std::vector<Course> below = courses_of(*node.inputs[0]);
  std::vector<Course> courses;
  for (const function::Expression& expression : node.expressions) {
    courses.push_back(is_column(expression) ? below[expression.column] : Course::any);
  }
  return courses;
}

// A row that comes through later than its key's first ones would begin anew.
std::vector<Course> courses_through(const Filter& node) {
  std::vector<Course> courses = courses_of(*node.inputs[0]);
  bool constant = true;
  node.predicate.visit_columns(
      [&](size_t column) { constant = constant && courses[column] == Course::constant; });
  return constant ? courses : all(node, Course::any);
}

}  // namespace

std::vector<Course> courses_of(const Node& node) {
  if (node.changelog.insert_only()) {
    return all(node, Course::constant);
  }
  if (node.kind == NodeKind::group_aggregate) {
    return courses_of_groups(static_cast<const GroupAggregate&>(node));
  }
  if (node.kind == NodeKind::project) {
    return courses_through(static_cast<const Project&>(node));
  }
  if (node.kind == NodeKind::filter) {
    return courses_through(static_cast<const Filter&>(node));
  }
  return all(node, Course::any);  // what moves as it likes, or is not looked into
}

}  // namespace millrace::plan
