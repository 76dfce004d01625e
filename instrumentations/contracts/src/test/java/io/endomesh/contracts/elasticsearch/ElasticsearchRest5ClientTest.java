package io.endomesh.contracts.elasticsearch;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Elasticsearch `Rest5Client` over Apache HttpClient 5", staged = "elasticsearch5")
class ElasticsearchRest5ClientTest extends DelegatingClientContract {

  ElasticsearchRest5ClientTest() {
    super("io.endomesh.contracts.elasticsearch.library.ByRest5Client");
  }
}
