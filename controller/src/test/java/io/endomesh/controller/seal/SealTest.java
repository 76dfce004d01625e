package io.endomesh.controller.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealTest {

  private final Seal seal = new Seal(AesGcm.newKey());
  @TempDir Path directory;

  private KeySource.KeyFile key(String name) throws IOException {
    return new KeySource.KeyFile(
        Files.writeString(
            directory.resolve(name), Base64.getEncoder().encodeToString(AesGcm.newKey()) + "\n"));
  }

  @Test
  void seal_sameTextTwice_isNotTheSame_andOpens() throws Exception {
    String sealed = seal.seal("root.pem", "a secret");

    assertThat(Seal.isSealed(sealed)).isTrue();
    assertThat(sealed).doesNotContain("secret").isNotEqualTo(seal.seal("root.pem", "a secret"));
    assertThat(seal.open("root.pem", sealed + "\n")).isEqualTo("a secret");
  }

  @Test
  void open_changedMovedOrOfAnotherKey_isRefused() {
    String sealed = seal.seal("user/anna", "a secret");
    char last = sealed.charAt(30);
    String changed = sealed.substring(0, 30) + (last == 'A' ? 'B' : 'A') + sealed.substring(31);

    for (String[] wrong :
        new String[][] {
          {"user/anna", changed},
          {"user/bert", sealed},
          {"user/anna", "endomesh-sealed:v1:AAAA"},
          {"user/anna", "endomesh-sealed:v1:!"}
        }) {
      assertThatThrownBy(() -> seal.open(wrong[0], wrong[1]))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(wrong[0] + ": cannot be unsealed");
    }
    assertThatThrownBy(() -> new Seal(AesGcm.newKey()).open("user/anna", sealed))
        .hasMessageContaining("cannot be unsealed");
    assertThatThrownBy(() -> seal.open("user/anna", "in clear"))
        .hasMessageContaining("user/anna: is not sealed, although its directory is");
  }

  @Test
  void keyFile_wrongKeyOrNone_saysWhatIsExpected() throws Exception {
    KeySource.KeyFile right = key("right");
    byte[] data = AesGcm.newKey();
    String wrapped = right.wrap(data);

    assertThat(right.unwrap(wrapped)).isEqualTo(data);
    KeySource.KeyFile other = key("other");
    assertThatThrownBy(() -> other.unwrap(wrapped))
        .hasMessageContaining("is not the key of this data directory");
    Files.writeString(directory.resolve("short"), "c2hvcnQ=");
    assertThatThrownBy(() -> new KeySource.KeyFile(directory.resolve("short")).wrap(data))
        .hasMessageContaining("short: no key (expected: 32 bytes in Base64");
    assertThatThrownBy(() -> new KeySource.KeyFile(directory.resolve("none")).wrap(data))
        .hasMessageContaining("none cannot be read");
  }

  private KeySource.Command command(String script) throws IOException {
    Path file = Files.writeString(directory.resolve("kms"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return KeySource.Command.of(file + " --key  k1");
  }

  @Test
  void command_thatWraps_isAskedByWordAndLine() throws Exception {
    // A service that keeps what it wraps, and gives a handle.
    KeySource.Command kms =
        command(
            "echo \"$@\" >> "
                + directory.resolve("asked")
                + "; if [ \"$3\" = wrap ]; then cat > "
                + directory.resolve("kept")
                + "; echo handle-1; else read h; test \"$h\" = handle-1 && cat "
                + directory.resolve("kept")
                + "; fi");
    byte[] data = AesGcm.newKey();

    assertThat(kms.wrap(data)).isEqualTo("handle-1");
    assertThat(kms.unwrap("handle-1")).isEqualTo(data);
    assertThat(directory.resolve("asked")).hasContent("--key k1 wrap\n--key k1 unwrap");
  }

  @Test
  void command_thatFails_isQuotedWithoutTheKey() throws Exception {
    assertThatThrownBy(() -> command("echo no such key >&2; exit 3").wrap(AesGcm.newKey()))
        .hasMessageContaining("kms wrap ended with 3: no such key");
    assertThatThrownBy(() -> command("cat >/dev/null").wrap(AesGcm.newKey()))
        .hasMessageContaining("wrote 0 lines (expected: one)");
    assertThatThrownBy(() -> KeySource.Command.of("/no/such/program").wrap(AesGcm.newKey()))
        .hasMessageContaining("/no/such/program wrap does not start");
    assertThatThrownBy(() -> KeySource.Command.of(" "))
        .hasMessageContaining("seal-command: '' (expected: a program)");
  }

  @Test
  void directory_whoseCommandCannotUnwrap_isNotSealed() throws Exception {
    KeySource.Command oneWay =
        command("cat >/dev/null; if [ \"$3\" = wrap ]; then echo x; else exit 1; fi");

    assertThatThrownBy(() -> SealedDirectory.begin(directory, oneWay, Files::writeString))
        .hasMessageContaining("unwrap ended with 1");
    assertThat(SealedDirectory.isSealed(directory)).isFalse();
  }
}
