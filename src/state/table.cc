#include "state/table.h"

#include "base/error.h"

namespace millrace::state {

void Entries::hand_over() {
  if (out_.size() > 0) {
    take_(out_.bytes());
    handed_over_ += out_.size();
    out_ = ByteWriter();
  }
}

void GrowingTable::save_description(ByteWriter& out) const {
  const std::string description = describe();
  out.write_varint(description.size());
  out.write_bytes(description);
}

void GrowingTable::load(ByteReader& in) {
  const std::string_view saved = in.take(in.read_varint());
  if (saved != describe()) {
    throw Error(ErrorCode::corrupt,
                "cannot load state: expected " + describe() + ", found " + std::string(saved));
  }
  begin_loading(in.rest().size());
  load_entries(in);
  loaded();
}

}  // namespace millrace::state
