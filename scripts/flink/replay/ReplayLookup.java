package millrace.replay;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.LookupFunction;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** Finds the rows that a table has by the lines of a replayed file whose turn has come. */
public final class ReplayLookup extends LookupFunction {
  private static final long serialVersionUID = 1;

  private final String path;
  private final String table;
  private final DeserializationSchema<RowData> decoder;
  private final int[] keys;
  private final RowType type;

  public ReplayLookup(
      String path,
      String table,
      DeserializationSchema<RowData> decoder,
      int[] keys,
      RowType type) {
    this.path = path;
    this.table = table;
    this.decoder = decoder;
    this.keys = keys;
    this.type = type;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    decoder.open(
        new DeserializationSchema.InitializationContext() {
          @Override
          public MetricGroup getMetricGroup() {
            return context.getMetricGroup();
          }

          @Override
          public UserCodeClassLoader getUserCodeClassLoader() {
            return SimpleUserCodeClassLoader.create(context.getUserCodeClassLoader());
          }
        });
  }

  @Override
  public Collection<RowData> lookup(RowData keyRow) throws IOException {
    List<RowData> found = new ArrayList<>();
    for (RowData row : rowsOf(Turns.stepOf(path))) {
      if (matches(row, keyRow)) {
        found.add(row);
      }
    }
    return found;
  }

  private List<RowData> rowsOf(int step) throws IOException {
    List<RowData> rows = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(path))) {
      String[] parts = line.split("\t", 4);
      if (Integer.parseInt(parts[0]) > step || !parts[1].equals(table)) {
        continue;
      }
      List<RowData> decoded = new ArrayList<>();
      decoder.deserialize(
          parts[3].getBytes(StandardCharsets.UTF_8), new ListCollector<>(decoded));
      for (RowData row : decoded) {
        row.setRowKind(RowKind.INSERT);
        if (parts[2].equals("+I") || parts[2].equals("+U")) {
          rows.add(row);
        } else {
          rows.remove(row);
        }
      }
    }
    return rows;
  }

  private boolean matches(RowData row, RowData keyRow) {
    for (int i = 0; i < keys.length; ++i) {
      Object value = RowData.createFieldGetter(type.getTypeAt(keys[i]), keys[i]).getFieldOrNull(row);
      Object key = RowData.createFieldGetter(type.getTypeAt(keys[i]), i).getFieldOrNull(keyRow);
      if (key == null || !Objects.equals(value, key)) {
        return false;
      }
    }
    return true;
  }
}
