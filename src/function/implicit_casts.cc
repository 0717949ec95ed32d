#include "function/implicit_casts.h"

#include <algorithm>

namespace millrace::function {

static bool nested_cast(const Type& from, const Type& to) {
  return from.kind == to.kind && from.children && to.children &&
         std::equal(
             from.children->begin(), from.children->end(), to.children->begin(), to.children->end(),
             [](const Field& a, const Field& b) { return casts_implicitly(a.type, b.type); });
}

bool casts_implicitly(const Type& from, const Type& to) {
  if (from.kind == TypeKind::null_ || from.kind == to.kind) {
    return !to.children || from.kind == TypeKind::null_ || nested_cast(from, to);
  }
  switch (to.kind) {
    case TypeKind::varchar: return from.kind == TypeKind::char_;
    case TypeKind::varbinary: return from.kind == TypeKind::binary;
    case TypeKind::smallint:
    case TypeKind::integer:
    case TypeKind::bigint: return from.is_integer() && from.kind < to.kind;
    case TypeKind::float_: return from.is_integer() || from.kind == TypeKind::decimal;
    case TypeKind::double_:
    case TypeKind::decimal: return from.is_numeric();
    case TypeKind::date:
    case TypeKind::time: return from.kind == TypeKind::timestamp;
    case TypeKind::timestamp: return from.kind == TypeKind::timestamp_ltz;
    case TypeKind::timestamp_ltz: return from.kind == TypeKind::timestamp;
    case TypeKind::null_:
    case TypeKind::boolean:
    case TypeKind::tinyint:
    case TypeKind::char_:
    case TypeKind::binary:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
    case TypeKind::bitmap:
    case TypeKind::variant: return false;
  }
  return false;
}

}  // namespace millrace::function
