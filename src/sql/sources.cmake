set(SOURCES calls.cc expressions.cc json_functions.cc keywords.cc lexer.cc names.cc operators.cc
  parser.cc queries.cc special_forms.cc statements.cc table_definitions.cc tables.cc
  token_stream.cc types.cc windows.cc)
set(TESTS parser_test.cc)
