package io.endomesh.instrumentation.httpclient4;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Apache HttpAsyncClient 4.1: where an exchange of the library is
 * made. It asks what it is given for a connection, once for each hop and below redirects and
 * passwords, and gets one that leads to the mesh. Immutable.
 *
 * <p>Nothing is woven for the connections of attempts: the library takes the endpoint's address for
 * a host's name, and asks the context that it is given how TLS is begun.
 */
public final class HttpAsyncClient4Instrumentation extends Instrumentation {

  private static final String CLIENT = "org.apache.http.impl.nio.client.";

  @Override
  public String name() {
    return "apache-httpasyncclient-4";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(
                CLIENT + "DefaultClientExchangeHandlerImpl",
                CLIENT + "MinimalClientExchangeHandlerImpl")
            .constructor()
            .advice("io.endomesh.instrumentation.httpclient4.ConnectionsAdvice"));
  }
}
