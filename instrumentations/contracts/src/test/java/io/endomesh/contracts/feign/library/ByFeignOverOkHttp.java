package io.endomesh.contracts.feign.library;

import feign.okhttp.OkHttpClient;

/** With {@code feign-okhttp}. */
public final class ByFeignOverOkHttp extends ByFeign {

  public ByFeignOverOkHttp() {
    super(new OkHttpClient());
  }
}
