package millrace.functions;

import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.AggregateFunction;

/** longest() of examples/functions/weights.c. */
public class Longest extends AggregateFunction<String, Longest.Kept> {
  public static class Kept {
    public String text = null;
  }

  @Override
  public Kept createAccumulator() {
    return new Kept();
  }

  @FunctionHint(arguments = @ArgumentHint(name = "text", type = @DataTypeHint("STRING")))
  public void accumulate(Kept state, String text) {
    if (text != null && (state.text == null || text.length() > state.text.length())) {
      state.text = text;
    }
  }

  public void merge(Kept state, Iterable<Kept> others) {
    for (Kept other : others) {
      accumulate(state, other.text);
    }
  }

  @Override
  public String getValue(Kept state) {
    return state.text;
  }
}
