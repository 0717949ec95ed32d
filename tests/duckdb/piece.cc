#include "duckdb/piece.h"

#include <cstddef>

namespace millrace::random_queries {

namespace {

std::string joined(const Piece& list, Dialect dialect) {
  std::string text;
  for (const Piece& part : list.parts) {
    text += (text.empty() ? "" : list.flink) + text_of(part, dialect);
  }
  return text;
}

// All pieces of this sort inside, the outermost first.
void collect(const Piece& inside, Sort sort, std::vector<Piece>& found) {
  for (const Piece& part : inside.parts) {
    if (part.sort == sort) {
      found.push_back(part);
    }
    collect(part, sort, found);
  }
}

void leave_out_parts(const Piece& list, std::vector<Piece>& found) {
  for (size_t i = 0; list.parts.size() > 1 && i < list.parts.size(); ++i) {
    Piece shorter = list;
    shorter.parts.erase(shorter.parts.begin() + static_cast<ptrdiff_t>(i));
    found.push_back(std::move(shorter));
  }
}

}  // namespace

Piece piece(std::string flink, std::string duckdb, std::vector<Piece> parts) {
  return {.sort = Sort::other,
          .flink = std::move(flink),
          .duckdb = std::move(duckdb),
          .parts = std::move(parts)};
}

Piece piece(std::string flink, std::vector<Piece> parts) {
  return piece(std::move(flink), "", std::move(parts));
}

Piece clause(std::string flink, std::vector<Piece> parts) {
  Piece made = piece(std::move(flink), std::move(parts));
  made.sort = Sort::clause;
  return made;
}

Piece list_of(std::vector<Piece> parts) {
  Piece made = piece(", ", std::move(parts));
  made.sort = Sort::list;
  return made;
}

std::string text_of(const Piece& piece, Dialect dialect) {
  if (piece.sort == Sort::list) {
    return joined(piece, dialect);
  }
  const bool own = dialect == Dialect::duckdb && !piece.duckdb.empty();
  const std::string& pattern = own ? piece.duckdb : piece.flink;
  std::string text;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      text += pattern[i];
      continue;
    }
    const size_t end = pattern.find('}', i);
    text += text_of(piece.parts.at(std::stoul(pattern.substr(i + 1, end - i - 1))), dialect);
    i = end;
  }
  return text;
}

std::vector<Piece> smaller(const Piece& piece) {
  std::vector<Piece> found;
  if (piece.sort == Sort::clause && !piece.flink.empty()) {
    found.push_back({.sort = Sort::clause, .flink = "", .duckdb = "", .parts = {}});
  }
  if (piece.sort == Sort::list) {
    leave_out_parts(piece, found);
  } else if (piece.sort != Sort::clause && piece.sort != Sort::other) {
    collect(piece, piece.sort, found);
  }
  for (size_t i = 0; i < piece.parts.size(); ++i) {
    for (Piece& part : smaller(piece.parts[i])) {
      Piece changed = piece;
      changed.parts[i] = std::move(part);
      found.push_back(std::move(changed));
    }
  }
  return found;
}

}  // namespace millrace::random_queries
