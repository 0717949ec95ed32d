#include "plan/explain.h"

#include "plan/estimates.h"
#include "plan/node_text.h"
#include "plan/rules/consumers.h"

namespace millrace::plan {

namespace {

// "[I,UB,UA,D]"; of a sink, which nothing leaves, "[NONE]".
std::string changelog_text(const Node& node) {
  if (node.kind == NodeKind::sink) {
    return "[NONE]";
  }
  const Changelog& changes = node.changelog;
  return std::string("[I") + (changes.update_before ? ",UB" : "") + (changes.updates ? ",UA" : "") +
         (changes.deletes ? ",D" : "") + "]";
}

class Explainer {
 public:
  Explainer(const Plan& plan, ExplainDetails details)
      : details_(details), consumers_(count_consumers(plan)) {
    if (details.estimated_cost) {
      estimates_.emplace(plan);
    }
  }

  // `first` stands before the node's first line, `rest` before all that is below it.
  void print(const Node& node, const std::string& first, const std::string& rest) {
    const bool shared = is_shared(node);
    if (shared && numbers_.contains(&node)) {
      text_ += first + "Reused(reference_id=[" + std::to_string(numbers_[&node]) + "])\n";
      return;
    }
    std::string prefix = first;
    std::string below = rest;
    std::vector<std::string> lines = lines_of(node);
    for (size_t i = 0; i < lines.size(); ++i) {
      std::string& line = lines[i];
      if (details_.changelog_mode) {
        line.insert(line.size() - 1, ", changelogMode=" + changelog_text(node));
      }
      text_ += prefix + line;
      if (i == 0 && shared) {
        numbers_.emplace(&node, numbers_.size() + 1);
        text_ += "(reuse_id=[" + std::to_string(numbers_[&node]) + "])";
      }
      if (estimates_) {
        text_ += ": " + estimates_->of(node)[i].to_string();
      }
      text_ += "\n";
      prefix = below + "+- ";
      below += "   ";
    }
    // The inputs hang on the last line.
    const std::string indent = below.substr(0, below.size() - 3);
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const bool last = i + 1 == node.inputs.size();
      print(*node.inputs[i], indent + (last ? "+- " : ":- "), indent + (last ? "   " : ":  "));
    }
  }

  std::string take() { return std::move(text_); }

 private:
  bool is_shared(const Node& node) const {
    const auto found = consumers_.find(&node);
    return found != consumers_.end() && found->second > 1;
  }

  ExplainDetails details_;
  std::map<const Node*, size_t> consumers_;
  std::optional<Estimates> estimates_;
  std::map<const Node*, size_t> numbers_;
  std::string text_;
};

}  // namespace

std::string explain(const Plan& plan, ExplainDetails details) {
  Explainer explainer(plan, details);
  for (const Sink* sink : plan.sinks) {
    // Who asked for a query alone wrote no sink.
    const bool collects = sink->table->option("connector") == kCollect;
    const Node* root = collects ? sink->inputs[0] : sink;
    explainer.print(*root, "", "");
  }
  return explainer.take();
}

}  // namespace millrace::plan
