set(SOURCES alterations.cc calls.cc children.cc definition_printer.cc definitions.cc
  expression_printer.cc expressions.cc jdbc_escapes.cc json_functions.cc keywords.cc lexer.cc match_recognize.cc name_printer.cc
  names.cc operators.cc parser.cc queries.cc query_printer.cc show.cc special_forms.cc
  statement_printer.cc statements.cc table_definitions.cc tables.cc token_stream.cc types.cc
  windows.cc)
set(TESTS parser_depth_test.cc parser_test.cc)
