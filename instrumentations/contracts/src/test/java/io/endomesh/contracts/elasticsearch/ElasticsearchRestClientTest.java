package io.endomesh.contracts.elasticsearch;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(
    name = "Elasticsearch `RestClient` over Apache HttpAsyncClient 4",
    staged = "elasticsearch4")
class ElasticsearchRestClientTest extends DelegatingClientContract {

  ElasticsearchRestClientTest() {
    super("io.endomesh.contracts.elasticsearch.library.ByRestClient");
  }

  /** It sends paths to a host that is said beside, and that has its port always. */
  @Override
  protected String hostHeader() {
    return "orders:80";
  }
}
