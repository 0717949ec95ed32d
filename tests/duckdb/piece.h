#pragma once

// A statement as a tree of pieces, each in the words of both engines. Because it is a tree, one
// that fails can be made smaller without being parsed.

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::random_queries {

enum class Dialect : uint8_t { flink, duckdb };

// What a piece is: one may stand where another of its sort does.
enum class Sort : uint8_t {
  boolean,
  integer,  // INT
  bigint,
  real,  // DOUBLE, in quarters, whose sums are exact in any order
  decimal,
  text,
  time,  // TIMESTAMP(3)
  date,
  rounded,  // DOUBLE of any digits: only ever shown
  clause,   // what may be left out
  list,
  query,
  other,  // nothing stands in its place
};
constexpr size_t kValueSorts = 8;  // boolean to date

struct Piece {
  Sort sort = Sort::other;
  // "({0} + {1})", the parts by number; of a list, what stands between its parts.
  std::string flink;
  std::string duckdb;  // empty where it is the same
  std::vector<Piece> parts;
};

// Of no sort that another piece could stand in for.
Piece piece(std::string flink, std::string duckdb, std::vector<Piece> parts);
Piece piece(std::string flink, std::vector<Piece> parts);
Piece clause(std::string flink, std::vector<Piece> parts);
inline Piece no_clause() { return clause("", {}); }
Piece list_of(std::vector<Piece> parts);  // with commas

std::string text_of(const Piece& piece, Dialect dialect);

// The same piece with something taken out of it, in every way there is; what takes out most comes
// first. Not all of them make sense.
std::vector<Piece> smaller(const Piece& piece);

}  // namespace millrace::random_queries
