#include "column/nested_bytes.h"

#include "base/check.h"
#include "base/error.h"
#include "column/builder.h"
#include "column/physical.h"

namespace millrace {

static void write_scalar(const Column& column, size_t position, ByteWriter& out) {
  const Physical physical = column.type().physical();
  if (physical == Physical::string) {
    const StringRef& text = column.values<StringRef>()[position];
    out.write_varint(text.size());
    out.write_bytes(text.view());
  } else {
    const size_t width = width_of(physical);
    out.write_bytes({column.values<char>() + position * width, width});
  }
}

void write_nested(const Column& column, size_t row, ByteWriter& out) {
  if (column.is_null(row)) {
    return out.write<uint8_t>(0);
  }
  out.write<uint8_t>(1);
  const size_t position = column.position_of(row);
  if (column.type().physical() != Physical::nested) {
    return write_scalar(column, position, out);
  }
  if (column.offsets() == nullptr) {
    for (const Column& field : column.children()) {
      write_nested(field, position, out);
    }
    return;
  }
  const uint32_t from = (*column.offsets())[position];
  const uint32_t to = (*column.offsets())[position + 1];
  out.write_varint(to - from);
  for (uint32_t element = from; element < to; ++element) {
    for (const Column& part : column.children()) {
      write_nested(part, element, out);
    }
  }
}

namespace {

// The columns below a column of this type; a multiset has its elements and how often each is there.
std::vector<Type> child_types(const Type& type) {
  std::vector<Type> types;
  for (const Field& field : *type.children) {
    types.push_back(field.type);
  }
  if (type.kind == TypeKind::multiset) {
    types.push_back(Type::of(TypeKind::integer, false));
  }
  return types;
}

class ValueReader {
 public:
  ValueReader(Type type, std::shared_ptr<StringArena> texts)
      : type_(std::move(type)), texts_(std::move(texts)) {
    if (is_nested()) {
      for (Type& child : child_types(type_)) {
        children_.emplace_back(std::move(child), texts_);
      }
    }
  }

  void add(ByteReader& in) {
    const auto present = in.read<uint8_t>();
    if (present > 1) {
      throw Error(ErrorCode::corrupt, "cannot read a nested value: neither NULL nor a value");
    }
    if (present == 0) {
      return add_null();
    }
    valid_.push_back(true);
    if (!is_nested()) {
      add_scalar(in);
    } else if (type_.kind == TypeKind::row) {
      for (ValueReader& field : children_) {
        field.add(in);
      }
    } else {
      const uint64_t count = in.read_varint();
      for (uint64_t left = count; left > 0; --left) {
        for (ValueReader& part : children_) {
          part.add(in);
        }
      }
      offsets_->push_back(offsets_->back() + static_cast<uint32_t>(count));
    }
  }

  void add_null() {
    valid_.push_back(false);
    if (!is_nested()) {
      bytes_->resize(bytes_->size() + width_of(type_.physical()));
    } else if (type_.kind == TypeKind::row) {
      for (ValueReader& field : children_) {
        field.add_null();
      }
    } else {
      offsets_->push_back(offsets_->back());
    }
  }

  Column finish() {
    if (!is_nested()) {
      const std::shared_ptr<const void> data(bytes_, bytes_->data());
      return Column::flat(type_, valid_.size(), data, validity(), {texts_});
    }
    std::vector<Column> columns;
    for (ValueReader& child : children_) {
      columns.push_back(child.finish());
    }
    return type_.kind == TypeKind::row
               ? Column::row(type_, valid_.size(), std::move(columns), validity())
               : Column::list(type_, valid_.size(), offsets_, std::move(columns), validity());
  }

 private:
  bool is_nested() const { return type_.physical() == Physical::nested; }

  void add_scalar(ByteReader& in) {
    if (type_.physical() == Physical::string) {
      const StringRef text = texts_->copy(in.take(in.read_varint()));
      const char* raw = reinterpret_cast<const char*>(&text);
      bytes_->insert(bytes_->end(), raw, raw + sizeof(text));
    } else {
      const std::string_view value = in.take(width_of(type_.physical()));
      bytes_->insert(bytes_->end(), value.begin(), value.end());
    }
  }

  std::shared_ptr<Validity> validity() const {
    std::shared_ptr<Validity> validity;
    for (size_t i = 0; i < valid_.size(); ++i) {
      if (!valid_[i]) {
        validity = validity ? validity : std::make_shared<Validity>(valid_.size());
        validity->set_null(i);
      }
    }
    return validity;
  }

  Type type_;
  std::shared_ptr<StringArena> texts_;
  std::vector<bool> valid_;
  std::shared_ptr<std::vector<char>> bytes_ = std::make_shared<std::vector<char>>();
  std::shared_ptr<std::vector<uint32_t>> offsets_ = std::make_shared<std::vector<uint32_t>>(1, 0);
  std::vector<ValueReader> children_;
};

}  // namespace

Column read_nested(const Type& type, const std::vector<std::string_view>& values) {
  ValueReader reader(type, std::make_shared<StringArena>());
  for (const std::string_view value : values) {
    if (value.empty()) {
      reader.add_null();
      continue;
    }
    ByteReader in(value);
    reader.add(in);
    if (!in.empty()) {
      throw Error(ErrorCode::corrupt, "cannot read a nested value: bytes left over");
    }
  }
  return reader.finish();
}

}  // namespace millrace
