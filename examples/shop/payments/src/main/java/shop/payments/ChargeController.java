package shop.payments;

import java.util.concurrent.atomic.AtomicLong;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Charges, and counts what it charged. */
@RestController
class ChargeController {

  record Charge(String order, int cents) {}

  record Receipt(String order, boolean paid) {}

  private final AtomicLong charged = new AtomicLong();

  @PostMapping("/charges")
  Receipt charge(@RequestBody Charge charge) {
    charged.incrementAndGet();
    return new Receipt(charge.order(), true);
  }

  @GetMapping("/charges/count")
  long count() {
    return charged.get();
  }
}
