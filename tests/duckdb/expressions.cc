#include "duckdb/expressions.h"

#include <span>

namespace millrace::random_queries {

namespace {

constexpr size_t kMostParts = 3;

// What gives a sort from others. Where the words differ, DuckDB's say what Flink does.
struct Production {
  Sort sort;
  std::vector<Sort> parts;
  const char* flink;
  const char* duckdb = "";
};

const std::vector<Production>& productions() {
  using enum Sort;
  static const std::vector<Production> kProductions{
      {boolean, {boolean, boolean}, "({0} AND {1})"},
      {boolean, {boolean, boolean}, "({0} OR {1})"},
      {boolean, {boolean}, "(NOT {0})"},
      {boolean, {boolean}, "({0} IS TRUE)"},
      {boolean, {boolean}, "({0} IS NOT FALSE)", "({0} IS DISTINCT FROM FALSE)"},
      {boolean, {boolean}, "({0} IS UNKNOWN)", "({0} IS NULL)"},
      {boolean, {integer}, "({0} IS NULL)"},
      {boolean, {text}, "({0} IS NOT NULL)"},
      {boolean, {integer, integer}, "({0} < {1})"},
      {boolean, {integer, bigint}, "({0} = {1})"},
      {boolean, {bigint, bigint}, "({0} >= {1})"},
      {boolean, {bigint, decimal}, "({0} <> {1})"},
      {boolean, {integer, real}, "({0} <= {1})"},
      {boolean, {real, real}, "({0} > {1})"},
      {boolean, {decimal, decimal}, "({0} = {1})"},
      {boolean, {decimal, real}, "({0} < {1})"},
      {boolean, {text, text}, "({0} = {1})"},
      {boolean, {text, text}, "({0} < {1})"},
      {boolean, {time, time}, "({0} < {1})"},
      {boolean, {time, time}, "({0} = {1})"},
      {boolean, {date, date}, "({0} >= {1})"},
      {boolean, {integer, integer}, "({0} IS DISTINCT FROM {1})"},
      {boolean, {text, text}, "({0} IS NOT DISTINCT FROM {1})"},
      {boolean, {integer, integer, integer}, "({0} BETWEEN {1} AND {2})"},
      {boolean, {decimal, decimal, decimal}, "({0} NOT BETWEEN {1} AND {2})"},
      {boolean, {integer}, "({0} IN (1, 3, 5, 100000))"},
      {boolean, {integer}, "({0} NOT IN (1, 2, CAST(NULL AS INT)))"},
      {boolean, {text}, "({0} IN ('a', 'ab', 'x'))"},
      {boolean, {text}, "({0} NOT IN ('', 'abc'))"},
      {boolean, {text}, "({0} LIKE 'a%')"},
      {boolean, {text}, "({0} LIKE '_b%')"},
      {boolean, {text}, "({0} NOT LIKE '%a%b%')"},
      {boolean, {text}, "({0} LIKE '%!%%' ESCAPE '!')"},
      {boolean, {text, text}, "STARTSWITH({0}, {1})", "starts_with({0}, {1})"},
      {boolean, {text}, "REGEXP({0}, '^a.*b')", "regexp_matches({0}, '^a.*b')"},

      {integer, {integer, integer}, "({0} + {1})"},
      {integer, {integer, integer}, "({0} - {1})"},
      {integer, {integer, integer}, "({0} * {1})"},
      {integer, {integer}, "(- {0})"},
      {integer, {integer, integer}, "({0} / NULLIF({1}, 0))", "({0} // NULLIF({1}, 0))"},
      {integer, {integer, integer}, "MOD({0}, NULLIF({1}, 0))"},
      {integer, {integer}, "ABS({0})"},
      {integer, {integer}, "SIGN({0})", "CAST(sign({0}) AS INTEGER)"},
      {integer, {boolean, integer, integer}, "CASE WHEN {0} THEN {1} ELSE {2} END"},
      {integer, {boolean, integer}, "CASE WHEN {0} THEN {1} END"},
      {integer, {integer, integer, integer}, "CASE {0} WHEN 1 THEN {1} WHEN 2 THEN 7 ELSE {2} END"},
      {integer, {integer, integer}, "COALESCE({0}, {1})"},
      {integer, {integer, integer}, "NULLIF({0}, {1})"},
      {integer, {integer, integer}, "IFNULL({0}, {1})"},
      {integer, {boolean, integer, integer}, "IF({0}, {1}, {2})"},
      {integer,
       {integer, integer},
       "GREATEST({0}, {1})",
       "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN greatest({0}, {1}) END"},
      {integer,
       {integer, integer},
       "LEAST({0}, {1})",
       "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN least({0}, {1}) END"},
      {integer, {text}, "CHAR_LENGTH({0})", "CAST(length({0}) AS INTEGER)"},
      {integer, {text}, "POSITION('b' IN {0})", "CAST(position('b' IN {0}) AS INTEGER)"},
      {integer, {bigint}, "CAST(MOD({0}, 1000) AS INT)"},
      {integer, {real}, "CAST({0} AS INT)", "CAST(trunc({0}) AS INTEGER)"},
      {integer, {decimal}, "CAST({0} AS INT)", "CAST(trunc({0}) AS INTEGER)"},
      {integer, {text}, "TRY_CAST({0} AS INT)"},
      {integer,
       {time, time},
       "TIMESTAMPDIFF(HOUR, {0}, {1})",
       "CAST(date_sub('hour', {0}, {1}) AS INTEGER)"},
      {integer,
       {time, time},
       "TIMESTAMPDIFF(DAY, {0}, {1})",
       "CAST(date_sub('day', {0}, {1}) AS INTEGER)"},

      {bigint, {bigint, bigint}, "({0} + {1})"},
      {bigint, {bigint, integer}, "({0} - {1})"},
      {bigint, {integer, bigint}, "({0} * {1})"},
      {bigint, {bigint, bigint}, "({0} / NULLIF({1}, 0))", "({0} // NULLIF({1}, 0))"},
      {bigint, {bigint}, "ABS({0})"},
      {bigint, {integer}, "CAST({0} AS BIGINT)"},
      {bigint, {bigint, integer}, "COALESCE({0}, {1})"},
      {bigint, {boolean, bigint, integer}, "CASE WHEN {0} THEN {1} ELSE {2} END"},
      {bigint, {time}, "EXTRACT(YEAR FROM {0})"},
      {bigint, {time}, "EXTRACT(MONTH FROM {0})"},
      {bigint, {time}, "EXTRACT(DAY FROM {0})"},
      {bigint, {time}, "EXTRACT(HOUR FROM {0})"},
      {bigint, {time}, "EXTRACT(MINUTE FROM {0})"},
      {bigint, {time}, "EXTRACT(SECOND FROM {0})"},
      {bigint, {date}, "EXTRACT(QUARTER FROM {0})"},
      {bigint, {date}, "EXTRACT(DOY FROM {0})"},
      {bigint, {date}, "EXTRACT(WEEK FROM {0})"},
      {bigint, {date}, "EXTRACT(DOW FROM {0})", "(EXTRACT(DOW FROM {0}) + 1)"},
      {bigint, {date}, "DAYOFMONTH({0})"},

      {real, {real, real}, "({0} + {1})"},
      {real, {real, integer}, "({0} - {1})"},
      {real, {real}, "({0} * 2)"},
      {real, {real}, "(- {0})"},
      {real, {real}, "ABS({0})"},
      {real, {real}, "FLOOR({0})"},
      {real, {real}, "CEIL({0})"},
      {real, {integer}, "CAST({0} AS DOUBLE)"},
      {real, {real, real}, "COALESCE({0}, {1})"},
      {real, {real, real}, "NULLIF({0}, {1})"},
      {real, {boolean, real, real}, "CASE WHEN {0} THEN {1} ELSE {2} END"},

      {decimal, {decimal, decimal}, "({0} + {1})"},
      {decimal, {decimal, decimal}, "({0} - {1})"},
      {decimal, {decimal}, "(- {0})"},
      {decimal, {decimal}, "ABS({0})"},
      {decimal, {integer}, "CAST(MOD({0}, 1000) AS DECIMAL(10, 2))"},
      {decimal, {decimal, decimal}, "COALESCE({0}, {1})"},
      {decimal, {decimal, decimal}, "NULLIF({0}, {1})"},
      {decimal, {boolean, decimal, decimal}, "CASE WHEN {0} THEN {1} ELSE {2} END"},
      {decimal, {decimal}, "CAST({0} AS DECIMAL(12, 1))"},
      {decimal, {decimal}, "FLOOR({0})"},
      {decimal, {decimal}, "CEIL({0})"},
      {decimal, {decimal}, "ROUND({0}, 1)"},
      {decimal, {real}, "CAST({0} AS DECIMAL(10, 2))"},

      {text, {text, text}, "({0} || {1})"},
      {text, {text}, "UPPER({0})"},
      {text, {text}, "LOWER({0})"},
      {text, {text}, "SUBSTRING({0} FROM 2)"},
      {text, {text}, "SUBSTRING({0} FROM 1 FOR 2)"},
      {text, {text}, "TRIM({0})"},
      {text, {text}, "REPLACE({0}, 'a', 'cc')"},
      {text, {text}, "REVERSE({0})"},
      {text, {text}, "LEFT({0}, 2)"},
      {text, {text}, "RIGHT({0}, 1)"},
      {text, {text}, "LPAD({0}, 4, '.-')"},
      {text, {text}, "RPAD({0}, 3, '*')"},
      {text, {text}, "REPEAT({0}, 2)"},
      {text, {text}, "MD5({0})"},
      {text,
       {text},
       "REGEXP_REPLACE({0}, '[ab]+', '<>')",
       "regexp_replace({0}, '[ab]+', '<>', 'g')"},
      {text, {text, text}, "COALESCE({0}, {1})"},
      {text, {text}, "NULLIF({0}, '')"},
      {text, {boolean, text, text}, "CASE WHEN {0} THEN {1} ELSE {2} END"},
      {text, {integer}, "CAST({0} AS STRING)"},
      {text, {boolean}, "CAST({0} AS STRING)", "upper(CAST({0} AS VARCHAR))"},
      {text, {date}, "CAST({0} AS STRING)"},
      {text,
       {time},
       "DATE_FORMAT({0}, 'yyyy/MM/dd HH:mm:ss')",
       "strftime({0}, '%Y/%m/%d %H:%M:%S')"},

      {time, {time}, "({0} + INTERVAL '90' SECOND)"},
      {time, {time}, "({0} - INTERVAL '1' DAY)"},
      {time, {time}, "({0} + INTERVAL '1' MONTH)"},
      // Bare, DuckDB takes it for FALSE, not NULL, that such a NULL is a time between.
      {time, {time}, "FLOOR({0} TO MINUTE)", "(date_trunc('minute', {0}) + INTERVAL 0 SECOND)"},
      {time, {time}, "FLOOR({0} TO HOUR)", "(date_trunc('hour', {0}) + INTERVAL 0 SECOND)"},
      {time, {time}, "FLOOR({0} TO DAY)", "(date_trunc('day', {0}) + INTERVAL 0 SECOND)"},
      {time, {time, time}, "COALESCE({0}, {1})"},
      {time, {boolean, time, time}, "CASE WHEN {0} THEN {1} ELSE {2} END"},
      {time, {date}, "CAST({0} AS TIMESTAMP(3))", "CAST({0} AS TIMESTAMP)"},

      {date, {time}, "CAST({0} AS DATE)"},
      {date, {date}, "({0} + INTERVAL '1' DAY)", "CAST({0} + INTERVAL '1' DAY AS DATE)"},
      {date, {date}, "({0} - INTERVAL '1' MONTH)", "CAST({0} - INTERVAL '1' MONTH AS DATE)"},
      {date, {date, date}, "COALESCE({0}, {1})"},
      {date, {boolean, date, date}, "CASE WHEN {0} THEN {1} ELSE {2} END"},

      {rounded, {real}, "SQRT(ABS({0}))"},
      {rounded, {real, real}, "({0} * {1})"},
      {rounded, {real, real}, "({0} / NULLIF({1}, 0))"},
      {rounded, {decimal}, "CAST({0} AS DOUBLE)"},
      {rounded, {real}, "SIN({0})"},
      {rounded, {real}, "LN(ABS({0}) + 1)"},
      {rounded, {real}, "POWER({0}, 2)"},
      {rounded, {decimal, decimal}, "({0} * {1})"},
  };
  return kProductions;
}

Piece null_of(Sort sort) {
  return {.sort = sort,
          .flink = "CAST(NULL AS " + flink_type(sort) + ")",
          .duckdb = "CAST(NULL AS " + duckdb_type(sort) + ")",
          .parts = {}};
}

Piece leaf(Sort sort, const std::vector<Column>& scope, Random& random) {
  const Column* column = random.one_in(5) ? nullptr : random_column(sort, scope, random);
  return column != nullptr   ? verbatim(sort, column->name)
         : random.one_in(15) ? null_of(sort)
                             : random_literal(sort, random);
}

const Production& random_production(Sort sort, Random& random) {
  std::vector<const Production*> fitting;
  for (const Production& production : productions()) {
    if (production.sort == sort) {
      fitting.push_back(&production);
    }
  }
  return *fitting[random.below(fitting.size())];
}

// What gives one value of many.
const std::vector<Production>& aggregates() {
  using enum Sort;
  static const std::vector<Production> kAggregates{
      {bigint, {}, "COUNT(*)"},
      {bigint, {integer}, "COUNT({0})"},
      {bigint, {text}, "COUNT(DISTINCT {0})"},
      {bigint, {boolean}, "COUNT(*) FILTER (WHERE {0})"},
      {integer, {integer}, "SUM({0})", "CAST(SUM({0}) AS INTEGER)"},
      {bigint, {bigint}, "SUM({0})", "CAST(SUM({0}) AS BIGINT)"},
      {bigint, {bigint}, "SUM(DISTINCT {0})", "CAST(SUM(DISTINCT {0}) AS BIGINT)"},
      {real, {real}, "SUM({0})"},
      {real, {real, boolean}, "SUM({0}) FILTER (WHERE {1})"},
      {decimal, {decimal}, "SUM({0})"},
      {integer,
       {integer},
       "AVG({0})",
       "CAST(CAST(SUM({0}) AS BIGINT) // NULLIF(COUNT({0}), 0) AS INTEGER)"},
      {rounded, {real}, "AVG({0})"},
      {integer, {integer}, "MIN({0})"},
      {integer, {integer, boolean}, "MAX({0}) FILTER (WHERE {1})"},
      {bigint, {bigint}, "MAX({0})"},
      {real, {real}, "MIN({0})"},
      {decimal, {decimal}, "MAX({0})"},
      {text, {text}, "MIN({0})"},
      {text, {text}, "MAX({0})"},
      {time, {time}, "MAX({0})"},
      {date, {date}, "MIN({0})"},
  };
  return kAggregates;
}

Piece call(const Production& production, const std::vector<Column>& scope, int depth,
           Random& random) {
  Piece piece{
      .sort = production.sort, .flink = production.flink, .duckdb = production.duckdb, .parts = {}};
  piece.parts.reserve(kMostParts);
  for (const Sort part : production.parts) {
    piece.parts.push_back(random_expression(part, scope, depth, random));
  }
  return piece;
}

}  // namespace

Piece verbatim(Sort sort, std::string text) {
  return {.sort = sort, .flink = std::move(text), .duckdb = "", .parts = {}};
}

const Column* random_column(Sort sort, const std::vector<Column>& scope, Random& random) {
  std::vector<const Column*> fitting;
  for (const Column& column : scope) {
    if (column.sort == sort) {
      fitting.push_back(&column);
    }
  }
  return fitting.empty() ? nullptr : fitting[random.below(fitting.size())];
}

Sort random_sort(Random& random) { return static_cast<Sort>(random.below(kValueSorts)); }

Sort random_shown_sort(Random& random) {
  return random.one_in(10) ? Sort::rounded : random_sort(random);
}

Piece random_expression(Sort sort, const std::vector<Column>& scope, int depth, Random& random) {
  if (sort != Sort::rounded && (depth == 0 || random.one_in(3))) {
    return leaf(sort, scope, random);
  }
  return call(random_production(sort, random), scope, depth > 0 ? depth - 1 : 0, random);
}

Piece random_aggregate(const std::vector<Column>& scope, Distinct distinct, Random& random) {
  while (true) {
    const Production& production = aggregates()[random.below(aggregates().size())];
    const bool fits = std::string_view(production.flink).find("DISTINCT") == std::string::npos;
    if (fits || distinct == Distinct::some) {
      return call(production, scope, static_cast<int>(random.below(2)), random);
    }
  }
}

}  // namespace millrace::random_queries
