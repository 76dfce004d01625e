package io.endomesh.dataplane;

import io.endomesh.dataplane.identity.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A request made of values. */
public final class TestRequest implements InboundRequest, OutboundRequest {

  private final Protocol protocol;
  private final String method;
  private final String authority;
  private final String path;
  private final @Nullable String query;
  private final Map<String, List<String>> written = new TreeMap<>();

  /** What is sent: the written ones themselves until one is changed, or restoring would cost. */
  private Map<String, List<String>> headers = written;

  private @Nullable String sentTarget;
  private @Nullable String sentAuthority;
  private String scheme = "http";
  private boolean replayable = true;
  private long nanosLeft = Call.NO_TIMEOUT;
  private List<String> peerIdentities = List.of();
  private Peer peer = Peer.UNKNOWN;
  private Supplier<String> routed;

  private TestRequest(Protocol protocol, String method, String authority, String target) {
    this.protocol = protocol;
    this.method = method;
    this.authority = authority;
    int question = target.indexOf('?');
    this.path = question < 0 ? target : target.substring(0, question);
    this.query = question < 0 ? null : target.substring(question + 1);
    this.routed = () -> path;
  }

  /**
   * @param target path and query
   */
  public static TestRequest get(String authority, String target) {
    return new TestRequest(Protocol.HTTP, "GET", authority, target);
  }

  public static TestRequest post(String authority, String target) {
    return new TestRequest(Protocol.HTTP, "POST", authority, target);
  }

  public static TestRequest of(String method, String authority, String target) {
    return new TestRequest(Protocol.HTTP, method, authority, target);
  }

  public static TestRequest grpc(String authority, String path) {
    return new TestRequest(Protocol.GRPC, "POST", authority, path);
  }

  /** The opening of a connection. */
  public static TestRequest connecting(String authority) {
    return new TestRequest(Protocol.TCP, "CONNECT", authority, "/");
  }

  public TestRequest header(String name, String... values) {
    written.put(name, List.of(values));
    return this;
  }

  /** As a server finds it: the path may change, and the request may be one it cannot read. */
  public TestRequest routed(Supplier<String> path) {
    routed = path;
    return this;
  }

  public TestRequest scheme(String written) {
    scheme = written;
    return this;
  }

  @Override
  public String scheme() {
    return scheme;
  }

  public TestRequest streamed() {
    replayable = false;
    return this;
  }

  /** The application itself waits no longer. */
  public TestRequest patient(long nanos) {
    nanosLeft = nanos;
    return this;
  }

  @Override
  public long nanosLeft() {
    return nanosLeft;
  }

  public TestRequest from(String... identities) {
    peerIdentities = List.of(identities);
    return this;
  }

  /** On a connection of which the server knows more than names. */
  public TestRequest on(Peer connection) {
    peer = connection;
    return this;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public Protocol protocol() {
    return protocol;
  }

  @Override
  public String authority() {
    return authority;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String path() {
    return routed.get();
  }

  @Override
  public @Nullable String query() {
    return query;
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : HeaderValues.joined(name, values);
  }

  private Map<String, List<String>> changed() {
    if (headers == written) {
      headers = new TreeMap<>(written);
    }
    return headers;
  }

  /** All values that are sent, none if the header is not there. */
  public List<String> sent(String name) {
    return headers.getOrDefault(name, List.of());
  }

  /** Path and query that are sent; null if they are the application's. */
  public @Nullable String sentTarget() {
    return sentTarget;
  }

  /** The host that is sent; null if it is the application's. */
  public @Nullable String sentAuthority() {
    return sentAuthority;
  }

  @Override
  public Iterable<String> headerNames() {
    return List.copyOf(headers.keySet());
  }

  @Override
  public void setHeader(String name, String value) {
    changed().put(name, List.of(value));
  }

  @Override
  public void addHeader(String name, String value) {
    List<String> values = new ArrayList<>(sent(name));
    values.add(value);
    changed().put(name, values);
  }

  @Override
  public void removeHeader(String name) {
    changed().remove(name);
  }

  @Override
  public void restore() {
    headers = written;
    sentTarget = null;
    sentAuthority = null;
  }

  @Override
  public void rewriteTarget(String target) {
    sentTarget = target;
  }

  @Override
  public void rewriteAuthority(String authority) {
    sentAuthority = authority;
  }

  @Override
  public boolean replayable() {
    return replayable;
  }

  @Override
  public List<String> peerIdentities() {
    return peerIdentities;
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public int localPort() {
    return 8080;
  }
}
