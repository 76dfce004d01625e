package shop.storefront;

import java.net.http.HttpClient;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/** What the customer sees. */
@SpringBootApplication
public class StorefrontApplication {

  public static void main(String[] args) {
    SpringApplication.run(StorefrontApplication.class, args);
  }

  @Bean
  HttpClient httpClient() {
    return HttpClient.newHttpClient();
  }

  @Bean
  RestClient orders(HttpClient client, @Value("${shop.orders}") String url) {
    return rest(client, url);
  }

  @Bean
  RestClient payments(HttpClient client, @Value("${shop.payments}") String url) {
    return rest(client, url);
  }

  private static RestClient rest(HttpClient client, String url) {
    return RestClient.builder()
        .baseUrl(url)
        .requestFactory(new JdkClientHttpRequestFactory(client))
        .build();
  }
}
