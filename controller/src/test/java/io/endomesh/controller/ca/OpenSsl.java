package io.endomesh.controller.ca;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A real authority elsewhere: a script that signs by OpenSSL. Its directory has {@code ca.pem},
 * that of somebody else, {@code other.pem}, and a key nobody asked for, {@code other.pub}.
 */
public record OpenSsl(Path directory) {

  /** As docs/authority.md shows it. */
  public static final String SIGN =
      """
      set -eu
      d=$(mktemp -d)
      trap 'rm -rf "$d"' EXIT
      cat > "$d/csr"
      cat > "$d/ext" <<END
      basicConstraints = critical,CA:FALSE
      keyUsage = critical,digitalSignature
      extendedKeyUsage = $ENDOMESH_EXTENDED_KEY_USAGE
      subjectAltName = critical,$ENDOMESH_SUBJECT_ALT_NAME
      END
      openssl x509 -req -in "$d/csr" -CA ca.pem -CAkey ca.key -CAcreateserial \
        -CAserial "$d/serial" -days 1 -sha256 -extfile "$d/ext" 2> "$d/err" || { cat "$d/err" >&2; exit 1; }
      """;

  public static OpenSsl make(Path directory) throws Exception {
    OpenSsl made = new OpenSsl(directory);
    for (String name : List.of("ca", "other")) {
      made.run(
          "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN="
              + name
              + " -keyout "
              + name
              + ".key -out "
              + name
              + ".pem -addext keyUsage=critical,keyCertSign,cRLSign");
    }
    made.run("openssl pkey -in other.key -pubout -out other.pub");
    return made;
  }

  private void run(String line) throws Exception {
    Process process =
        new ProcessBuilder(line.split(" "))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(line).isTrue();
    assertThat(process.exitValue()).as(line + ": " + said).isZero();
  }

  public Path root() {
    return directory.resolve("ca.pem");
  }

  public Path script(String text) throws Exception {
    return Files.writeString(directory.resolve("sign.sh"), "cd '" + directory + "'\n" + text);
  }

  public AuthoritySource.Command command(String script) throws Exception {
    return new AuthoritySource.Command(List.of("/bin/sh", script(script).toString()), root());
  }
}
