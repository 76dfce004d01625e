package io.endomesh.contracts.retrofit;

import io.endomesh.testkit.DelegatingClientContract;
import io.endomesh.testkit.Library;

@Library(name = "Retrofit over OkHttp", staged = "retrofit")
class RetrofitTest extends DelegatingClientContract {

  RetrofitTest() {
    super("io.endomesh.contracts.retrofit.library.ByRetrofit");
  }
}
