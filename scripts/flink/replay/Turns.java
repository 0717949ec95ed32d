package millrace.replay;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the sources that replay one file in step. All of them run in one TaskManager. */
final class Turns {
  /** Sources of a job start within this time of each other. */
  private static final long GATHER_MS = 300;

  /** What a step's rows need to pass through all operators, on a busy machine. */
  private static final long SETTLE_MS = 60;

  private static final Map<String, Turns> RUNS = new ConcurrentHashMap<>();

  private int sources;
  private long lastJoined;
  private int ended;
  private int step;

  /** The path is new for each run. */
  static Turns join(String path) throws InterruptedException {
    Turns turns = RUNS.computeIfAbsent(path, ignored -> new Turns());
    turns.gather();
    return turns;
  }

  /** The step that is being read. */
  static int stepOf(String path) {
    Turns turns = RUNS.get(path);
    synchronized (turns) {
      return turns.step;
    }
  }

  private void gather() throws InterruptedException {
    synchronized (this) {
      ++sources;
      lastJoined = System.currentTimeMillis();
    }
    while (true) {
      long left;
      synchronized (this) {
        left = lastJoined + GATHER_MS - System.currentTimeMillis();
      }
      if (left <= 0) {
        return;
      }
      Thread.sleep(left);
    }
  }

  /** Waits until every source has ended the step and its rows are processed. */
  void end(int finished) throws InterruptedException {
    synchronized (this) {
      if (++ended == sources) {
        ended = 0;
        step = finished + 1;
        notifyAll();
      }
      while (step <= finished) {
        wait();
      }
    }
    Thread.sleep(SETTLE_MS);
  }
}
