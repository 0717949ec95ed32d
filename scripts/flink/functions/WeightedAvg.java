package millrace.functions;

import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.AggregateFunction;

/** weighted_avg() of examples/functions/weights.c. */
public class WeightedAvg extends AggregateFunction<Double, WeightedAvg.Weights> {
  public static class Weights {
    public double sum = 0;
    public long weight = 0;
  }

  @Override
  public Weights createAccumulator() {
    return new Weights();
  }

  @FunctionHint(
      arguments = {
        @ArgumentHint(name = "value", type = @DataTypeHint("DOUBLE")),
        @ArgumentHint(name = "weight", type = @DataTypeHint("INT"))
      })
  public void accumulate(Weights state, Double value, Integer weight) {
    if (value != null && weight != null) {
      state.sum += value * weight;
      state.weight += weight;
    }
  }

  public void retract(Weights state, Double value, Integer weight) {
    if (value != null && weight != null) {
      state.sum -= value * weight;
      state.weight -= weight;
    }
  }

  public void merge(Weights state, Iterable<Weights> others) {
    for (Weights other : others) {
      state.sum += other.sum;
      state.weight += other.weight;
    }
  }

  @Override
  public Double getValue(Weights state) {
    return state.weight == 0 ? null : state.sum / state.weight;
  }
}
