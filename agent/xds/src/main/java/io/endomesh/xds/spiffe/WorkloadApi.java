package io.endomesh.xds.spiffe;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.xds.http2.GrpcStatus;
import io.endomesh.xds.http2.GrpcStream;
import io.endomesh.xds.http2.Http2Client;
import io.endomesh.xds.http2.Http2Connection;
import io.endomesh.xds.identity.Credentials;
import io.endomesh.xds.runtime.Backoff;
import io.endomesh.xds.runtime.Log;
import io.endomesh.xds.runtime.Serial;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Listens to the Workload API for as long as the agent runs: it pushes each next certificate. It
 * may be away, and may know nobody yet: it is asked again by back-off, and what is wrong is said
 * once. Not thread-safe: runs on the control thread.
 */
public final class WorkloadApi {

  private static final String FETCH = "/SpiffeWorkloadAPI/FetchX509SVID";

  /** Keeps out those who make others ask (SPIFFE Workload Endpoint, section 6.1). */
  private static final Map<String, String> METADATA = Map.of("workload.spiffe.io", "true");

  /** gRPC's own limit. An answer is some kilobytes, and more with many federated bundles. */
  private static final int MAX_MESSAGE_BYTES = 4 << 20;

  private final EndpointSocket socket;
  private final String spiffeId;
  private final Http2Client http;
  private final Serial serial;
  private final Log log;
  private final Consumer<Credentials> received;
  private final Runnable failed;
  private final Backoff backoff = new Backoff(new SplittableRandom());

  private String problem = "it has not answered yet";
  private String said = "";

  /**
   * @param spiffeId of the one that is taken
   * @param received told of each certificate, on the control thread
   * @param failed told of each try that brought none
   */
  public WorkloadApi(
      EndpointSocket socket,
      String spiffeId,
      Http2Client http,
      Serial serial,
      Log log,
      Consumer<Credentials> received,
      Runnable failed) {
    this.socket = socket;
    this.spiffeId = spiffeId;
    this.http = http;
    this.serial = serial;
    this.log = log;
    this.received = received;
    this.failed = failed;
  }

  /** Begins to ask, and goes on for ever. */
  public void start() {
    serial.check();
    http.connectLocal(socket.address(), serial, new Dial());
  }

  /** Why there is no certificate, or none after the present one; empty if nothing is wrong. */
  public String problem() {
    return problem;
  }

  private void message(byte[] message) {
    Credentials fresh;
    try {
      fresh = OfferedSvid.choose(OfferedSvid.parse(message), spiffeId);
    } catch (InvalidProtocolBufferException e) {
      complain("sent " + message.length + " bytes that are no X509SVIDResponse");
      return;
    } catch (GeneralSecurityException | RuntimeException e) {
      complain("offers no identity that can be used: " + e.getMessage());
      return;
    }
    backoff.reset();
    problem = "";
    said = "";
    received.accept(fresh);
  }

  private void complain(String why) {
    problem = "the SPIFFE Workload API at " + socket.text() + " " + why;
    if (!problem.equals(said)) {
      said = problem;
      log.warn(problem + "; waiting for it");
    }
    failed.run();
  }

  private static String reason(GrpcStatus status) {
    return status.code() == GrpcStatus.PERMISSION_DENIED
        ? "has no identity for this process yet: "
            + status
            + " (expected: an entry that is registered for it, at SPIRE by `spire-server entry"
            + " create`)"
        : "ended its answer: " + status;
  }

  /** One try to connect, and the connection that came of it. */
  private final class Dial implements Http2Connection.Listener, GrpcStream.Listener {

    private @Nullable Http2Connection connection;
    private boolean explained;

    @Override
    public void ready(Http2Connection ready) {
      connection = ready;
      GrpcStream stream = ready.open(FETCH, METADATA, this, MAX_MESSAGE_BYTES);
      // X509SVIDRequest has no fields.
      stream.send(new byte[0]);
      stream.halfClose();
    }

    @Override
    public void message(byte[] message) {
      WorkloadApi.this.message(message);
    }

    @Override
    public void ended(GrpcStatus status) {
      explain(reason(status));
      if (connection != null) {
        connection.close();
      }
    }

    @Override
    public void closed(@Nullable Throwable cause) {
      explain(
          connection == null
              ? "cannot be reached: " + (cause == null ? "closed" : cause.getMessage())
              : "closed the connection");
      serial.schedule(WorkloadApi.this::start, backoff.nextNanos());
    }

    private void explain(String why) {
      if (!explained) {
        explained = true;
        complain(why);
      }
    }
  }
}
