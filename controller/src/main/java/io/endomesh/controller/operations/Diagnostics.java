package io.endomesh.controller.operations;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.Version;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadInfo;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** How the process does: {@code GET /api/v1/diagnostics}. It holds no secret. Thread-safe. */
@Blocking
public final class Diagnostics implements ControllerPart {

  private final ControllerContext context;
  private final Readiness readiness;

  public Diagnostics(ControllerContext context, Readiness readiness) {
    this.context = context;
    this.readiness = readiness;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  @Get("/diagnostics")
  public HttpResponse diagnostics() throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", Version.current())
        .put("java", System.getProperty("java.vm.version"))
        .put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .put("startedAt", context.startedAt().toString());
    json.set("readiness", readiness.json());
    json.set("settings", settings(context.options()));
    json.set("heap", memory(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage()));
    json.set("nonHeap", memory(ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage()));
    json.set("disk", disk(context.options().dataDir()));
    ArrayNode threads = json.putArray("threads");
    for (ThreadInfo thread :
        ManagementFactory.getThreadMXBean()
            .dumpAllThreads(/* lockedMonitors= */ true, /* lockedSynchronizers= */ true)) {
      threads.add(thread.toString());
    }
    ArrayNode log = json.putArray("log");
    ControllerLog.recent().forEach(log::add);
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, Redaction.json(json).toString());
  }

  /** Where secrets are, never what they are. */
  private static ObjectNode settings(ControllerOptions options) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("bind", options.host())
        .put("port", options.port())
        .put("advertise", options.advertisedAddress())
        .put("dataDir", options.dataDir().toString())
        .put("trustDomain", options.trustDomain())
        .put("leaseTtl", options.leaseTtl().toString())
        .put("workloadTtl", options.workloadTtl().toString())
        .put("drainTimeout", options.drainTimeout().toString())
        .put("login", options.loginRequired())
        .put("authority", options.authority().getClass().getSimpleName())
        .put("sealed", options.sealedBy() != null)
        .put("provider", options.oidc() != null)
        .put("plaintextXds", options.plaintextXds())
        .put("store", options.etcd() == null ? "sqlite" : options.etcd().toString());
  }

  private static ObjectNode memory(MemoryUsage usage) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("usedBytes", usage.getUsed())
        .put("committedBytes", usage.getCommitted())
        .put("maxBytes", usage.getMax());
  }

  private static ObjectNode disk(Path dataDir) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("usableBytes", Files.getFileStore(dataDir).getUsableSpace());
    json.set("files", files(dataDir));
    return json;
  }

  /** Sizes of what is in a data directory; nothing of what is in the files. */
  public static ObjectNode files(Path dataDir) throws IOException {
    ObjectNode files = JsonNodeFactory.instance.objectNode();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(dataDir)) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry)) {
          files.put(String.valueOf(entry.getFileName()), Files.size(entry));
        }
      }
    }
    return files;
  }
}
