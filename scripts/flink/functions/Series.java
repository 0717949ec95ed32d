package millrace.functions;

import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.TableFunction;
import org.apache.flink.types.Row;

/** series() of examples/functions/words.c. */
@FunctionHint(output = @DataTypeHint("ROW<n INT NOT NULL, half INT>"))
public class Series extends TableFunction<Row> {
  @FunctionHint(
      arguments = {
        @ArgumentHint(name = "first", type = @DataTypeHint("INT")),
        @ArgumentHint(name = "last", type = @DataTypeHint("INT"))
      })
  public void eval(Integer first, Integer last) {
    if (first == null || last == null) {
      return;
    }
    for (int number = first; number <= last; ++number) {
      collect(Row.of(number, number % 2 == 0 ? number / 2 : null));
    }
  }
}
