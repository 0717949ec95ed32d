package millrace.replay;

import java.util.Arrays;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.legacy.table.connector.source.SourceFunctionProvider;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/**
 * 'connector' = 'replay': rows of several tables from one file, in the order of its lines.
 *
 * <p>Two file sources of one job run side by side, so which row of a join comes first is chance.
 * Here a line is read only when all lines before it have been processed, whichever table they are
 * for, which makes changelogs of joins repeatable. A line is: step, table, row kind, record.
 */
public final class ReplayTableFactory implements DynamicTableSourceFactory {
  private static final ConfigOption<String> PATH =
      ConfigOptions.key("path").stringType().noDefaultValue();
  private static final ConfigOption<String> TABLE =
      ConfigOptions.key("table").stringType().noDefaultValue();
  private static final ConfigOption<String> CHANGELOG =
      ConfigOptions.key("changelog").stringType().defaultValue("append");

  private static final ConfigOption<Boolean> LOOKUP =
      ConfigOptions.key("lookup").booleanType().defaultValue(false);

  @Override
  public String factoryIdentifier() {
    return "replay";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(PATH, TABLE, FactoryUtil.FORMAT);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(CHANGELOG, LOOKUP);
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    DecodingFormat<DeserializationSchema<RowData>> format =
        helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
    helper.validate();
    if (helper.getOptions().get(LOOKUP)) {
      return new LookedUp(
          helper.getOptions().get(PATH),
          helper.getOptions().get(TABLE),
          format,
          context.getPhysicalRowDataType());
    }
    return new Source(
        helper.getOptions().get(PATH),
        helper.getOptions().get(TABLE),
        modeOf(helper.getOptions().get(CHANGELOG)),
        format,
        context.getPhysicalRowDataType());
  }

  private static ChangelogMode modeOf(String name) {
    switch (name) {
      case "append":
        return ChangelogMode.insertOnly();
      case "retract":
        return ChangelogMode.all();
      case "upsert":
        return ChangelogMode.newBuilder()
            .addContainedKind(RowKind.UPDATE_AFTER)
            .addContainedKind(RowKind.DELETE)
            .build();
      default:
        throw new IllegalArgumentException("unknown changelog: " + name);
    }
  }

  private record Source(
      String path,
      String table,
      ChangelogMode mode,
      DecodingFormat<DeserializationSchema<RowData>> format,
      DataType type)
      implements ScanTableSource {
    @Override
    public ChangelogMode getChangelogMode() {
      return mode;
    }

    @Override
    public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
      ReplaySource source = new ReplaySource(path, table, format.createRuntimeDecoder(context, type));
      return SourceFunctionProvider.of(source, true, 1);
    }

    @Override
    public DynamicTableSource copy() {
      return new Source(path, table, mode, format, type);
    }

    @Override
    public String asSummaryString() {
      return "replay of " + table;
    }
  }

  /** 'lookup' = 'true': for joins FOR SYSTEM_TIME AS OF a time of processing, and nothing else. */
  private record LookedUp(
      String path,
      String table,
      DecodingFormat<DeserializationSchema<RowData>> format,
      DataType type)
      implements LookupTableSource {
    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
      int[] keys = Arrays.stream(context.getKeys()).mapToInt(key -> key[0]).toArray();
      return LookupFunctionProvider.of(
          new ReplayLookup(
              path,
              table,
              format.createRuntimeDecoder(context, type),
              keys,
              (RowType) type.getLogicalType()));
    }

    @Override
    public DynamicTableSource copy() {
      return new LookedUp(path, table, format, type);
    }

    @Override
    public String asSummaryString() {
      return "replay of " + table;
    }
  }
}
