package io.endomesh.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Workload;
import io.endomesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.endomesh.proto.istio.v1.auth.IstioCertificateResponse;
import io.endomesh.xds.identity.Credentials;
import io.endomesh.xds.identity.KeyKind;
import io.endomesh.xds.runtime.ManualSerial;
import io.endomesh.xds.runtime.RecordedLog;
import io.endomesh.xds.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateKeeperTest {

  private static final Workload WORKLOAD = new Workload("shop", "default", "shop-1", Map.of());
  private static final Duration SKEW = Duration.ofMinutes(1);

  @TempDir Path state;

  private final ManualSerial serial = new ManualSerial();
  private final JumpingClock clock = new JumpingClock();
  private final RecordedLog log = new RecordedLog();
  private final TestAuthority authority = new TestAuthority();
  private final List<Credentials> issued = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();

  private Duration ttl = Duration.ofHours(24);

  /** By how much the controller's clock differs from the true time. */
  private Duration controllersClock = Duration.ZERO;

  private @Nullable String refusal;
  private boolean connected;
  private CertificateKeeper keeper;

  /** True time is what has passed; this machine's clock may be off. */
  private final class JumpingClock extends Clock {
    private final Instant begin = Instant.now();
    private Duration off = Duration.ZERO;

    Instant trueTime() {
      return begin.plusNanos(serial.nanoTime());
    }

    @Override
    public Instant instant() {
      return trueTime().plus(off);
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  @BeforeEach
  void open() throws Exception {
    keeper = keeper();
  }

  private CertificateKeeper keeper() throws Exception {
    JoinString join = new JoinString("127.0.0.1", 7443, "emt_test", authority.fingerprint());
    return new CertificateKeeper(
        new CertificateOrders(join, WORKLOAD, KeyKind.EC, serial, List::of),
        serial,
        new StateDirectory(state, join.controller(), join.token(), WORKLOAD, true, log),
        clock,
        new SplittableRandom(7),
        log,
        issued::add,
        () -> connected ? this::answer : null);
  }

  private CompletableFuture<byte[]> answer(
      String path, Map<String, String> metadata, byte[] request, long timeoutNanos) {
    asked.add(metadata.isEmpty() ? "by certificate" : "by token");
    if (refusal != null) {
      return CompletableFuture.failedFuture(new IOException(refusal));
    }
    try {
      PublicKey key =
          TestAuthority.read(IstioCertificateRequest.parseFrom(request).getCsr()).getPublicKey();
      Instant now = clock.trueTime().plus(controllersClock);
      X509Certificate leaf =
          authority.workload(key, "default", "shop", now.minus(SKEW), now.plus(ttl));
      return CompletableFuture.completedFuture(
          IstioCertificateResponse.newBuilder()
              .addCertChain(TestAuthority.pem(leaf))
              .addCertChain(TestAuthority.pem(authority.root()))
              .build()
              .toByteArray());
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void pass(Duration time) {
    serial.pass(time.toNanos());
  }

  /** As a workload that is new: by its token, and then on a connection of its own. */
  private void join() {
    keeper.connecting();
    keeper.ask(this::answer, problem -> log.warn(problem), () -> {});
    pass(Duration.ZERO);
    connect();
    asked.clear();
  }

  private void connect() {
    keeper.connecting();
    connected = true;
    keeper.connected();
    pass(Duration.ZERO);
  }

  private void lose() {
    connected = false;
    keeper.disconnected("cannot be reached");
  }

  @Test
  void renewal_isDueAtHalfOfTheLife_givenOrTakeATwentieth() {
    join();

    pass(Duration.ofMinutes(45 * 24 / 100 * 60));
    assertThat(asked).isEmpty();
    pass(Duration.ofMinutes(12 * 24 / 100 * 60 + 150));

    assertThat(asked).containsExactly("by certificate");
    assertThat(issued).hasSize(2);
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void renewal_ofALifeOfSeconds_goesOnByItself() {
    ttl = Duration.ofSeconds(6);
    join();

    pass(Duration.ofMinutes(1));

    assertThat(asked).hasSizeBetween(17, 22).containsOnly("by certificate");
    assertThat(log.warnings()).isEmpty();
  }

  @Test
  void controller_awayForTwelveHours_isAskedAsItIsBack_andNothingEndedMeanwhile() {
    join();
    pass(Duration.ofHours(1));
    lose();

    pass(Duration.ofHours(12));
    assertThat(keeper.credentials()).isNotNull();
    connect();

    assertThat(asked).containsExactly("by certificate");
    assertThat(issued).hasSize(2);
    assertThat(log.warnings()).as("10 of 24 hours were left").isEmpty();
  }

  @Test
  void controller_away_isWarnedOfAtAQuarterAndLouderAtATenth_andSaidToBeOver() {
    join();
    lose();
    Instant since = clock.instant();

    pass(Duration.ofHours(17));
    assertThat(log.warnings()).isEmpty();
    pass(Duration.ofMinutes(62));
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .startsWith("the certificate ends at " + issued.get(0).notAfter() + ", in 5 hours")
        .contains("no connection to the controller since " + since + " (cannot be reached)");
    assertThat(log.errors()).isEmpty();
    pass(Duration.ofMinutes(220));
    assertThat(log.errors()).singleElement().asString().contains("in 2 hours, and is not renewed");
    pass(Duration.ofHours(3));
    assertThat(log.errors()).hasSize(2);
    assertThat(log.errors().get(1)).contains(" ended at ", "make a join string with");
    assertThat(keeper.proof()).as("the token is shown then").isNull();

    keeper.ask(this::answer, problem -> log.warn(problem), () -> {});
    pass(Duration.ZERO);
    connect();

    assertThat(asked).containsExactly("by token");
    assertThat(keeper.proof()).isNotNull();
    assertThat(log.infos()).containsExactly("the certificate is renewed");
    assertThat(log.warnings()).hasSize(1);
  }

  @Test
  void controller_thatRefuses_isAskedAgain_andItsReasonTold() {
    ttl = Duration.ofMinutes(10);
    join();
    refusal = "the authority cannot sign";

    pass(Duration.ofMinutes(6));

    assertThat(log.warnings())
        .containsExactly(
            "the certificate was not renewed: java.io.IOException: the authority cannot sign;"
                + " trying again");
    assertThat(keeper.problem()).contains("the authority cannot sign");
    assertThat(asked).hasSizeBetween(1, 4);
    pass(Duration.ofMinutes(2));
    assertThat(log.warnings()).hasSize(2);
    assertThat(log.warnings().get(1)).contains("asking for the next failed (java.io.IOException");

    refusal = null;
    pass(Duration.ofMinutes(1));

    assertThat(issued).hasSize(2);
    assertThat(keeper.problem()).isEmpty();
  }

  @Test
  void certificate_thatEndedWhileConnected_isRenewedByTheConnectionThatOutlastsIt() {
    ttl = Duration.ofMinutes(1);
    join();
    refusal = "not now";
    pass(Duration.ofSeconds(65));
    assertThat(keeper.credentials()).isNull();

    refusal = null;
    pass(Duration.ofMinutes(1));

    assertThat(asked).containsOnly("by certificate");
    assertThat(keeper.credentials()).isNotNull();
  }

  @Test
  void clock_thatJumpsAheadByADay_renewsAndSaysThatClocksDiffer_once() {
    join();
    clock.off = Duration.ofHours(25);

    pass(Duration.ofMinutes(10));

    assertThat(asked).containsExactly("by certificate");
    assertThat(keeper.proof()).as("the controller believes it").isNotNull();
    assertThat(log.errors())
        .singleElement()
        .asString()
        .contains("but the clock of this machine says", "(expected: clocks that agree)");

    clock.off = Duration.ZERO;
    pass(Duration.ofHours(10));
    assertThat(asked).hasSize(1);
    pass(Duration.ofHours(4));
    assertThat(asked).as("by the time that has passed").hasSize(2);
    assertThat(log.errors()).hasSize(1);
  }

  @Test
  void clock_thatJumpsBackByADay_doesNotPutOffTheRenewal() {
    join();
    pass(Duration.ofHours(2));
    clock.off = Duration.ofHours(-25);

    pass(Duration.ofMinutes(10));
    assertThat(asked).as("others do not believe it yet, by this clock").hasSize(1);
    assertThat(keeper.proof()).isNotNull();
    assertThat(log.errors()).singleElement().asString().contains("clocks that agree");
    pass(Duration.ofHours(14));

    assertThat(asked).hasSize(2);
  }

  @Test
  void clock_thatWentBack_isNotLockedOut_whicheverProofTheControllerTakes() {
    join();
    lose();
    clock.off = Duration.ofHours(-25);

    keeper.connecting();
    assertThat(keeper.proof()).as("the token first").isNull();
    assertThat(keeper.keepOutdated()).as("it has ended").isTrue();
    assertThat(keeper.proof()).isNotNull();
    keeper.connecting();
    assertThat(keeper.proof()).as("the certificate then").isNotNull();
    keeper.connecting();
    assertThat(keeper.proof()).as("and so on").isNull();
  }

  @Test
  void controllersClock_thatIsOff_doesNotReplaceWhatIsGood() {
    ttl = Duration.ofMinutes(10);
    for (long hours : new long[] {25, -25}) {
      issued.clear();
      controllersClock = Duration.ZERO;
      join();
      controllersClock = Duration.ofHours(hours);

      pass(Duration.ofMinutes(7));

      assertThat(issued).hasSize(1);
      assertThat(keeper.problem()).contains("clocks that agree", "keeping the one before");
      controllersClock = Duration.ZERO;
      pass(Duration.ofMinutes(1));
      assertThat(issued).hasSize(2);
    }
  }

  @Test
  void restore_afterAClockWentBack_isStillThere() throws Exception {
    join();
    clock.off = Duration.ofHours(-25);
    keeper = keeper();

    keeper.restore();

    assertThat(keeper.credentials()).isNotNull();
  }

  @Test
  void demand_ofTheController_isFollowedAlsoIfTheConnectionIsLostMeanwhile() {
    join();
    List<String> done = new ArrayList<>();
    keeper.renewWithin(Duration.ofMinutes(10).toNanos(), () -> done.add("anew"));
    lose();
    pass(Duration.ofMinutes(11));
    assertThat(asked).isEmpty();

    connect();

    assertThat(asked).containsExactly("by certificate");
    assertThat(done).containsExactly("anew");
    pass(Duration.ofHours(1));
    assertThat(asked).hasSize(1);
  }
}
