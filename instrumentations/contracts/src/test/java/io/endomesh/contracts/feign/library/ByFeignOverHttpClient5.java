package io.endomesh.contracts.feign.library;

import feign.hc5.ApacheHttp5Client;

/** With {@code feign-hc5}. */
public final class ByFeignOverHttpClient5 extends ByFeign {

  public ByFeignOverHttpClient5() {
    super(new ApacheHttp5Client());
  }
}
