#include "codec/raw/format.h"

#include <algorithm>
#include <cstring>

#include "base/utf8.h"
#include "codec/option_error.h"
#include "column/builder.h"
#include "column/physical.h"

namespace millrace::codec {

namespace {

bool is_number(const Type& type) {
  return type.kind == TypeKind::boolean || (type.is_numeric() && type.kind != TypeKind::decimal);
}

// Flink's check, and its words.
Field only_field(const Schema& record) {
  if (record.size() != 1) {
    std::string names;
    for (const Field& field : record.fields) {
      names += (names.empty() ? "" : ", ") + field.name;
    }
    throw Error(ErrorCode::invalid_argument,
                "The 'raw' format only supports single physical column. However the defined schema "
                "contains " +
                    std::string(record.size() == 0 ? "no" : "multiple") + " physical columns: [" +
                    names + "]");
  }
  const Field& field = record[0];
  if (!field.type.is_string() && !field.type.is_binary() && !is_number(field.type)) {
    throw Error(ErrorCode::invalid_argument, "The 'raw' format doesn't supports '" +
                                                 field.type.to_string() + "' as column type.");
  }
  return field;
}

// Values lie little-endian in memory.
void set_order(char* value, size_t size, Endian order) {
  if (order == Endian::big) {
    std::reverse(value, value + size);
  }
}

class RawDecoder final : public Decoder {
 public:
  RawDecoder(Field field, bool is_read, const RawOptions& options)
      : field_(std::move(field)), is_read_(is_read), options_(options) {}

  bool reads_empty_records() const override { return true; }

  Decoded decode(std::span<const std::string_view> records,
                 const std::shared_ptr<const void>& owner) override {
    Decoded decoded;
    const std::vector<std::string_view> fit = fitting(records, decoded);
    decoded.rows = fit.size();
    if (is_read_) {
      decoded.columns.push_back(
          is_number(field_.type)
              ? with_physical(field_.type.physical(),
                              [&](auto zero) { return numbers<decltype(zero)>(fit); })
              : texts(fit, owner));
    }
    return decoded;
  }

 private:
  // Numbers of another width than theirs are refused.
  std::vector<std::string_view> fitting(std::span<const std::string_view> records,
                                        Decoded& decoded) const {
    std::vector<std::string_view> fit;
    const size_t width = is_number(field_.type) ? width_of(field_.type.physical()) : 0;
    for (uint32_t number = 0; number < records.size(); ++number) {
      const std::string_view record = records[number];
      if (width != 0 && record.data() != nullptr && record.size() != width) {
        decoded.rejects.push_back({number, "field '" + field_.name +
                                               "': " + field_.type.as_nullable().to_string() +
                                               " has " + std::to_string(width) + " bytes, not " +
                                               std::to_string(record.size())});
      } else {
        fit.push_back(record);
        decoded.record_of_row.push_back(number);
      }
    }
    if (fit.size() == records.size()) {
      decoded.record_of_row.clear();
    }
    return fit;
  }

  template <typename T>
  Column numbers(const std::vector<std::string_view>& records) const {
    FlatBuffer<T> values(records.size());
    for (size_t row = 0; row < records.size(); ++row) {
      if (records[row].data() == nullptr) {
        values.set_null(row);
      } else {
        char bytes[sizeof(T)];
        std::copy_n(records[row].data(), sizeof(T), bytes);
        set_order(bytes, sizeof(T), options_.endianness);
        std::memcpy(&values[row], bytes, sizeof(T));
      }
    }
    return values.finish(field_.type);
  }

  Column texts(const std::vector<std::string_view>& records,
               const std::shared_ptr<const void>& owner) const {
    FlatBuffer<StringRef> values(records.size());
    auto mended = std::make_shared<StringArena>();
    for (size_t row = 0; row < records.size(); ++row) {
      if (records[row].data() == nullptr) {
        values.set_null(row);
      } else if (field_.type.is_string() && !is_utf8(records[row])) {
        values[row] = mended->copy(with_replacements(records[row]));
      } else {
        values[row] = StringRef(records[row]);
      }
    }
    return values.finish(field_.type, {owner, std::move(mended)});
  }

  Field field_;
  bool is_read_;
  RawOptions options_;
};

class RawEncoder final : public Encoder {
 public:
  RawEncoder(Field field, const RawOptions& options)
      : field_(std::move(field)), options_(options) {}

  void begin(const Batch& rows) override { column_ = &rows.columns[0]; }
  bool has_value(uint32_t row) const override { return !column_->is_null(row); }

  void append(uint32_t row, std::string& out) override {
    if (column_->is_null(row)) {
      return;
    }
    if (!is_number(field_.type)) {
      out += View<StringRef>(*column_)[row].view();
      return;
    }
    with_physical(field_.type.physical(), [&](auto zero) {
      using T = decltype(zero);
      const T value = View<T>(*column_)[row];
      char bytes[sizeof(T)];
      std::memcpy(bytes, &value, sizeof(T));
      set_order(bytes, sizeof(T), options_.endianness);
      out.append(bytes, sizeof(bytes));
    });
  }

 private:
  Field field_;
  RawOptions options_;
  const Column* column_ = nullptr;
};

}  // namespace

RawOptions RawOptions::from(const std::map<std::string, std::string>& options) {
  RawOptions parsed;
  if (const auto found = options.find("charset");
      found != options.end() && found->second != "UTF-8") {
    throw OptionError(ErrorCode::unsupported, found->first,
                      "option 'raw.charset' = '" + found->second + "': there is UTF-8 alone");
  }
  if (const auto found = options.find("endianness"); found != options.end()) {
    if (found->second != "big-endian" && found->second != "little-endian") {
      throw OptionError(ErrorCode::invalid_argument, found->first,
                        "Unsupported endianness name: " + found->second +
                            ". Valid values of 'raw.endianness' are: big-endian, little-endian.");
    }
    parsed.endianness = found->second == "big-endian" ? Endian::big : Endian::little;
  }
  return parsed;
}

std::unique_ptr<Decoder> make_raw_decoder(const Schema& record, const Schema& read,
                                          const RawOptions& options) {
  return std::make_unique<RawDecoder>(only_field(record), read.size() != 0, options);
}

std::unique_ptr<Encoder> make_raw_encoder(const Schema& schema, const RawOptions& options) {
  return std::make_unique<RawEncoder>(only_field(schema), options);
}

}  // namespace millrace::codec
