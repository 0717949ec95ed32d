#pragma once

// What the log says about a data file's rows, so that readers can pass files over.
// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics

#include <span>
#include <string>

#include "column/batch.h"

namespace millrace::delta {

// JSON: numRecords, and for the first 32 columns minValues, maxValues and nullCount. Columns are of
// stored types. Long strings are cut: the lower bound down, the upper bound up. Timestamps are
// widened to milliseconds, which is all that other readers trust.
std::string statistics_json(const Schema& schema, std::span<const Batch> batches);

}  // namespace millrace::delta
