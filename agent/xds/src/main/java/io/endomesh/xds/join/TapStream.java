package io.endomesh.xds.join;

import io.endomesh.dataplane.access.AccessFilter;
import io.endomesh.dataplane.access.AccessRecord;
import io.endomesh.dataplane.access.AccessRecords;
import io.endomesh.dataplane.access.Watch;
import io.endomesh.proto.v1.Tap;
import io.endomesh.proto.v1.TapReport;
import io.endomesh.proto.v1.Taps;
import io.endomesh.proto.v1.WorkloadMessage;
import io.endomesh.xds.runtime.Serial;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells the controller of calls for as long as somebody there looks, and never longer than it said.
 * Not thread-safe: runs on the control thread.
 */
final class TapStream {

  private static final long PERIOD_NANOS = 100_000_000;

  /** Reports without a record are sent each tenth time: they tell what was seen. */
  private static final int QUIET_PERIODS = 10;

  /** Eight people, and the share that the controller keeps. */
  private static final int MAX_TAPS = 9;

  private static final int MAX_NAMES = 16;

  private static final int MAX_RECORDS = 100;

  private static final long MAX_TTL_SECONDS = 60;

  private final AccessRecords records;
  private final Serial serial;
  private final Map<Tap, Watch> watches = new LinkedHashMap<>();
  private @Nullable Consumer<WorkloadMessage> stream;
  private Serial.@Nullable Timer timer;
  private long endsNanos;
  private int quiet;

  TapStream(AccessRecords records, Serial serial) {
    this.records = records;
    this.serial = serial;
  }

  void received(Taps wanted, Consumer<WorkloadMessage> out) {
    long seconds = Math.min(MAX_TTL_SECONDS, wanted.getTtl().getSeconds());
    endsNanos = serial.nanoTime() + seconds * 1_000_000_000;
    stream = out;
    List<Tap> taps = wanted.getTapsList();
    taps = taps.subList(0, Math.min(MAX_TAPS, taps.size()));
    watches.keySet().retainAll(taps);
    for (Tap tap : taps) {
      watches.computeIfAbsent(tap, this::watch);
    }
    records.taps(new ArrayList<>(watches.values()));
    if (watches.isEmpty()) {
      end();
    } else {
      // At once: it tells that this agent knows what a tap is.
      report(true);
      if (timer == null) {
        timer = serial.schedule(this::tick, PERIOD_NANOS);
      }
    }
  }

  void end() {
    watches.clear();
    records.taps(List.of());
    stream = null;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void tick() {
    if (serial.nanoTime() - endsNanos >= 0) {
      end();
      return;
    }
    quiet++;
    report(quiet >= QUIET_PERIODS);
    timer = serial.schedule(this::tick, PERIOD_NANOS);
  }

  private void report(boolean all) {
    if (all) {
      quiet = 0;
    }
    watches.forEach(
        (tap, watch) -> {
          List<AccessRecord> taken = watch.take(MAX_RECORDS);
          if (stream != null && (all || !taken.isEmpty())) {
            TapReport.Builder report =
                TapReport.newBuilder()
                    .setId(tap.getId())
                    .setSeen(watch.seen())
                    .setMatched(watch.matched())
                    .setLeftOut(watch.leftOut());
            taken.forEach(record -> report.addRecords(record.json()));
            stream.accept(WorkloadMessage.newBuilder().setTapped(report).build());
          }
        });
  }

  private Watch watch(Tap tap) {
    var slower = tap.getSlowerThan();
    return new Watch(
        new AccessFilter(
            tap.getSide(),
            tap.getRoute(),
            tap.getMethod(),
            tap.getPath(),
            tap.getStatusFrom(),
            tap.getStatusTo(),
            tap.getCaller(),
            tap.getDestination(),
            tap.getErrors(),
            slower.getSeconds() * 1_000_000_000 + slower.getNanos(),
            tap.getShare()),
        names(tap.getHeadersList()).stream().map(name -> name.toLowerCase(Locale.ROOT)).toList(),
        names(tap.getQueryList()),
        tap.getPerSecond(),
        serial::nanoTime);
  }

  private static List<String> names(List<String> wanted) {
    return wanted.subList(0, Math.min(MAX_NAMES, wanted.size()));
  }
}
