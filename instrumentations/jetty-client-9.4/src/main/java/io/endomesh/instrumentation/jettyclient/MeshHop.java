package io.endomesh.instrumentation.jettyclient;

import io.endomesh.dataplane.Call;
import io.endomesh.instrumentation.jettyclient.before10.Library;
import io.endomesh.weaving.Weaving;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpDestination;
import org.eclipse.jetty.client.HttpExchange;
import org.eclipse.jetty.client.HttpRequest;

/**
 * The call hook: begins a call through the mesh, or says by false that the library is to go on by
 * itself. Stateless.
 */
final class MeshHop {

  private MeshHop() {}

  /**
   * @param exchange what the application is told by
   */
  static boolean begin(HttpDestination destination, HttpExchange exchange) {
    HttpRequest request = exchange.getRequest();
    HttpClient client = destination.getHttpClient();
    if (request.getTag() instanceof EndpointTag || !isPlainHttp(destination, request)) {
      return false;
    }
    RequestView view = new RequestView(client, request);
    Call call = Weaving.mesh().call(view);
    if (call == null) {
      return false;
    }
    new Attempts(destination, exchange, view, call).start();
    return true;
  }

  /**
   * False for other protocols than HTTP/1.1, for what is to become one (a request of a class of its
   * own, an upgrade), and for a client that is stopped.
   */
  private static boolean isPlainHttp(HttpDestination destination, HttpRequest request) {
    return request.getClass() == HttpRequest.class
        && Library.speaksHttp1(destination)
        && !request.getMethod().equals("CONNECT")
        && Library.headers(request, "upgrade").isEmpty()
        && destination.getHttpClient().isRunning()
        && !Weaving.onAgentThread();
  }
}
