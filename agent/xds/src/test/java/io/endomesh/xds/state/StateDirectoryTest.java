package io.endomesh.xds.state;

import static io.endomesh.xds.Xds.listener;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Workload;
import io.endomesh.xds.TestAuthority;
import io.endomesh.xds.ads.ResourceType;
import io.endomesh.xds.ads.StoredResource;
import io.endomesh.xds.identity.Credentials;
import io.endomesh.xds.runtime.RecordedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {

  private static final List<StoredResource> RESOURCES =
      List.of(
          new StoredResource(
              ResourceType.LISTENER, "orders", "7", listener("orders", "r").toByteString()));

  @TempDir Path root;

  private final RecordedLog log = new RecordedLog();

  private StateDirectory directory() {
    return directory("orders");
  }

  private StateDirectory directory(String service) {
    return directory(service, "emt_one");
  }

  private StateDirectory directory(String service, String token) {
    return new StateDirectory(
        root,
        "mesh:8443",
        token,
        new Workload(service, "default", "orders-1", Map.of("version", "v1")),
        /* keepsCredentials= */ true,
        log);
  }

  private Path file(String name) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(path -> path.getFileName().toString().startsWith(name))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void write_resources_areReadBackWhole() {
    directory().write(RESOURCES);
    assertThat(directory().readResources()).isEqualTo(RESOURCES);
    assertThat(directory("other").readResources()).isEmpty();
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void write_credentials_areReadBackAndOnlyTheOwnerMayReadThem() throws Exception {
    Credentials issued = new TestAuthority().credentials("default", "orders");
    directory().write(issued);
    StateDirectory.Kept kept = directory().readCredentials();
    assertThat(kept).isNotNull();
    assertThat(kept.byThisToken()).isTrue();
    Credentials read = kept.credentials();
    assertThat(read.chain()).isEqualTo(issued.chain());
    assertThat(read.key()).isEqualTo(issued.key());
    Path file = file("credentials");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void readResources_oneBitFlipped_startsWithoutAndSaysSo() throws Exception {
    directory().write(RESOURCES);
    Path file = file("resources");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 5] ^= 1;
    Files.write(file, bytes);
    assertThat(directory().readResources()).isEmpty();
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("checksum does not fit", "starting without it");
  }

  @Test
  void readResources_cutShortOrOtherFormat_startsWithout() throws Exception {
    directory().write(RESOURCES);
    Path file = file("resources");
    byte[] bytes = Files.readAllBytes(file);
    for (int length : new int[] {0, 5, 30, bytes.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(bytes, length));
      assertThat(directory().readResources()).as("%d bytes", length).isEmpty();
    }
    Files.writeString(file, "endomesh resources 99\n" + "x".repeat(100));
    assertThat(directory().readResources()).isEmpty();
    assertThat(log.warnings()).hasSize(5);
  }

  @Test
  void readCredentials_damaged_asksForNewOnes() throws Exception {
    directory().write(new TestAuthority().credentials("default", "orders"));
    Path file = file("credentials");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(directory().readCredentials()).isNull();
    assertThat(log.warnings()).singleElement().asString().contains("a new one will be asked for");
  }

  @Test
  void credentials_thatAreNotToBeKept_areNotWritten_andThoseOfBeforeDeleted() throws Exception {
    Credentials issued = new TestAuthority().credentials("default", "orders");
    directory("orders", "emt_one").write(issued);
    directory("orders", "emt_two").write(issued);
    directory("other").write(issued);
    directory().write(RESOURCES);
    StateDirectory inMemory =
        new StateDirectory(
            root,
            "mesh:8443",
            "emt_one",
            new Workload("orders", "default", "orders-1", Map.of("version", "v1")),
            /* keepsCredentials= */ false,
            log);

    assertThat(inMemory.readCredentials()).isNull();
    inMemory.write(issued);

    assertThat(directory("orders", "emt_one").readCredentials()).isNull();
    assertThat(directory("orders", "emt_two").readCredentials()).isNull();
    assertThat(directory("other").readCredentials()).as("another service's").isNotNull();
    assertThat(inMemory.readResources()).isEqualTo(RESOURCES);
    assertThat(log.warnings()).isEmpty();
    assertThat(log.errors()).isEmpty();
  }

  @Test
  void readCredentials_ofAnotherToken_areTheNewestAndSayThatTheyAreNot() throws Exception {
    TestAuthority authority = new TestAuthority();
    Credentials one = authority.credentials("default", "one");
    Credentials two = authority.credentials("default", "two");
    directory("orders", "emt_one").write(one);
    Path older = file("credentials");
    Files.setLastModifiedTime(older, FileTime.from(Instant.now().minusSeconds(60)));
    directory("orders", "emt_two").write(two);

    StateDirectory.Kept kept = directory("orders", "emt_three").readCredentials();

    assertThat(kept).isEqualTo(new StateDirectory.Kept(two, false));
    assertThat(directory("orders", "emt_one").readCredentials())
        .isEqualTo(new StateDirectory.Kept(one, true));
  }

  @Test
  void write_credentials_forgetsThoseOfTokensOfOldDays() throws Exception {
    Credentials issued = new TestAuthority().credentials("default", "orders");
    directory("orders", "emt_one").write(issued);
    Path old = file("credentials");
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(3))));

    directory("orders", "emt_two").write(issued);

    assertThat(old).doesNotExist();
    assertThat(directory("orders", "emt_two").readCredentials()).isNotNull();
  }

  @Test
  void readCredentials_ofAnAgentThatKnewNoTokens_areOutdated() throws Exception {
    Credentials issued = new TestAuthority().credentials("default", "orders");
    directory().write(issued);
    Path file = file("credentials");
    Files.move(file, file.resolveSibling("credentials"));

    assertThat(directory().readCredentials()).isEqualTo(new StateDirectory.Kept(issued, false));
  }

  @Test
  void write_placeThatCannotBeWritten_saysSoOnceAndGoesOn() throws Exception {
    Files.writeString(root.resolve("mesh_8443"), "a file where a directory should be");
    StateDirectory blocked = directory();
    blocked.write(RESOURCES);
    blocked.write(RESOURCES);
    assertThat(log.warnings()).singleElement().asString().contains("cannot be kept in");
  }

  @Test
  void write_failsHalfWay_keepsTheOldFileAndLeavesNothingBehind() throws Exception {
    Path file = root.resolve("kept");
    SealedFile sealed = new SealedFile(file, "test 1");
    sealed.write(new byte[] {1});
    Files.delete(file);
    Files.createDirectories(file.resolve("in-the-way"));
    assertThatThrownBy(() -> sealed.write(new byte[] {2})).isInstanceOf(IOException.class);
    try (Stream<Path> left = Files.list(root)) {
      assertThat(left).containsExactly(file);
    }
  }
}
