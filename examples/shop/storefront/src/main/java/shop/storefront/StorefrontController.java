package shop.storefront;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/** Buys, looks at the stock, and (as it should not) tries to charge by itself. */
@RestController
class StorefrontController {

  private final RestClient orders;
  private final RestClient payments;

  StorefrontController(
      @Qualifier("orders") RestClient orders, @Qualifier("payments") RestClient payments) {
    this.orders = orders;
    this.payments = payments;
  }

  /** On another thread than the request's own, as many shops do it. */
  @PostMapping("/buy/{sku}")
  CompletableFuture<ResponseEntity<String>> buy(@PathVariable String sku) {
    return CompletableFuture.supplyAsync(
        () ->
            orders
                .post()
                .uri("/orders?sku={sku}", sku)
                .exchange(
                    (request, response) ->
                        ResponseEntity.status(response.getStatusCode())
                            .body(response.bodyTo(String.class))));
  }

  @GetMapping("/stock/{sku}")
  String stock(@PathVariable String sku) {
    return orders.get().uri("/stock/{sku}", sku).retrieve().body(String.class);
  }

  @GetMapping("/whoami")
  String whoami() {
    return orders.get().uri("/whoami").retrieve().body(String.class);
  }

  /** Goes past the order book, straight to the money. */
  @PostMapping("/charge-directly")
  String chargeDirectly() {
    return payments
        .post()
        .uri("/charges")
        .body(Map.of("order", "none", "cents", 1))
        .retrieve()
        .body(String.class);
  }

  /** Tells the customer what the service behind said. */
  @ExceptionHandler
  ResponseEntity<String> answered(RestClientResponseException e) {
    return ResponseEntity.status(e.getStatusCode()).body(e.getResponseBodyAsString());
  }
}
