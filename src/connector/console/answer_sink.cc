#include "connector/console/answer_sink.h"

#include <algorithm>

#include "function/shown_text.h"

namespace millrace::connector {

namespace {

constexpr size_t kWidest = 30;
constexpr std::string_view kCut = "...";

// Of the longest text of a value: digits, a sign, a point.
size_t width_of(const Type& type) {
  switch (type.kind) {
    case TypeKind::boolean: return 5;
    case TypeKind::tinyint: return 4;
    case TypeKind::smallint: return 6;
    case TypeKind::integer: return 11;
    case TypeKind::bigint: return 20;
    case TypeKind::decimal: return static_cast<size_t>(type.precision) + 2;
    case TypeKind::date: return 10;
    case TypeKind::time: return 8;
    case TypeKind::timestamp:
    case TypeKind::timestamp_ltz:
      return type.precision == 0 ? 19 : 20 + static_cast<size_t>(type.precision);
    case TypeKind::null_:
    case TypeKind::float_:
    case TypeKind::double_:
    case TypeKind::char_:
    case TypeKind::varchar:
    case TypeKind::binary:
    case TypeKind::varbinary:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::array:
    case TypeKind::map:
    case TypeKind::multiset:
    case TypeKind::row:
    case TypeKind::bitmap:
    case TypeKind::variant: break;
  }
  return kWidest;
}

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t characters(std::string_view text) {
  return text.size() - std::count_if(text.begin(), text.end(), continues_character);
}

std::string first_characters(const std::string& text, size_t count) {
  size_t end = 0;
  while (end < text.size() && (count > 0 || continues_character(text[end]))) {
    count -= continues_character(text[end]) ? 0 : 1;
    ++end;
  }
  return text.substr(0, end);
}

std::string fitted(const std::string& text, size_t width) {
  const size_t length = characters(text);
  return length > width ? first_characters(text, width - kCut.size()).append(kCut)
                        : std::string(width - length, ' ') + text;
}

std::string shown(const Column& column, size_t row) {
  return column.is_null(row) ? "<NULL>" : function::shown_text(column, row);
}

}  // namespace

AnswerSink::AnswerSink(const catalog::Table& answer, Print print) : print_(std::move(print)) {
  for (const catalog::ColumnDefinition& column : answer.columns) {
    names_.push_back(column.name);
    widths_.push_back(std::max(std::min(width_of(column.type), kWidest),
                               std::min(characters(column.name), kWidest)));
  }
}

void AnswerSink::print_border() const {
  std::string line = "+----+";
  for (const size_t width : widths_) {
    line += std::string(width + 2, '-') + "+";
  }
  print_(line, Stream::output);
}

void AnswerSink::print_line(std::string_view kind, const std::vector<std::string>& cells) const {
  std::string line = "| " + std::string(kind) + " |";
  for (size_t i = 0; i < cells.size(); ++i) {
    line += " " + fitted(cells[i], widths_[i]) + " |";
  }
  print_(line, Stream::output);
}

void AnswerSink::write(const Batch& rows) {
  std::vector<std::string> cells(rows.columns.size());
  for_each(rows.rows(), [&](uint32_t row) {
    if (rows_++ == 0) {
      print_border();
      print_line("op", names_);
      print_border();
    }
    for (size_t i = 0; i < cells.size(); ++i) {
      cells[i] = shown(rows.columns[i], row);
    }
    print_line(sign_of(rows.kind(row)), cells);
  });
}

void AnswerSink::finish() {
  if (rows_ == 0) {
    print_("Empty set", Stream::output);
    return;
  }
  print_border();
  print_("Received a total of " + std::to_string(rows_) + (rows_ == 1 ? " row" : " rows"),
         Stream::output);
}

}  // namespace millrace::connector
