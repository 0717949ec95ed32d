#include "column/row_kind.h"

#include "base/check.h"

namespace millrace {

std::string_view sign_of(RowKind kind) {
  switch (kind) {
    case RowKind::insert: return "+I";
    case RowKind::update_before: return "-U";
    case RowKind::update_after: return "+U";
    case RowKind::delete_: return "-D";
  }
  check(false, "row kind outside the enumeration");
  return {};
}

}  // namespace millrace
