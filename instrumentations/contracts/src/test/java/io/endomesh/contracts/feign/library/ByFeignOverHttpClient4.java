package io.endomesh.contracts.feign.library;

import feign.httpclient.ApacheHttpClient;

/** With {@code feign-httpclient}. */
public final class ByFeignOverHttpClient4 extends ByFeign {

  public ByFeignOverHttpClient4() {
    super(new ApacheHttpClient());
  }
}
