#include "state/row_multimap.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "base/error.h"
#include "base/hash.h"

namespace millrace::state {

using Identity = RowMultimapShape::Identity;

static RowMultimapShape completed(RowMultimapShape shape) {
  if (shape.by == Identity::row) {
    shape.identity.resize(shape.types.size());
    std::iota(shape.identity.begin(), shape.identity.end(), size_t{0});
  }
  shape.removes = shape.removes || shape.by != Identity::none;
  return shape;
}

static size_t header_bytes(const RowMultimapShape& shape) {
  return sizeof(uint32_t) * (1 + (shape.removes ? 1 : 0) + (shape.by == Identity::row ? 1 : 0) +
                             (shape.matches ? 1 : 0));
}

RowMultimap::RowMultimap(RowMultimapShape shape)
    : shape_(completed(std::move(shape))), rows_(shape_.types, header_bytes(shape_)) {
  const size_t size = header_bytes(shape_);
  matches_at_ = shape_.matches ? size - sizeof(uint32_t) : 0;
  count_at_ = shape_.by == Identity::row ? kPreviousAt + sizeof(uint32_t) : 0;
  const auto in_key = [&](size_t column) {
    return std::find(shape_.key.begin(), shape_.key.end(), column) != shape_.key.end();
  };
  // Otherwise a key has one row.
  indexes_identities_ = shape_.by != Identity::none &&
                        !std::all_of(shape_.identity.begin(), shape_.identity.end(), in_key);
}

RowRef RowMultimap::find(const RowLayout& layout, const char* row, std::span<const size_t> key,
                         uint64_t hash) const {
  const RowRef* last = keys_.find(hash, [&](RowRef candidate) {
    return equal_keys(rows_.layout(), rows_.row(candidate), shape_.key, layout, row, key);
  });
  return last != nullptr ? *last : kNoRow;
}

RowRef* RowMultimap::key_entry(const char* row, uint64_t hash) {
  return keys_.find(hash, [&](RowRef candidate) {
    return layout().equal(rows_.row(candidate), row, shape_.key);
  });
}

uint64_t RowMultimap::identity_hash(const char* row, uint64_t hash) const {
  return mix(hash, layout().hash(row, shape_.identity));
}

RowRef RowMultimap::find_same(const char* row, uint64_t hash) const {
  if (shape_.by == Identity::none) {
    return kNoRow;
  }
  if (!indexes_identities_) {
    return find(layout(), row, shape_.key, hash);
  }
  const RowRef* same = identities_.find(identity_hash(row, hash), [&](RowRef candidate) {
    return layout().equal(rows_.row(candidate), row, shape_.identity) &&
           layout().equal(rows_.row(candidate), row, shape_.key);
  });
  return same != nullptr ? *same : kNoRow;
}

void RowMultimap::link(RowRef from, RowRef to) {
  set_number(from, kNextAt, to.number);
  if (shape_.removes) {
    set_number(to, kPreviousAt, from.number);
  }
}

RowRef RowMultimap::add(const char* row, uint64_t hash) {
  if (const RowRef same = find_same(row, hash); same.is_row()) {
    if (count_at_ != 0) {
      set_number(same, count_at_, count(same) + 1);
    } else {
      rows_.replace(same, row);
    }
    return same;
  }
  const RowRef added = rows_.add(row);
  if (count_at_ != 0) {
    set_number(added, count_at_, 1);
  }
  if (RowRef* last = key_entry(row, hash)) {
    link(added, next(*last));
    link(*last, added);
    *last = added;
  } else {
    link(added, added);
    keys_.add(hash, added);
  }
  if (indexes_identities_) {
    identities_.add(identity_hash(row, hash), added);
  }
  return added;
}

bool RowMultimap::remove(const char* row, uint64_t hash) {
  const RowRef same = find_same(row, hash);
  if (!same.is_row()) {
    return false;
  }
  if (count(same) > 1) {
    set_number(same, count_at_, count(same) - 1);
  } else {
    remove(same);
  }
  return true;
}

void RowMultimap::remove(RowRef gone) {
  check(shape_.removes, "the table was made for rows that go");
  const char* row = rows_.row(gone);
  const uint64_t hash = this->hash(row);
  RowRef* last = key_entry(row, hash);
  check(last != nullptr, "a row's key is in the index");
  if (next(gone) == gone) {
    keys_.remove(last);
  } else {
    const RowRef previous{number(gone, kPreviousAt)};
    link(previous, next(gone));
    if (*last == gone) {
      *last = previous;
    }
  }
  if (indexes_identities_) {
    const RowRef* entry = identities_.find(identity_hash(row, hash),
                                           [&](RowRef candidate) { return candidate == gone; });
    check(entry != nullptr, "a row is among the identities");
    identities_.remove(entry);
  }
  rows_.remove(gone);
}

void RowMultimap::replace(RowRef old, const char* row) {
  check(!indexes_identities_ && layout().equal(rows_.row(old), row, shape_.key),
        "a row is replaced by one of its key");
  rows_.replace(old, row);
}

// The rows with their headers, and so the rings; then the last row of each ring. Hashes are made
// anew.
void RowMultimap::save(ByteWriter& out) const {
  rows_.save(out);
  out.write_varint(keys_.size());
  keys_.for_each([&](RowRef last) { out.write_varint(last.number); });
}

void RowMultimap::load(ByteReader& in) {
  rows_.load(in);
  uint64_t left = in.read_varint();
  if (left > rows_.size()) {
    throw Error(ErrorCode::corrupt, "cannot load rows: more keys than rows");
  }
  keys_.reserve(left);
  for (; left > 0; --left) {
    const uint64_t number = in.read_varint();
    if (number >= rows_.end()) {
      throw Error(ErrorCode::corrupt, "cannot load rows: the last row of a key is missing");
    }
    const RowRef last{static_cast<uint32_t>(number)};
    keys_.add(hash(rows_.row(last)), last);
  }
  if (indexes_identities_) {
    identities_.reserve(rows_.size());
    rows_.for_each([&](RowRef ref) {
      const char* row = rows_.row(ref);
      identities_.add(identity_hash(row, hash(row)), ref);
    });
  }
}

}  // namespace millrace::state
