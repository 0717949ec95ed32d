// The runner of all unit tests: millrace_unit_tests --help lists its options, such as
// --test-case='*watermark*'.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
