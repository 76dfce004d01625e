package shop.orders;

import io.grpc.StatusRuntimeException;
import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import shop.inventory.api.InventoryGrpc;
import shop.inventory.api.ReserveReply;
import shop.inventory.api.ReserveRequest;

/** The HTTP face of the order book. */
@RestController
class OrderController {

  record Order(String id, String sku, int quantity, String inventory, String stockInstance) {}

  private final InventoryGrpc.InventoryBlockingStub inventory;
  private final JdbcClient database;
  private final RestClient payments;

  OrderController(
      InventoryGrpc.InventoryBlockingStub inventory, JdbcClient database, RestClient payments) {
    this.inventory = inventory;
    this.database = database;
    this.payments = payments;
  }

  /** Reserve, write down, have paid. */
  @PostMapping("/orders")
  Order place(@RequestParam String sku, @RequestParam(defaultValue = "1") int quantity) {
    ReserveReply stock = reserve(sku, quantity);
    String id = UUID.randomUUID().toString();
    database
        .sql("INSERT INTO orders (id, sku, quantity) VALUES (?, ?, ?)")
        .params(id, sku, quantity)
        .update();
    payments
        .post()
        .uri("/charges")
        .body(Map.of("order", id, "cents", 1999 * quantity))
        .retrieve()
        .toBodilessEntity();
    return new Order(id, sku, quantity, stock.getVersion(), stock.getInstance());
  }

  /** Only asks the stock. */
  @GetMapping("/stock/{sku}")
  Order stock(@PathVariable String sku) {
    ReserveReply stock = reserve(sku, 1);
    return new Order("", sku, 1, stock.getVersion(), stock.getInstance());
  }

  @GetMapping("/orders/{id}")
  ResponseEntity<Order> find(@PathVariable String id) {
    return ResponseEntity.of(
        database
            .sql("SELECT id, sku, quantity FROM orders WHERE id = ?")
            .param(id)
            .query((row, n) -> new Order(row.getString(1), row.getString(2), row.getInt(3), "", ""))
            .optional());
  }

  /** Who is asking, by the certificate of the connection if there is one. */
  @GetMapping("/whoami")
  String whoami(HttpServletRequest request) throws java.security.cert.CertificateParsingException {
    X509Certificate[] chain =
        (X509Certificate[]) request.getAttribute("jakarta.servlet.request.X509Certificate");
    if (chain == null || chain.length == 0) {
      return "anonymous";
    }
    for (List<?> name : chain[0].getSubjectAlternativeNames()) {
      if (name.get(0).equals(6)) { // uniformResourceIdentifier, RFC 5280 section 4.2.1.6
        return (String) name.get(1);
      }
    }
    return chain[0].getSubjectX500Principal().getName();
  }

  @ExceptionHandler
  ResponseEntity<String> unavailable(StatusRuntimeException e) {
    return ResponseEntity.status(
            e.getStatus().getCode() == io.grpc.Status.Code.DEADLINE_EXCEEDED
                ? HttpStatus.GATEWAY_TIMEOUT
                : HttpStatus.SERVICE_UNAVAILABLE)
        .body("inventory: " + e.getStatus());
  }

  private ReserveReply reserve(String sku, int quantity) {
    return inventory.reserve(ReserveRequest.newBuilder().setSku(sku).setQuantity(quantity).build());
  }
}
