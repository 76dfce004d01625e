package io.endomesh.contracts.elasticsearch.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.util.EntityUtils;
import org.elasticsearch.client.Request;
import org.elasticsearch.client.Response;
import org.elasticsearch.client.ResponseException;
import org.elasticsearch.client.RestClient;

/** The low-level client as it is since 5.0, with one node. */
public final class ByRestClient implements Delegating {

  @Override
  public Answer get(String url) throws IOException {
    URI uri = URI.create(url);
    HttpHost node = new HttpHost(uri.getHost(), uri.getPort(), uri.getScheme());
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    try (RestClient client = RestClient.builder(node).build()) {
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
        response.getStatusLine().getStatusCode(),
        uri,
        headers,
        EntityUtils.toByteArray(response.getEntity()));
  }
}
