package io.endomesh.controller.forward;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reports that wait to be sent, oldest first, so many bytes of them. Not thread-safe. */
final class Waiting {

  private final long maxBytes;
  private final Map<String, Report> reports = new LinkedHashMap<>();
  private long bytes;
  private long numbered;

  Waiting(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * @return how many items were dropped for want of room; what a newer report replaces is not
   */
  int put(Report report) {
    String key = report.key().isEmpty() ? "#" + numbered++ : report.key();
    Report older = reports.get(key);
    long more = report.body().length - (older == null ? 0 : older.body().length);
    if (bytes + more > maxBytes) {
      return report.items();
    }
    reports.put(key, report);
    bytes += more;
    return 0;
  }

  boolean isEmpty() {
    return reports.isEmpty();
  }

  long bytes() {
    return bytes;
  }

  /** As many as one request takes; one at least, if there is one. */
  List<Report> take(int maxRequestBytes) {
    List<Report> taken = new ArrayList<>();
    int size = 0;
    Iterator<Report> all = reports.values().iterator();
    while (all.hasNext()) {
      Report report = all.next();
      if (!taken.isEmpty() && size + report.body().length > maxRequestBytes) {
        break;
      }
      size += report.body().length;
      bytes -= report.body().length;
      taken.add(report);
      all.remove();
    }
    return taken;
  }
}
