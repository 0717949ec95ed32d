#include "sql/children.h"

namespace millrace::sql {

namespace {

class Children {
 public:
  explicit Children(const std::function<void(const Expression&)>& visit) : visit_(visit) {}

  void of(const Expression& parent) {
    std::visit([&](const auto& node) { of(node); }, parent.node);
  }

 private:
  void take(const ExpressionPtr& child) {
    if (child) {
      visit_(*child);
    }
  }
  void take(const std::vector<ExpressionPtr>& children) {
    for (const ExpressionPtr& child : children) {
      take(child);
    }
  }
  void take(const std::vector<OrderItem>& items) {
    for (const OrderItem& item : items) {
      take(item.expression);
    }
  }

  // Leaves, and what only holds queries.
  template <typename Leaf>
  void of(const Leaf&) {}

  void of(const Unary& unary) { take(unary.operand); }
  void of(const Binary& binary) {
    take(binary.left);
    take(binary.right);
  }
  void of(const Is& is) { take(is.operand); }
  void of(const IsDistinctFrom& is) {
    take(is.left);
    take(is.right);
  }
  void of(const Between& between) {
    take(between.value);
    take(between.low);
    take(between.high);
  }
  void of(const In& in) {
    take(in.value);
    take(in.list);
  }
  void of(const Like& like) {
    take(like.value);
    take(like.pattern);
    take(like.escape);
  }
  void of(const Quantified& quantified) {
    take(quantified.left);
    take(quantified.list);
  }
  void of(const Case& cases) {
    take(cases.operand);
    for (const Case::When& when : cases.whens) {
      take(when.conditions);
      take(when.result);
    }
    take(cases.otherwise);
  }
  void of(const Cast& cast) { take(cast.value); }
  void of(const ArrayConstructor& array) { take(array.elements); }
  void of(const MapConstructor& map) { take(map.entries); }
  void of(const RowConstructor& row) { take(row.fields); }
  void of(const ElementAccess& access) {
    take(access.value);
    take(access.index);
  }
  void of(const FieldAccess& access) { take(access.value); }
  void of(const FunctionCall& call) {
    take(call.arguments);
    take(call.within_group);
    take(call.filter);
    if (call.over) {
      take(call.over->partition_by);
      take(call.over->order_by);
    }
  }
  void of(const NamedArgument& argument) { take(argument.value); }
  void of(const TableArgument& argument) {
    take(argument.partition_by);
    take(argument.order_by);
  }
  void of(const JsonObject& object) {
    for (const JsonObject::Entry& entry : object.entries) {
      take(entry.key);
      take(entry.value);
    }
    take(object.filter);
  }
  void of(const JsonArray& array) {
    take(array.elements);
    take(array.filter);
  }
  void of(const JsonPathCall& call) {
    take(call.input);
    take(call.path);
    for (const auto& fallback : {&call.on_empty, &call.on_error}) {
      if (*fallback) {
        take((*fallback)->value);
      }
    }
  }

  const std::function<void(const Expression&)>& visit_;
};

}  // namespace

void for_each_child(const Expression& parent,
                    const std::function<void(const Expression& child)>& visit) {
  Children(visit).of(parent);
}

bool any_of(const Expression& root, const std::function<bool(const Expression&)>& holds) {
  if (holds(root)) {
    return true;
  }
  bool found = false;
  for_each_child(root, [&](const Expression& child) { found = found || any_of(child, holds); });
  return found;
}

}  // namespace millrace::sql
