package io.endomesh.controller.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TrailCommandTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String response) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(response.getBytes(StandardCharsets.UTF_8)));
    try {
      return Endomesh.configured(new CommandLine(new Endomesh()))
          .setOut(new PrintWriter(out, true))
          .setErr(new PrintWriter(err, true))
          .execute("trail");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void trail_ofAResponse_isPrintedLayerByLayer() {
    int exit =
        run(
            """
            HTTP/1.1 200\r
            X-Endomesh-Trail: served;depth=0;by="shop/storefront-1";status=200,\
             attempt;depth=0;by="shop/storefront-1";to="orders.shop";number=1;\
            route="HTTPRoute/shop/a, \\"b\\"; rule 0";cluster="orders-v1";endpoint="127.0.0.1:1";\
            error="ConnectException";micros=1200;retried,\
             attempt;depth=0;by="shop/storefront-1";to="orders.shop";number=2;\
            route="r";cluster="orders-v1";endpoint="127.0.0.1:2";status=200;micros=51200,\
             refused;depth=1;by="shop/orders-1";from="spiffe://td/ns/shop/sa/storefront";\
            status=403;grpc-status=7;decided-by="AuthorizationPolicy/shop/p";why="no",\
             reply;depth=0;by="shop/storefront-1";to="mail.shop";status=503;grpc-status=14;\
            decided-by="endpoint";why="no endpoint of mail to send to",\
             more\r
            \r
            body
            """);

    assertThat(out.toString().lines())
        .containsExactly(
            "shop/storefront-1 answered 200",
            "→ orders.shop, attempt 1: HTTPRoute/shop/a, \"b\"; rule 0, orders-v1, 127.0.0.1:1:"
                + " ConnectException in 1.2 ms, and again",
            "→ orders.shop, attempt 2: r, orders-v1, 127.0.0.1:2: 200 in 51.2 ms",
            "    shop/orders-1, called by spiffe://td/ns/shop/sa/storefront, refused with 403, gRPC"
                + " 7 by AuthorizationPolicy/shop/p: no",
            "→ mail.shop: not sent, with 503, gRPC 14 by endpoint: no endpoint of mail to send to",
            "… there was no room for the rest");
    assertThat(exit).isZero();
  }

  @Test
  void trail_ofAResponseWithout_saysWhatToDo() {
    assertThat(run("HTTP/1.1 200\r\n\r\nbody\n")).isEqualTo(3);
    assertThat(err.toString()).contains("no header x-endomesh-trail");
  }
}
