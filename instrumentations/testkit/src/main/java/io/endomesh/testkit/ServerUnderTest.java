package io.endomesh.testkit;

/**
 * A server of the library under test, with the handlers the contract asks for. It is made in the
 * library's class loader and used through this interface. Thread-safe.
 *
 * <ul>
 *   <li>{@code /echo}: the body as it comes, part by part, with header {@code x-path}, and with
 *       {@code x-names}, the names of the headers that the application sees
 *   <li>{@code /context}: {@link io.endomesh.dataplane.CallContext#caller} of the handler's thread
 *   <li>{@code /async}: answers {@code later} from another thread after the handler returned
 *   <li>{@code /certificate}: the subject of the client's certificate as the library shows it, and
 *       the scheme, {@code http none} on plaintext
 *   <li>{@code /fails}: the handler throws
 *   <li>{@code /websocket}: a WebSocket that says back what it is told, by whatever the library has
 *       for that; {@link WebSocketEcho} where it only has upgrades
 * </ul>
 */
public interface ServerUnderTest extends AutoCloseable {

  int port();

  @Override
  void close() throws Exception;
}
