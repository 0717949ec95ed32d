#pragma once

// What conditions ask about: values and conditions, each with the constants it is compared with.

#include <map>
#include <optional>
#include <vector>

#include "function/expression.h"

namespace millrace::plan {

// What is asked about one value or condition: where it may be among the constants that it is
// compared with.
class Subject {
 public:
  explicit Subject(const function::Expression& what) : what_(&what) {}

  const function::Expression& what() const { return *what_; }
  void add(const function::Expression& constant) { constants_.push_back(&constant); }
  void mention(size_t times) { mentions_ += times; }
  // What is asked of once contradicts nothing; a list of too many constants is left alone.
  bool is_worth_a_look() const;

  // Gives the constants their places, for what follows.
  void rank();
  // Places from 0 on: ahead of the first constant, at it, between it and the second, ...
  size_t end() const { return end_; }
  std::optional<size_t> place_of(const function::Expression& constant) const;

 private:
  const function::Expression* what_;
  size_t mentions_ = 0;
  std::vector<const function::Expression*> constants_;
  std::map<const function::Expression*, size_t> places_;
  size_t end_ = 1;
};

// The values and conditions that something is asked of more than once, if it can be helped.
class Subjects {
 public:
  void add_from(const function::Expression& condition);
  std::vector<Subject>& all() { return subjects_; }

 private:
  void ask(const function::Expression& what, size_t mentions,
           const function::Expression* constant = nullptr);

  std::vector<Subject> subjects_;
};

}  // namespace millrace::plan
