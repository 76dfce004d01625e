package io.endomesh.javaagent;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.access.AccessFilter;
import io.endomesh.dataplane.access.AccessRecord;
import io.endomesh.dataplane.access.AccessRecords;
import io.endomesh.dataplane.access.Watch;
import io.endomesh.xds.runtime.Log;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes records of calls as lines of JSON, on a thread of its own: a disk that is slow or full
 * costs records, never a call. Thread-safe.
 */
final class AccessLog {

  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private static final int MAX_PER_SECOND = 1_000;

  private final Watch watch;
  private final Map<String, String> resource = new LinkedHashMap<>();
  private final String place;
  private final Log log;
  private final Thread thread = new AgentThread(this::run, "access-log");
  private volatile boolean closing;
  // By the thread only.
  private @Nullable FileOutputStream out;
  private boolean complained;
  private long toldLeftOut;

  private AccessLog(String place, double share, Workload workload, Log log) {
    this.place = place;
    this.log = log;
    resource.put("service.namespace", workload.namespace());
    resource.put("service.name", workload.service());
    resource.put("service.instance.id", workload.instance());
    this.watch =
        new Watch(
            share == 1 ? AccessFilter.ALL : AccessFilter.sample(share),
            List.of(),
            List.of(),
            MAX_PER_SECOND,
            System::nanoTime);
  }

  /**
   * @param place {@code stdout} or a file, which is appended to
   */
  static AccessLog start(
      String place, double share, Workload workload, AccessRecords records, Log log) {
    AccessLog started = new AccessLog(place, share, workload, log);
    records.log(started.watch);
    started.thread.start();
    return started;
  }

  /** Writes what is left, for no longer than this. */
  void close(long patienceMillis) throws InterruptedException {
    closing = true;
    LockSupport.unpark(thread);
    thread.join(patienceMillis);
  }

  private void run() {
    while (!closing) {
      write();
      LockSupport.parkNanos(this, PERIOD_NANOS);
    }
    write();
  }

  private void write() {
    StringBuilder lines = new StringBuilder();
    for (AccessRecord record : watch.take(Integer.MAX_VALUE)) {
      lines.append(record.json(resource)).append('\n');
    }
    try {
      if (lines.length() > 0) {
        // In one piece, so that workloads of one JVM can share a file.
        out().write(lines.toString().getBytes(StandardCharsets.UTF_8));
      }
      tellLeftOut();
    } catch (IOException | RuntimeException e) {
      if (!complained) {
        complained = true;
        log.warn("access-log: " + place + " cannot be written (" + e + "); records are lost");
      }
    }
  }

  private FileOutputStream out() throws IOException {
    FileOutputStream open = out;
    if (open == null) {
      open = place.equals("stdout") ? new FileOutputStream(FileDescriptor.out) : file();
      out = open;
    }
    return open;
  }

  /** Its owner's alone, if it is new. */
  private FileOutputStream file() throws IOException {
    File file = new File(place);
    if (file.createNewFile()) {
      file.setReadable(false, false);
      file.setReadable(true, true);
    }
    return new FileOutputStream(file, /* append= */ true);
  }

  private void tellLeftOut() {
    long leftOut = watch.leftOut();
    if (leftOut > 0 && toldLeftOut == 0) {
      toldLeftOut = leftOut;
      log.warn(
          "access-log: more than "
              + MAX_PER_SECOND
              + " calls a second; the rest is left out (access-log.sampling lowers the share)");
    }
  }
}
