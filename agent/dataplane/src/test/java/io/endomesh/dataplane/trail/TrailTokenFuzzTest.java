package io.endomesh.dataplane.trail;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.Mutator;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Also a target of Jazzer. */
public class TrailTokenFuzzTest {

  private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");
  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final Identity WEB = AUTHORITY.identity("spiffe://td/ns/shop/sa/web");
  private static final String TOKEN = AUTHORITY.trailToken(NOW, Duration.ofMinutes(10));
  private static final String EXPIRES = TOKEN.substring(0, TOKEN.indexOf('.') + 1);

  private static long nanos;

  /**
   * What the authority did not sign is told nothing, above all no other end. In an input TOKEN is
   * one that it did sign, which is another in each run: so what is kept stays what it was.
   */
  public static void fuzzerTestOneInput(byte[] input) {
    String asked = new String(input, StandardCharsets.UTF_8).replace("TOKEN", TOKEN);
    TrailTokens tokens = new TrailTokens(nanos);
    nanos += TimeUnit.SECONDS.toNanos(1);
    Trail trail = tokens.trail(asked, TestMesh.WORKLOAD, WEB, NOW, nanos);
    if (trail != null) {
      assertThat(asked).startsWith(EXPIRES);
    }
  }

  @Test
  void token_mutated_asksForNothing() throws IOException {
    List<byte[]> corpus = new ArrayList<>(Fuzzing.corpus("trail-token"));
    corpus.add(TOKEN.getBytes(StandardCharsets.UTF_8));
    corpus.add((TOKEN + ";depth=3").getBytes(StandardCharsets.UTF_8));
    Mutator mutator = Mutator.of(".", ";depth=", "=", "-", "_", "+", "MEUCIQ", " ", "é");
    Fuzzing.run(corpus, mutator, 10_000, TrailTokenFuzzTest::fuzzerTestOneInput);
  }
}
