package io.endomesh.contracts.elasticsearch.library;

import co.elastic.clients.transport.rest5_client.low_level.Request;
import co.elastic.clients.transport.rest5_client.low_level.Response;
import co.elastic.clients.transport.rest5_client.low_level.ResponseException;
import co.elastic.clients.transport.rest5_client.low_level.Rest5Client;
import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.entity.EntityUtils;

/** The low-level client of 9.0 and newer, with one node. */
public final class ByRest5Client implements Delegating {

  @Override
  public Answer get(String url) throws IOException {
    URI uri = URI.create(url);
    HttpHost node = new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort());
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    try (Rest5Client client = Rest5Client.builder(node).build()) {
      return answer(uri, client.performRequest(new Request("GET", uri.getRawPath() + query)));
    } catch (ResponseException refused) {
      return answer(uri, refused.getResponse());
    }
  }

  private static Answer answer(URI uri, Response response) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (Header header : response.getHeaders()) {
      headers.putIfAbsent(header.getName().toLowerCase(Locale.ROOT), header.getValue());
    }
    return new Answer(
        response.getStatusCode(), uri, headers, EntityUtils.toByteArray(response.getEntity()));
  }
}
