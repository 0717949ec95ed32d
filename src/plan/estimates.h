#pragma once

// How many rows the operators of a plan are guessed to give, and what that costs, in Flink's units.
//
// Nothing is known of a table before it is read, so these are rules of thumb, and mostly those of
// Flink: a hundred million rows a table, shares of conditions by their form. No plan is chosen by
// them; they compare two ways of writing a query.

#include <map>
#include <string>
#include <vector>

#include "plan/nodes.h"

namespace millrace::plan {

// Costs are those of an operator and all below it. Nothing goes over a network, and what operators
// keep is for EXPLAIN STATE to say.
struct Estimate {
  double row_count = 0;  // that leave the operator
  double rows = 0;
  double cpu = 0;
  double io = 0;

  // "rowcount = 5.0E7, cumulative cost = {1.5E8 rows, 1.0E8 cpu, 1.6E9 io, 0.0 network, 0.0
  // memory}"
  std::string to_string() const;
};

class Estimates {
 public:
  explicit Estimates(const Plan& plan);

  // One for each line that EXPLAIN has of the node, uppermost first: a scan may have several.
  const std::vector<Estimate>& of(const Node& node) const { return of_nodes_.at(&node); }

 private:
  Estimate above(const Node& node, double row_count, double cpu) const;
  std::vector<Estimate> of_scan(const Scan& scan) const;
  Estimate of_operator(const Node& node) const;
  double input_rows(const Node& node, size_t input = 0) const;

  std::map<const Node*, std::vector<Estimate>> of_nodes_;
};

}  // namespace millrace::plan
