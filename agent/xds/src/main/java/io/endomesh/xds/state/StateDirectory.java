package io.endomesh.xds.state;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.dataplane.Workload;
import io.endomesh.xds.ads.ResourceType;
import io.endomesh.xds.ads.StoredResource;
import io.endomesh.xds.identity.Credentials;
import io.endomesh.xds.runtime.Log;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What this service last knew: its resources and its certificate. All instances of a service on a
 * machine share them. Trouble with the disk costs one sentence and nothing else. Not thread-safe:
 * used by one thread at a time.
 */
public final class StateDirectory {

  private static final String RESOURCES_FORMAT = "resources 1";
  private static final String CREDENTIALS_FORMAT = "credentials 1";

  /** How the files begin that hold them; what follows tells for which token. */
  private static final String CREDENTIALS = "credentials";

  /** Certificates are good for a day at most. */
  private static final Duration USELESS = Duration.ofDays(2);

  private final Path directory;
  private final SealedFile resources;
  private final Path credentials;
  private final boolean keepsCredentials;
  private final Log log;
  private boolean writeFailed;

  /**
   * @param root the agent's state directory, shared by all services of the user
   * @param controller {@code host:port}; each controller is a mesh of its own
   * @param keepsCredentials false: key and certificate are in memory only, what is on disk of an
   *     earlier start is deleted
   * @param token with which we join: what it says of us is in the certificate
   */
  public StateDirectory(
      Path root,
      String controller,
      String token,
      Workload workload,
      boolean keepsCredentials,
      Log log) {
    this.directory =
        root.resolve(fileName(controller))
            .resolve(fileName(workload.namespace()))
            .resolve(fileName(workload.service()) + labels(workload));
    this.resources = new SealedFile(directory.resolve("resources"), RESOURCES_FORMAT);
    this.credentials = directory.resolve(CREDENTIALS + "-" + hash(token));
    this.keepsCredentials = keepsCredentials;
    this.log = log;
  }

  /** Empty if there is nothing, or nothing that can be believed. */
  public List<StoredResource> readResources() {
    try {
      byte[] content = resources.read();
      return content == null ? List.of() : decode(content);
    } catch (IOException | SecurityException e) {
      log.warn("last known good configuration: " + reason(e) + "; starting without it");
      return List.of();
    }
  }

  public void write(List<StoredResource> all) {
    try {
      resources.write(encode(all));
      writeFailed = false;
    } catch (IOException | SecurityException e) {
      cannotWrite(e);
    }
  }

  /**
   * A certificate that was kept.
   *
   * @param byThisToken false if it was issued for another join token, and so may not say of us what
   *     the present one does
   */
  public record Kept(Credentials credentials, boolean byThisToken) {}

  /** Null if there is none, or none that can be believed. */
  public @Nullable Kept readCredentials() {
    if (!keepsCredentials) {
      deleteCredentials();
      return null;
    }
    try {
      Path file = Files.exists(credentials) ? credentials : newestOfOtherTokens();
      byte[] content = file == null ? null : new SealedFile(file, CREDENTIALS_FORMAT).read();
      return content == null
          ? null
          : new Kept(
              Credentials.fromPem(new String(content, StandardCharsets.US_ASCII)),
              credentials.equals(file));
    } catch (IOException | GeneralSecurityException | SecurityException e) {
      log.warn("kept certificate: " + reason(e) + "; a new one will be asked for");
      return null;
    }
  }

  public void write(Credentials issued) {
    if (!keepsCredentials) {
      return;
    }
    try {
      new SealedFile(credentials, CREDENTIALS_FORMAT)
          .write(issued.toPem().getBytes(StandardCharsets.US_ASCII));
      writeFailed = false;
      forgetOldOfOtherTokens();
    } catch (IOException | GeneralSecurityException | SecurityException e) {
      cannotWrite(e);
    }
  }

  /** Also those of other tokens: a key that is not to be on disk is a key of any of them. */
  private void deleteCredentials() {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, CREDENTIALS + "*")) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | SecurityException e) {
      log.error(
          "keep-credentials: a key of before is still in "
              + directory
              + " and cannot be deleted: "
              + reason(e)
              + " (expected: a directory that this process may write)");
    }
  }

  private @Nullable Path newestOfOtherTokens() throws IOException {
    Path newest = null;
    for (Path file : ofOtherTokens()) {
      if (newest == null
          || Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(newest)) > 0) {
        newest = file;
      }
    }
    return newest;
  }

  /** Keys that nobody uses do not stay: their certificates ended long ago. */
  private void forgetOldOfOtherTokens() throws IOException {
    Instant limit = Instant.now().minus(USELESS);
    for (Path file : ofOtherTokens()) {
      if (Files.getLastModifiedTime(file).toInstant().isBefore(limit)) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** Those of agents that knew of one only are called as they were. */
  private List<Path> ofOtherTokens() throws IOException {
    List<Path> others = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, CREDENTIALS + "*")) {
        for (Path file : files) {
          if (!file.equals(credentials) && !file.toString().endsWith(".new")) {
            others.add(file);
          }
        }
      }
    }
    return others;
  }

  /** Said once, until it works again: the next change is tried anew. */
  private void cannotWrite(Exception e) {
    if (!writeFailed) {
      writeFailed = true;
      log.warn(
          "last known good state cannot be kept in "
              + directory
              + " ("
              + reason(e)
              + ") (expected: a directory with free space that this process may write); should this"
              + " service restart while the controller is away, it starts without");
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null
        ? e.toString()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }

  private static byte[] encode(List<StoredResource> all) {
    DeltaDiscoveryResponse.Builder message = DeltaDiscoveryResponse.newBuilder();
    for (StoredResource resource : all) {
      message.addResources(
          Resource.newBuilder()
              .setName(resource.name())
              .setVersion(resource.version())
              .setResource(
                  Any.newBuilder()
                      .setTypeUrl(resource.type().typeUrl())
                      .setValue(resource.value())));
    }
    return message.build().toByteArray();
  }

  private static List<StoredResource> decode(byte[] content) throws InvalidProtocolBufferException {
    List<StoredResource> all = new ArrayList<>();
    for (Resource resource : DeltaDiscoveryResponse.parseFrom(content).getResourcesList()) {
      ResourceType type = ResourceType.of(resource.getResource().getTypeUrl());
      if (type != null) {
        all.add(
            new StoredResource(
                type,
                resource.getName(),
                resource.getVersion(),
                resource.getResource().getValue()));
      }
    }
    return all;
  }

  /** Names come from users: nothing but a plain file name may come out. */
  private static String fileName(String name) {
    StringBuilder safe = new StringBuilder(name.length());
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || c == '-'
              || (c == '.' && i > 0);
      safe.append(plain ? c : '_');
    }
    return safe.toString();
  }

  /** Versions of one service are sent different configuration. */
  private static String labels(Workload workload) {
    if (workload.labels().isEmpty()) {
      return "";
    }
    return "-" + hash(new TreeMap<>(workload.labels()).toString());
  }

  /** Tells apart, and keeps no secret: 32 bits of a token that has 256. */
  private static String hash(String text) {
    CRC32 hash = new CRC32();
    hash.update(text.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) hash.getValue());
  }
}
