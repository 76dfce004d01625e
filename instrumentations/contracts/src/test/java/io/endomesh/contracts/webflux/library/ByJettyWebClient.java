package io.endomesh.contracts.webflux.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import org.springframework.http.client.reactive.JettyClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

/** {@code WebClient} with the connector of Jetty's client. */
public final class ByJettyWebClient implements Delegating {

  private final WebClient client =
      WebClient.builder().clientConnector(new JettyClientHttpConnector()).build();

  @Override
  public Answer get(String url) throws IOException {
    return ByWebClient.get(client, url);
  }
}
