set(SOURCES
  cleaner.cc compaction.cc listeners.cc open_files.cc partition.cc partition_append.cc partition_clean.cc partition_recovery.cc
  producers.cc recovery_point.cc segment.cc segment_files.cc settings.cc store.cc syncer.cc)
set(TESTS clean_test.cc cleaner_test.cc crash_test.cc open_files_test.cc producers_test.cc readers_test.cc store_test.cc)
