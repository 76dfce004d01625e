package io.endomesh.controller.tap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.util.Durations;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.TapReport;
import io.endomesh.proto.v1.Taps;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings together who looks and the workloads that are looked at. A workload is asked for as long
 * as somebody looks, and for no longer. Thread-safe.
 */
public final class TapHub {

  /** An agent takes these, and the share that is kept. */
  static final int MAX_VIEWERS = 8;

  /** Until a workload stops by itself; asked again well before. */
  private static final long TTL_SECONDS = 30;

  /** An agent sends 100 at most. */
  private static final int MAX_RECORDS = 100;

  private static final int MAX_RECORD_CHARS = 32 << 10;

  private static final int MAX_FIELDS = 64;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final LongSupplier nanoTime;
  private final Clock clock;
  private final RecentRecords recent;
  private final Set<Line> lines = ConcurrentHashMap.newKeySet();
  // Changed under this; in the order of their coming.
  private final Set<Viewer> viewers = new LinkedHashSet<>();
  private final Map<String, Viewer> byId = new ConcurrentHashMap<>();
  private final int standing;
  private long lastId;

  /**
   * @param kept what is kept of records, told to somebody or not
   */
  public TapHub(AccessRecordOptions kept, LongSupplier nanoTime, Clock clock) {
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.recent = new RecentRecords(kept.bytes(), clock);
    if (kept.share() > 0) {
      add(TapQuery.sample(kept.share()), event -> {});
    }
    this.standing = viewers.size();
  }

  /** The stream of one workload that has joined. */
  public final class Line {
    final String namespace;
    final String service;
    final String instance;
    final String agentVersion;
    private final Consumer<ControllerMessage> out;

    private Line(
        String namespace,
        String service,
        String instance,
        String agentVersion,
        Consumer<ControllerMessage> out) {
      this.namespace = namespace;
      this.service = service;
      this.instance = instance;
      this.agentVersion = agentVersion;
      this.out = out;
    }

    /** It tells of calls. What nobody asked for is not looked at. */
    public void reported(TapReport report) {
      Viewer viewer = byId.get(report.getId());
      if (viewer == null || !viewer.wants(this)) {
        return;
      }
      viewer.counted(this, report);
      List<String> told = report.getRecordsList();
      for (String text : told.subList(0, Math.min(MAX_RECORDS, told.size()))) {
        String record = record(this, text);
        if (record != null && viewer.tell(record)) {
          recent.add(namespace + "/" + service, record);
        }
      }
    }

    /** Its stream is over. */
    public void close() {
      lines.remove(this);
      byId.values().forEach(viewer -> viewer.gone(this));
    }
  }

  /**
   * A workload has joined.
   *
   * @param out sends it a message; must be thread-safe, and not throw
   */
  public Line joined(
      String namespace,
      String service,
      String instance,
      String agentVersion,
      Consumer<ControllerMessage> out) {
    Line line = new Line(namespace, service, instance, agentVersion, out);
    lines.add(line);
    List<Viewer> looking = looking(line);
    if (!looking.isEmpty()) {
      ask(line, looking);
    }
    return line;
  }

  /** Null if too many look already. */
  @Nullable Viewer open(TapQuery query, Consumer<String> events) {
    Viewer viewer;
    synchronized (this) {
      if (viewers.size() - standing >= MAX_VIEWERS) {
        return null;
      }
      viewer = add(query, events);
    }
    askAll(viewer);
    return viewer;
  }

  private Viewer add(TapQuery query, Consumer<String> events) {
    Viewer viewer = new Viewer(String.valueOf(++lastId), query, events, nanoTime);
    viewers.add(viewer);
    byId.put(viewer.id, viewer);
    return viewer;
  }

  /** False if it was closed before. */
  boolean close(Viewer viewer) {
    synchronized (this) {
      if (!viewers.remove(viewer)) {
        return false;
      }
      byId.remove(viewer.id);
    }
    askAll(viewer);
    return true;
  }

  /** Goes on asking for those who look. To be called several times in {@link #TTL_SECONDS}. */
  void refresh() {
    for (Line line : lines) {
      List<Viewer> looking = looking(line);
      if (!looking.isEmpty()) {
        ask(line, looking);
      }
    }
  }

  List<Line> lines(Viewer viewer) {
    return lines.stream().filter(viewer::wants).toList();
  }

  RecentRecords recent() {
    return recent;
  }

  private void askAll(Viewer viewer) {
    for (Line line : lines) {
      if (viewer.wants(line)) {
        ask(line, looking(line));
      }
    }
  }

  private static void ask(Line line, List<Viewer> looking) {
    Taps.Builder taps = Taps.newBuilder().setTtl(Durations.fromSeconds(TTL_SECONDS));
    looking.forEach(viewer -> taps.addTaps(viewer.tap()));
    line.out.accept(ControllerMessage.newBuilder().setTaps(taps).build());
  }

  private synchronized List<Viewer> looking(Line line) {
    List<Viewer> looking = new ArrayList<>(viewers);
    looking.removeIf(viewer -> !viewer.wants(line));
    return looking;
  }

  /** Whose it is says its certificate, not the record. Null if it is none. */
  private @Nullable String record(Line line, String text) {
    if (text.length() > MAX_RECORD_CHARS) {
      return null;
    }
    JsonNode told;
    try {
      told = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return null;
    }
    if (!(told instanceof ObjectNode fields) || fields.size() > MAX_FIELDS) {
      return null;
    }
    for (JsonNode value : fields) {
      if (!value.isValueNode()) {
        return null;
      }
    }
    ObjectNode record = JSON.createObjectNode();
    record.setAll(fields);
    if (!isTime(record.path("time").asText())) {
      record.put("time", clock.instant().toString());
    }
    record.put("service.namespace", line.namespace);
    record.put("service.name", line.service);
    record.put("service.instance.id", line.instance);
    return record.toString();
  }

  private static boolean isTime(String text) {
    try {
      Instant.parse(text);
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
