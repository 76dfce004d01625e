package io.endomesh.controller.metrics;

import io.endomesh.controller.telemetry.LabelText;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Of the controller's own process, by the names that Prometheus's and OpenTelemetry's libraries
 * use. Stateless.
 */
final class ProcessMetrics {

  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMetrics() {}

  static void write(Exposition out) {
    var system = ManagementFactory.getOperatingSystemMXBean();
    if (system instanceof com.sun.management.OperatingSystemMXBean process) {
      out.single(Family.CPU, process.getProcessCpuTime() / 1e9);
    }
    out.single(Family.STARTED, ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3);
    long resident = residentBytes();
    if (resident > 0) {
      out.single(Family.RESIDENT, resident);
    }
    if (system instanceof com.sun.management.UnixOperatingSystemMXBean process) {
      out.single(Family.OPEN_FILES, process.getOpenFileDescriptorCount());
      out.single(Family.MAX_FILES, process.getMaxFileDescriptorCount());
    }
    memory(out);
    out.single(Family.THREADS, ManagementFactory.getThreadMXBean().getThreadCount());
    if (out.begin(Family.COLLECTIONS)) {
      for (GarbageCollectorMXBean one : ManagementFactory.getGarbageCollectorMXBeans()) {
        out.summary(
            Family.COLLECTIONS,
            new LabelText().put("jvm_gc_name", one.getName()),
            Math.max(0, one.getCollectionTime()) / 1e3,
            Math.max(0, one.getCollectionCount()));
      }
    }
  }

  private static void memory(Exposition out) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    MemoryUsage heap = memory.getHeapMemoryUsage();
    if (out.begin(Family.MEMORY)) {
      out.sample(Family.MEMORY, type("heap"), heap.getUsed());
      out.sample(Family.MEMORY, type("non_heap"), memory.getNonHeapMemoryUsage().getUsed());
    }
    if (heap.getMax() > 0 && out.begin(Family.MEMORY_LIMIT)) {
      out.sample(Family.MEMORY_LIMIT, type("heap"), heap.getMax());
    }
  }

  private static LabelText type(String type) {
    return new LabelText().put("jvm_memory_type", type);
  }

  /** 0 where it is not told. */
  private static long residentBytes() {
    try {
      List<String> lines = Files.isReadable(STATUS) ? Files.readAllLines(STATUS) : List.of();
      for (String line : lines) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
    } catch (IOException | NumberFormatException e) {
      // One line less; nothing else of the page depends on it.
      return 0;
    }
    return 0;
  }
}
