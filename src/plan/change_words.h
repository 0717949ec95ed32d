#pragma once

// The words by which TO_CHANGELOG and FROM_CHANGELOG know what a row does.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "column/row_kind.h"
#include "plan/nodes.h"

namespace millrace::plan {

inline constexpr std::array kAllKinds = {RowKind::insert, RowKind::update_before,
                                         RowKind::update_after, RowKind::delete_};

// "UPDATE_AFTER": what a change is called in SQL, and in the column where no mapping is given.
std::string_view name_of(RowKind kind);
std::optional<RowKind> kind_named(std::string_view name);

// The call that the node is, its mapping written out, as plans show it: TO_CHANGELOG(op => ...).
std::string invocation_text(const Node& node);

}  // namespace millrace::plan
