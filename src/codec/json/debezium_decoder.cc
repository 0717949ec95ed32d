#include "codec/json/debezium_decoder.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "codec/json/decoder.h"

namespace millrace::codec {

namespace ondemand = simdjson::ondemand;

namespace {

// A row as text within a record, and what the record says of it.
struct Change {
  uint32_t record;
  RowKind kind;
};

// The parts of a record that are looked at; each empty where it is missing or null.
struct Envelope {
  std::string_view before;
  std::string_view after;
  std::string op;
};

class DebeziumJsonDecoder final : public Decoder {
 public:
  DebeziumJsonDecoder(const Schema& schema, const JsonOptions& options)
      : rows_(make_json_decoder(schema, options)),
        schema_included_(options.schema_include),
        ignores_errors_(options.ignore_parse_errors) {}

  Decoded decode(std::span<const std::string_view> records,
                 const std::shared_ptr<const void>& owner) override;

 private:
  std::optional<Envelope> open(std::string_view record, std::string& reason);
  bool read(ondemand::object object, Envelope& envelope);
  std::string take(uint32_t record, std::string_view text);
  std::string add(uint32_t record, const Envelope& envelope);
  void merge(Decoded rows, Decoded& decoded) const;

  std::unique_ptr<Decoder> rows_;
  bool schema_included_;
  bool ignores_errors_;
  ondemand::parser parser_;
  std::vector<Change> changes_;          // of the records at hand
  std::vector<std::string_view> texts_;  // of their rows
};

// The text of a row, which lies within the record; empty for null.
bool row_text(ondemand::value value, std::string_view& text) {
  ondemand::json_type type;
  if (value.type().get(type) != simdjson::SUCCESS) {
    return false;
  }
  ondemand::object row;
  return type == ondemand::json_type::null || (value.get_object().get(row) == simdjson::SUCCESS &&
                                               row.raw_json().get(text) == simdjson::SUCCESS);
}

bool DebeziumJsonDecoder::read(ondemand::object object, Envelope& envelope) {
  for (auto field : object) {
    std::string_view name;
    ondemand::value value;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS) {
      name = {};  // with half a character: like none of ours
    }
    if (field.value().get(value) != simdjson::SUCCESS) {
      return false;
    }
    if (name == "before" || name == "after") {
      if (!row_text(value, name == "before" ? envelope.before : envelope.after)) {
        return false;
      }
    } else if (name == "op") {
      std::string_view op;
      if (value.get_string().get(op) != simdjson::SUCCESS) {
        return false;
      }
      envelope.op = op;
    }
  }
  return true;
}

std::optional<Envelope> DebeziumJsonDecoder::open(std::string_view record, std::string& reason) {
  reason = "debezium-json: an object with 'before', 'after' and 'op' is expected";
  ondemand::document document;
  ondemand::object object;
  if (parser_.iterate(record.data(), record.size(), record.size() + kPadding).get(document) !=
          simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  if (schema_included_) {
    reason = "debezium-json: an object with 'payload' is expected";
    ondemand::object payload;
    if (object.find_field_unordered("payload").get_object().get(payload) != simdjson::SUCCESS) {
      return std::nullopt;
    }
    object = payload;
  }
  Envelope envelope;
  return read(object, envelope) ? std::optional(std::move(envelope)) : std::nullopt;
}

// Notes the rows of a record; the answer says what is wrong with it, where something is.
std::string DebeziumJsonDecoder::add(uint32_t record, const Envelope& envelope) {
  const auto note = [&](std::string_view text, RowKind kind) {
    texts_.push_back(text);
    changes_.push_back({record, kind});
  };
  const bool is_new = envelope.op == "c" || envelope.op == "r";
  if (is_new && !envelope.after.empty()) {
    note(envelope.after, RowKind::insert);
  } else if (envelope.op == "u" && !envelope.before.empty() && !envelope.after.empty()) {
    note(envelope.before, RowKind::update_before);
    note(envelope.after, RowKind::update_after);
  } else if (envelope.op == "d" && !envelope.before.empty()) {
    note(envelope.before, RowKind::delete_);
  } else if (is_new) {
    return "debezium-json: a new row without 'after'";
  } else if (envelope.op == "u" || envelope.op == "d") {
    return "debezium-json: a change without 'before'; of PostgreSQL, the table needs REPLICA "
           "IDENTITY FULL";
  } else {
    return "debezium-json: unknown 'op' '" + envelope.op + "'";
  }
  return {};
}

// The rows of the records that are good as a whole.
void DebeziumJsonDecoder::merge(Decoded rows, Decoded& decoded) const {
  std::vector<bool> is_bad(texts_.size());
  for (Decoded::Reject& reject : rows.rejects) {
    const uint32_t record = changes_[reject.record].record;
    const bool is_second = is_bad[reject.record];  // its other row was refused already
    const auto is_of_record = [&](const Change& change) { return change.record == record; };
    size_t text = reject.record - (reject.record > 0 && is_of_record(changes_[reject.record - 1]));
    for (; text < changes_.size() && is_of_record(changes_[text]); ++text) {
      is_bad[text] = true;
    }
    if (!is_second) {
      decoded.rejects.push_back({record, std::move(reject.reason), ignores_errors_});
    }
  }
  std::vector<uint32_t> kept;
  for (uint32_t row = 0; row < rows.rows; ++row) {
    const uint32_t text = rows.record_of_row.empty() ? row : rows.record_of_row[row];
    if (!is_bad[text]) {
      kept.push_back(row);
      decoded.kinds.push_back(changes_[text].kind);
      decoded.record_of_row.push_back(changes_[text].record);
    }
  }
  decoded.rows = kept.size();
  for (const Column& column : rows.columns) {
    decoded.columns.push_back(kept.size() == rows.rows ? column : column.gather(kept));
  }
  std::sort(decoded.rejects.begin(), decoded.rejects.end(),
            [](const auto& a, const auto& b) { return a.record < b.record; });
}

Decoded DebeziumJsonDecoder::decode(std::span<const std::string_view> records,
                                    const std::shared_ptr<const void>& owner) {
  changes_.clear();
  texts_.clear();
  Decoded decoded;
  for (uint32_t record = 0; record < records.size(); ++record) {
    if (records[record].empty()) {
      continue;  // behind a deletion: says nothing more
    }
    std::string reason;
    const auto envelope = open(records[record], reason);
    if (envelope) {
      reason = add(record, *envelope);
    }
    if (!reason.empty()) {
      decoded.rejects.push_back({record, std::move(reason), ignores_errors_});
    }
  }
  merge(rows_->decode(texts_, owner), decoded);
  return decoded;
}

}  // namespace

std::unique_ptr<Decoder> make_debezium_json_decoder(const Schema& schema,
                                                    const JsonOptions& options) {
  return std::make_unique<DebeziumJsonDecoder>(schema, options);
}

}  // namespace millrace::codec
