#include "exec/dead_letters.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/utf8.h"
#include "column/builder.h"
#include "exec/sink.h"
#include "function/evaluate.h"
#include "plan/letter_table.h"

namespace millrace::exec {

namespace {

// In the order of plan::letter_schema().
enum class LetterField : uint8_t {
  event_data,
  reason,
  stage,
  source,
  source_partition,
  source_offset,
  created_at,
  pipeline,
};

// A row that comes of many records has none.
bool is_place(LetterField field) {
  return field == LetterField::source || field == LetterField::source_partition ||
         field == LetterField::source_offset;
}

}  // namespace

plan::Sink letter_node(const std::shared_ptr<const catalog::Table>& table) {
  plan::Sink node;
  node.table = table;
  for (const catalog::ColumnDefinition& column : table->columns) {
    if (column.kind == catalog::ColumnKind::physical) {
      node.schema.fields.push_back({column.name, column.type});
    }
  }
  return node;
}

DeadLetters::DeadLetters(const catalog::Table* table, Sink* sink, const Clock* clock,
                         std::string pipeline)
    : table_(table), sink_(sink), clock_(clock), pipeline_(std::move(pipeline)) {
  check((table == nullptr) == (sink == nullptr), "a dead-letter table comes with its sink");
}

void DeadLetters::add(const Reject& letter, std::string_view stage) { keep(letter, stage, true); }

void DeadLetters::keep(Reject letter, std::string_view stage, bool has_place) {
  if (table_ == nullptr) {
    const std::string place = has_place ? " (of '" + letter.source + "', partition " +
                                              std::to_string(letter.partition.value) + ", offset " +
                                              std::to_string(letter.offset) + ")"
                                        : "";
    throw Error(ErrorCode::invalid_argument,
                "a record" + place +
                    " cannot be processed, and there is no dead-letter table to keep it (SET "
                    "'millrace.dead-letter.table' names one, --data has the lake's): " +
                    letter.reason);
  }
  letters_.push_back({std::move(letter), std::string(stage), has_place, clock_->now()});
  if (letters_.size() == Batch::kMaxRows) {
    flush();
  }
}

static std::string text_of(const Batch& batch, uint32_t row) {
  std::string text;
  for (const Column& column : batch.columns) {
    text += text.empty() ? "" : ", ";
    text += function::to_text(column, row);
  }
  return text;
}

void DeadLetters::add(const Batch& batch, uint32_t row, std::string_view reason,
                      std::string_view stage) {
  Reject letter;
  letter.reason = reason;
  if (batch.origins) {
    const Origins& origins = *batch.origins;
    letter.source = origins.source;
    letter.partition = origins.partition;
    letter.offset = origins.offsets[row];
    letter.raw = origins.raw[row];
  } else {
    letter.raw = text_of(batch, row);
  }
  keep(std::move(letter), stage, batch.origins != nullptr);
}

void DeadLetters::flush() {
  if (letters_.empty()) {
    return;
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(letters_.size());
  for (const catalog::ColumnDefinition& column : table_->columns) {
    if (column.kind == catalog::ColumnKind::physical) {
      batch.columns.push_back(column_of(column.name, column.type));
    }
  }
  sink_->write(batch);
  letters_.clear();
}

Column DeadLetters::column_of(std::string_view name, const Type& type) const {
  const Schema known = plan::letter_schema();
  const auto field = known.find(name);
  if (!field) {
    return Column::null(type, letters_.size());
  }
  const bool as_bytes = type.is_binary() && *field == 0;
  ColumnBuilder builder(as_bytes ? Type::bytes() : known[*field].type);
  for (const Letter& letter : letters_) {
    const auto which = static_cast<LetterField>(*field);
    if (is_place(which) && !letter.has_place) {
      builder.add_null();
      continue;
    }
    switch (which) {
      case LetterField::event_data:
        builder.add_string(as_bytes ? letter.reject.raw : with_escapes(letter.reject.raw));
        break;
      case LetterField::reason: builder.add_string(with_escapes(letter.reject.reason)); break;
      case LetterField::stage: builder.add_string(letter.stage); break;
      case LetterField::source: builder.add_string(letter.reject.source); break;
      case LetterField::source_partition: builder.add(letter.reject.partition.value); break;
      case LetterField::source_offset: builder.add(letter.reject.offset); break;
      case LetterField::created_at: builder.add(letter.at.ms); break;
      case LetterField::pipeline: builder.add_string(pipeline_); break;
    }
  }
  function::EvaluationContext context(clock_->now());
  return function::cast(builder.finish(), type, Rows(letters_.size()), true, context);
}

}  // namespace millrace::exec
