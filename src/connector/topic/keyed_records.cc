#include "connector/topic/keyed_records.h"

#include <algorithm>

#include "column/nested.h"

namespace millrace::connector {

KeyedRecords::KeyedRecords(const catalog::Table& table, Schema read, const TopicOptions& options)
    : schema_(std::move(read)),
      are_upserts_(options.meaning == TopicOptions::Meaning::upserts),
      ignores_missing_keys_(options.format.ignores_parse_errors() ||
                            options.key_format.ignores_parse_errors()) {
  const Schema all = physical_schema(table);
  const Schema key = key_record(table, options);
  const Schema value = value_record(table, options);
  Schema read_of_value;
  for (const Field& field : schema_.fields) {
    const auto in_key = std::find_if(options.key_fields.begin(), options.key_fields.end(),
                                     [&](size_t column) { return all[column].name == field.name; });
    Place place{SIZE_MAX, SIZE_MAX};
    if (value.find(field.name)) {
      place.in_value = read_of_value.size();
      read_of_value.fields.push_back(field);
    }
    if (in_key != options.key_fields.end()) {
      place.in_key = static_cast<size_t>(in_key - options.key_fields.begin());
    }
    places_.push_back(place);
  }
  values_ = options.format.decoder(read_of_value, value);
  keys_ = options.key_format.decoder(key, key);
}

Column KeyedRecords::column(size_t number, const codec::Decoded& values, const codec::Decoded& keys,
                            const std::vector<Row>& rows) const {
  const Type type = schema_[number].type;
  const Place place = places_[number];
  std::vector<Column> parts;
  uint32_t first_key = 0;
  if (place.in_value != SIZE_MAX) {
    parts.push_back(values.columns[place.in_value]);
    first_key = static_cast<uint32_t>(values.rows);
  }
  uint32_t null = first_key;
  if (place.in_key != SIZE_MAX) {
    parts.push_back(keys.columns[place.in_key]);
    null += static_cast<uint32_t>(keys.rows);
  }
  parts.push_back(Column::null(type.as_nullable(), 1));
  std::vector<uint32_t> chosen;
  for (const Row& row : rows) {
    const bool by_value = row.value != kNone && place.in_value != SIZE_MAX;
    const bool by_key = row.key != kNone && place.in_key != SIZE_MAX;
    chosen.push_back(by_value ? row.value : by_key ? first_key + row.key : null);
  }
  return concatenated(type.as_nullable(), parts).gather(chosen).retyped(type);
}

namespace {

// What was decoded of the keys, or of the values, of the records that have one.
struct Half {
  codec::Decoded decoded;
  std::vector<uint32_t> records;            // that were decoded
  std::vector<std::vector<uint32_t>> rows;  // by record
};

Half decode_half(codec::Decoder& decoder, std::span<const std::string_view> all,
                 const std::shared_ptr<const void>& owner) {
  Half half;
  std::vector<std::string_view> texts;
  for (uint32_t record = 0; record < all.size(); ++record) {
    if (all[record].data() != nullptr) {
      texts.push_back(all[record]);
      half.records.push_back(record);
    }
  }
  half.decoded = decoder.decode(texts, owner);
  half.rows.resize(all.size());
  for (uint32_t row = 0; row < half.decoded.rows; ++row) {
    const auto& of_row = half.decoded.record_of_row;
    half.rows[half.records[of_row.empty() ? row : of_row[row]]].push_back(row);
  }
  return half;
}

// Why a record is refused: nothing where it is not.
struct Fault {
  std::string reason;
  bool is_ignored = true;  // in each half that cannot be read

  void add(const std::string& other, bool ignores_it) {
    reason = other;
    is_ignored = is_ignored && ignores_it;
  }
};

void add_faults(const Half& half, const std::string& prefix, std::vector<Fault>& faults) {
  for (const codec::Decoded::Reject& reject : half.decoded.rejects) {
    faults[half.records[reject.record]].add(prefix + reject.reason, reject.is_ignored);
  }
}

}  // namespace

codec::Decoded KeyedRecords::decode(std::span<const std::string_view> keys,
                                    std::span<const std::string_view> values,
                                    const std::shared_ptr<const void>& owner) {
  Half by_value = decode_half(*values_, values, owner);
  Half by_key = decode_half(*keys_, keys, owner);
  std::vector<Fault> faults(values.size());
  add_faults(by_value, "", faults);
  add_faults(by_key, "the key: ", faults);
  codec::Decoded decoded;
  std::vector<Row> rows;
  for (uint32_t record = 0; record < values.size(); ++record) {
    Fault& fault = faults[record];
    if (fault.reason.empty() && by_key.rows[record].size() != 1) {
      fault.add(keys[record].data() == nullptr ? "the record has no key" : "the key is not one row",
                ignores_missing_keys_);
    }
    if (!fault.reason.empty()) {
      decoded.rejects.push_back({record, std::move(fault.reason), fault.is_ignored});
      continue;
    }
    const uint32_t key = by_key.rows[record].front();
    if (are_upserts_ && values[record].data() == nullptr) {
      rows.push_back({record, kNone, key});
    }
    for (const uint32_t value : by_value.rows[record]) {
      rows.push_back({record, value, key});
    }
  }
  for (size_t number = 0; number < schema_.size(); ++number) {
    decoded.columns.push_back(column(number, by_value.decoded, by_key.decoded, rows));
  }
  decoded.rows = rows.size();
  for (const Row& row : rows) {
    decoded.record_of_row.push_back(row.record);
    if (are_upserts_) {
      decoded.kinds.push_back(row.value == kNone ? RowKind::delete_ : RowKind::update_after);
    } else if (!by_value.decoded.kinds.empty()) {
      decoded.kinds.push_back(by_value.decoded.kinds[row.value]);
    }
  }
  return decoded;
}

}  // namespace millrace::connector
