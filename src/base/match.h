#pragma once

// An exhaustive switch over a std::variant: one function per alternative, and the compiler asks
// for the missing one.
//
//   match(shape, [&](const Circle& circle) { ... }, [&](const Square& square) { ... });

#include <utility>
#include <variant>

namespace millrace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

template <typename Variant, typename... Cases>
decltype(auto) match(Variant&& variant, Cases&&... cases) {
  return std::visit(Overloaded{std::forward<Cases>(cases)...}, std::forward<Variant>(variant));
}

}  // namespace millrace
