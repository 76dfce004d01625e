package io.endomesh.dataplane.http;

import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The application's request as the mesh sees it: a library says how to read it. What the mesh
 * changes is kept beside it and goes out with the next attempt; the application's object stays as
 * it is. Not thread-safe.
 */
public abstract class ClientRequest implements OutboundRequest {

  private static final String HOST = "host";
  private static final String COOKIE = "cookie";

  private final Set<String> ownedByLibrary;
  private final ChangedHeaders headers = new ChangedHeaders(this::written);

  /** Read once: the answer may change the store, and is to be judged by what was sent. */
  private @Nullable List<String> stored;

  private @Nullable String sentTarget;
  private @Nullable String sentAuthority;

  /**
   * @param ownedByLibrary headers that the library writes itself and takes from nobody, such as
   *     {@code content-length}, in lower case: a policy that changes them changes nothing
   */
  protected ClientRequest(Set<String> ownedByLibrary) {
    this.ownedByLibrary = ownedByLibrary;
  }

  /** A header as the application wrote it, see {@link HeaderReader#values}. */
  protected abstract List<String> written(String name);

  /**
   * Cookie headers that the library adds by itself, below us, from a store: a session may be among
   * them. Asked once a call.
   */
  protected List<String> storedCookies() {
    return List.of();
  }

  /**
   * What the next attempt sends in place of {@link #written}, see {@link ChangedHeaders#changes}.
   */
  public final Map<String, List<String>> changedHeaders() {
    return headers.changes();
  }

  /** Path and query of the next attempt as they go on the wire, null for the application's. */
  public final @Nullable String sentTarget() {
    return sentTarget;
  }

  /** Host of the next attempt in its Host header, null for the application's. */
  public final @Nullable String sentAuthority() {
    return sentAuthority;
  }

  @Override
  public final Protocol protocol() {
    return Protocol.HTTP;
  }

  @Override
  public final @Nullable String header(String name) {
    String sent = headers.header(name);
    return name.equals(COOKIE) ? withStored(sent) : sent;
  }

  private @Nullable String withStored(@Nullable String sent) {
    List<String> known = stored;
    if (known == null) {
      known = storedCookies();
      stored = known;
    }
    if (known.isEmpty()) {
      return sent;
    }
    List<String> all = new ArrayList<>();
    if (sent != null) {
      all.add(sent);
    }
    all.addAll(known);
    return String.join("; ", all);
  }

  @Override
  public final void setHeader(String name, String value) {
    if (name.equals(HOST)) {
      sentAuthority = value;
    } else if (!ownedByLibrary.contains(name)) {
      headers.setHeader(name, value);
    }
  }

  @Override
  public final void addHeader(String name, String value) {
    if (name.equals(HOST)) {
      sentAuthority = value;
    } else if (!ownedByLibrary.contains(name)) {
      headers.addHeader(name, value);
    }
  }

  @Override
  public final void removeHeader(String name) {
    if (!ownedByLibrary.contains(name)) {
      headers.removeHeader(name);
    }
  }

  @Override
  public final void restore() {
    headers.restore();
    sentTarget = null;
    sentAuthority = null;
  }

  @Override
  public final void rewriteTarget(String target) {
    sentTarget = RequestTarget.encoded(target);
  }

  @Override
  public final void rewriteAuthority(String authority) {
    sentAuthority = authority;
  }
}
