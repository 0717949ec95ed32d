package millrace.functions;

import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.TableFunction;
import org.apache.flink.types.Row;

/** words() of examples/functions/words.c. */
@FunctionHint(output = @DataTypeHint("ROW<word STRING NOT NULL, place INT NOT NULL>"))
public class Words extends TableFunction<Row> {
  @FunctionHint(
      arguments = {
        @ArgumentHint(name = "line", type = @DataTypeHint("STRING")),
        @ArgumentHint(name = "mark", type = @DataTypeHint("STRING"))
      })
  public void eval(String line, String mark) {
    if (line == null || mark == null) {
      return;
    }
    int place = 0;
    int begin = 0;
    for (int end = 0; end <= line.length(); ++end) {
      if (end < line.length() && line.charAt(end) != mark.charAt(0)) {
        continue;
      }
      if (end > begin) {
        collect(Row.of(line.substring(begin, end), ++place));
      }
      begin = end + 1;
    }
  }
}
