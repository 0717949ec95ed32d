package millrace.replay;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.source.legacy.RichSourceFunction;
import org.apache.flink.table.data.RowData;
import org.apache.flink.types.RowKind;

/** Reads one table's lines of a replayed file, each in its turn. */
public final class ReplaySource extends RichSourceFunction<RowData> {
  private static final long serialVersionUID = 1;

  private final String path;
  private final String table;
  private final DeserializationSchema<RowData> decoder;
  private volatile boolean cancelled;

  public ReplaySource(String path, String table, DeserializationSchema<RowData> decoder) {
    this.path = path;
    this.table = table;
    this.decoder = decoder;
  }

  @Override
  public void open(OpenContext context) throws Exception {
    decoder.open(
        RuntimeContextInitializationContextAdapters.deserializationAdapter(getRuntimeContext()));
  }

  @Override
  public void run(SourceContext<RowData> out) throws Exception {
    Turns turns = Turns.join(path);
    int step = 0;
    for (String line : Files.readAllLines(Path.of(path))) {
      String[] parts = line.split("\t", 4);
      for (; step < Integer.parseInt(parts[0]); ++step) {
        turns.end(step);
      }
      if (parts[1].equals(table)) {
        emit(parts[2], parts[3], out);
      }
      if (cancelled) {
        return;
      }
    }
    turns.end(step);
  }

  private void emit(String kind, String record, SourceContext<RowData> out) throws Exception {
    java.util.List<RowData> rows = new java.util.ArrayList<>();
    decoder.deserialize(record.getBytes(StandardCharsets.UTF_8), new ListCollector<>(rows));
    for (RowData row : rows) {
      row.setRowKind(kindOf(kind));
      out.collect(row);
    }
  }

  private static RowKind kindOf(String text) {
    for (RowKind kind : RowKind.values()) {
      if (kind.shortString().equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown row kind: " + text);
  }

  @Override
  public void cancel() {
    cancelled = true;
  }
}
