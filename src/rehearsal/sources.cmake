set(SOURCES
  collected.cc
  crashes.cc
  find_scripts.cc
  machine.cc
  producer.cc
  rehearsal.cc
  script.cc
  stepped_run.cc)
set(TESTS script_test.cc)
