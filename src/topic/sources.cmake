set(SOURCES partition.cc partition_append.cc partition_recovery.cc producers.cc segment.cc segment_files.cc store.cc syncer.cc)
set(TESTS crash_test.cc producers_test.cc store_test.cc)
