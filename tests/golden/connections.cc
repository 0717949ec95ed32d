#include "golden/connections.h"

namespace millrace::golden {

static const catalog::OptionDescription kStreamOptions[] = {{.key = "topic", .required = true},
                                                            {.key = "rows", .type = "integer"}};
static const catalog::OptionDescription kStreamMetadata[] = {
    {.key = "partition", .type = "INT"},
    {.key = "offset", .type = "BIGINT"},
    {.key = "timestamp", .type = "TIMESTAMP_LTZ(3)"}};
static const catalog::ConnectorDescription kConnectors[] = {
    {.name = "stream",
     .can_read = true,
     .can_write = true,
     .options = kStreamOptions,
     .metadata = kStreamMetadata},
    {.name = "lake", .can_read = false, .can_write = true, .overwrites = true},
    {.name = "keyed", .can_write = true, .takes = catalog::Changes::upserts},
    {.name = "upserts", .can_read = true, .gives = catalog::Changes::upserts},
    {.name = "log", .can_write = true, .takes = catalog::Changes::all},
    {.name = "directory", .can_read = true, .look_ups = catalog::LookUps::always},
    {.name = "endless", .can_read = true, .ends = [](const catalog::Table&) { return false; }},
    {.name = "clock", .can_read = true, .can_write = false},
    {.name = "records", .can_read = true, .takes_format = true}};
static const catalog::ConnectorDescription kFormats[] = {
    {.name = "tree", .can_read = true, .reads_members = true}, {.name = "flat", .can_read = true}};

catalog::Connections connections() { return {kConnectors, kFormats}; }

}  // namespace millrace::golden
