package io.endomesh.contracts.retrofit.library;

import io.endomesh.testkit.DelegatingClientContract.Delegating;
import io.endomesh.testkit.HttpClientFixture.Answer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.GET;
import retrofit2.http.Url;

/** An interface that Retrofit implements. */
public final class ByRetrofit implements Delegating {

  /** Public, as the library wants it. */
  public interface Service {
    @GET
    Call<ResponseBody> get(@Url String url);
  }

  private final Service service =
      new Retrofit.Builder()
          .baseUrl("http://localhost/")
          .client(new OkHttpClient())
          .build()
          .create(Service.class);

  @Override
  public Answer get(String url) throws IOException {
    Response<ResponseBody> response = service.get(url).execute();
    try (ResponseBody body = response.isSuccessful() ? response.body() : response.errorBody()) {
      return new Answer(
          response.code(),
          response.raw().request().url().uri(),
          headers(response.headers()),
          body == null ? new byte[0] : body.bytes());
    }
  }

  private static Map<String, String> headers(Headers all) {
    Map<String, String> first = new HashMap<>();
    for (int i = 0; i < all.size(); i++) {
      first.putIfAbsent(all.name(i).toLowerCase(Locale.ROOT), all.value(i));
    }
    return first;
  }
}
