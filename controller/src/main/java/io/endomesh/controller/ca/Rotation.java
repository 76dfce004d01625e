package io.endomesh.controller.ca;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One root following another: where it is. Each step is taken by evidence, what workloads say that
 * they trust and prove themselves by, so that no call between two of them fails. Immutable.
 *
 * @param since when this phase began
 * @param hurried evidence alone decides, without the time that stands for workloads that are away
 */
public record Rotation(Phase phase, Instant since, boolean hurried) {

  /** What is going on. */
  public enum Phase {
    /** Both roots are trusted, the present one signs. */
    ANNOUNCE,
    /** Both are trusted, the next one signs, and workloads renew their certificates. */
    SIGN,
    /** Given up after the next had signed: the present one signs again, both are trusted. */
    RETURN
  }

  /** One connected workload, as it says itself. */
  public record Witness(String instance, String root, List<String> trusted) {
    public Witness {
      trusted = List.copyOf(trusted);
    }
  }

  /** Agents that are away for a moment, a deployment say, learn of the root before it signs. */
  private static final Duration ANNOUNCED = Duration.ofHours(1);

  /** Of calls in flight, and of connections that are being made. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  /** Clocks differ. */
  private static final Duration SKEW = Duration.ofMinutes(5);

  /** Within which workloads renew, spread so that they do not all come at once. */
  private static final Duration SPREAD = Duration.ofMinutes(10);

  private static final Duration HURRIED_SPREAD = Duration.ofSeconds(2);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Within which workloads are asked to renew. */
  Duration spread() {
    return hurried ? HURRIED_SPREAD : SPREAD;
  }

  /**
   * True if all that are connected trust it. Agents that do not say whom they trust are no
   * obstacle: they come to trust the next root because the present one vouches for it.
   */
  boolean isAnnounced(String root, List<Witness> workloads, Instant now) {
    return isPast(hurried ? GRACE : ANNOUNCED, now) && waitingFor(root, workloads).isEmpty();
  }

  /**
   * True if nobody can have a certificate of the other root any more: all that there were have
   * ended, or, in a hurry, no connected workload has one.
   */
  boolean isOver(String root, List<Witness> workloads, Duration certificateTtl, Instant now) {
    return isPast(certificateTtl.plus(SKEW), now)
        || hurried && isPast(GRACE, now) && waitingFor(root, workloads).isEmpty();
  }

  /** Instances that are not as far. */
  List<String> waitingFor(String root, List<Witness> workloads) {
    return workloads.stream()
        .filter(
            workload ->
                phase == Phase.ANNOUNCE
                    ? !workload.trusted().isEmpty() && !workload.trusted().contains(root)
                    : !workload.root().equals(root))
        .map(Witness::instance)
        .sorted()
        .toList();
  }

  private boolean isPast(Duration duration, Instant now) {
    return !now.isBefore(since.plus(duration));
  }

  Rotation inAHurry() {
    return new Rotation(phase, since, true);
  }

  /** Null if there is no such file. */
  static @Nullable Rotation read(Path file) throws IOException {
    if (!SecretFile.exists(file)) {
      return null;
    }
    try {
      JsonNode json = JSON.readTree(SecretFile.read(file));
      return new Rotation(
          Phase.valueOf(json.path("phase").asText()),
          Instant.parse(json.path("since").asText()),
          json.path("hurried").asBoolean());
    } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
      throw new IOException(
          file
              + ": not readable as the state of a rotation. Restore the file from a backup, or"
              + " delete it together with next.pem to give the rotation up",
          e);
    }
  }

  void write(Path file) throws IOException {
    SecretFile.write(
        file,
        JSON.createObjectNode()
            .put("phase", phase.name())
            .put("since", since.toString())
            .put("hurried", hurried)
            .toString());
  }
}
