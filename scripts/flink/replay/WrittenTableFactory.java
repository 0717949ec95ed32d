package millrace.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.RuntimeConverter;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.sink.SinkV2Provider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;

/** 'connector' = 'written': changes as lines of a file, in the order in which a sink gets them. */
public final class WrittenTableFactory implements DynamicTableSinkFactory {
  private static final ConfigOption<String> PATH =
      ConfigOptions.key("path").stringType().noDefaultValue();
  private static final ConfigOption<String> CHANGELOG =
      ConfigOptions.key("changelog").stringType().defaultValue("append");

  @Override
  public String factoryIdentifier() {
    return "written";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(PATH);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(CHANGELOG);
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    helper.validate();
    return new WrittenTable(
        helper.getOptions().get(PATH),
        modeOf(helper.getOptions().get(CHANGELOG)),
        context.getPhysicalRowDataType());
  }

  private static ChangelogMode modeOf(String name) {
    switch (name) {
      case "append":
        return ChangelogMode.insertOnly();
      case "retract":
        return ChangelogMode.all();
      case "upsert":
        return ChangelogMode.upsert(false);
      default:
        throw new IllegalArgumentException("unknown changelog: " + name);
    }
  }

  private record WrittenTable(String path, ChangelogMode mode, DataType type)
      implements DynamicTableSink {
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
      return mode;
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
      return SinkV2Provider.of(new Lines(path, context.createDataStructureConverter(type)), 1);
    }

    @Override
    public DynamicTableSink copy() {
      return new WrittenTable(path, mode, type);
    }

    @Override
    public String asSummaryString() {
      return "written to " + path;
    }
  }

  private record Lines(String path, DynamicTableSink.DataStructureConverter converter)
      implements Sink<RowData> {
    @Override
    public SinkWriter<RowData> createWriter(WriterInitContext context) {
      converter.open(RuntimeConverter.Context.create(Lines.class.getClassLoader()));
      return new Writer(path, converter);
    }
  }

  private record Writer(String path, DynamicTableSink.DataStructureConverter converter)
      implements SinkWriter<RowData> {
    @Override
    public void write(RowData row, Context context) throws IOException {
      Files.writeString(
          Path.of(path),
          text((Row) converter.toExternal(row)) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }

    private static String text(Row row) {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < row.getArity(); ++i) {
        fields.add(row.getField(i) == null ? "NULL" : row.getField(i).toString());
      }
      return row.getKind().shortString() + "[" + String.join(", ", fields) + "]";
    }

    @Override
    public void flush(boolean endOfInput) {}

    @Override
    public void close() {}
  }
}
