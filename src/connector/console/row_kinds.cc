#include "connector/console/row_kinds.h"

namespace millrace::connector {

std::string_view sign_of(RowKind kind) {
  switch (kind) {
    case RowKind::insert: return "+I";
    case RowKind::update_before: return "-U";
    case RowKind::update_after: return "+U";
    case RowKind::delete_: return "-D";
  }
  return {};
}

}  // namespace millrace::connector
