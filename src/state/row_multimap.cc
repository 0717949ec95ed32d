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
    rows_.set_marked(*last, false);
    *last = added;
  } else {
    link(added, added);
    keys_.add(hash, added);
  }
  rows_.set_marked(added, true);
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
      rows_.set_marked(previous, true);
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

std::string RowMultimap::describe() const {
  std::string text = rows_.describe() + "; key";
  for (const size_t column : shape_.key) {
    text += " " + std::to_string(column);
  }
  return text;
}

void RowMultimap::save(ByteWriter& out) const {
  save_description(out);
  rows_.save_entries(out);
}

// Hashes are made anew, and ahead of their turn, so that the index is there when it is written.
void RowMultimap::loaded() {
  rows_.loaded();
  size_t keys = 0;
  rows_.for_each([&](RowRef row) { keys += rows_.is_marked(row) ? 1 : 0; });
  keys_.reserve(keys);
  if (indexes_identities_) {
    identities_.reserve(rows_.size());
  }
  struct Hashed {
    RowRef row;
    uint64_t key;
    uint64_t identity;
  };
  constexpr size_t kRun = 64;
  std::vector<Hashed> run;
  const auto add_run = [&] {
    for (const Hashed& each : run) {
      if (rows_.is_marked(each.row)) {
        keys_.add(each.key, each.row);
      }
      if (indexes_identities_) {
        identities_.add(each.identity, each.row);
      }
    }
    run.clear();
    rows_.keep_room();
  };
  rows_.for_each([&](RowRef row) {
    if (!rows_.is_marked(row) && !indexes_identities_) {
      return;
    }
    const uint64_t key = hash(rows_.row(row));
    run.push_back({row, key, indexes_identities_ ? identity_hash(rows_.row(row), key) : 0});
    keys_.prefetch(key);
    if (indexes_identities_) {
      identities_.prefetch(run.back().identity);
    }
    if (run.size() == kRun) {
      add_run();
    }
  });
  add_run();
}

}  // namespace millrace::state
