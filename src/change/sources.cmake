set(SOURCES comparison.cc difference.cc dropping.cc in_force.cc run.cc sameness.cc switch.cc versions.cc)
set(TESTS comparison_test.cc difference_test.cc in_force_test.cc switch_test.cc versions_test.cc)
