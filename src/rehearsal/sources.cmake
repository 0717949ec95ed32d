set(SOURCES machine.cc producer.cc rehearsal.cc script.cc)
set(TESTS script_test.cc)
