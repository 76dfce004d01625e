package shop.orders;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.net.http.HttpClient;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import shop.inventory.api.InventoryGrpc;

/** Takes orders: reserves the stock, writes the order down, has it paid. */
@SpringBootApplication
public class OrdersApplication {

  public static void main(String[] args) {
    SpringApplication.run(OrdersApplication.class, args);
  }

  @Bean(destroyMethod = "shutdownNow")
  ManagedChannel inventoryChannel(@Value("${shop.inventory}") String target) {
    return ManagedChannelBuilder.forTarget(target).usePlaintext().build();
  }

  @Bean
  InventoryGrpc.InventoryBlockingStub inventory(ManagedChannel channel) {
    return InventoryGrpc.newBlockingStub(channel);
  }

  @Bean
  RestClient payments(@Value("${shop.payments}") String url) {
    return RestClient.builder()
        .baseUrl(url)
        .requestFactory(new JdkClientHttpRequestFactory(HttpClient.newHttpClient()))
        .build();
  }
}
